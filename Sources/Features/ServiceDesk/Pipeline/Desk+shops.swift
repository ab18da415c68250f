package import Accounts
package import Basics
import Messaging
import Storage

/// One business or brand on this server: its own customers, queues, staff rights, rules and numbers.
package struct DeskShop: Sendable, Hashable {
    package var number: Int64
    /// What customers see.
    package var name: String
    /// Whether it has a queue, so that conversations can be opened.
    package var isOpen: Bool

    package var json: JSON { ["shop": .int(number), "name": .string(name), "open": .bool(isOpen)] }
}

/// What somebody of the staff may see: queues that it serves, shops that it works in and those that it supervises.
package struct DeskMembership: Sendable, Hashable {
    package var agent: DeskAgent
    package var shops: [Int64]
    package var supervised: Set<Int64>

    /// Whether a conversation is within sight: one of a supervised shop, of an own queue, or served right now.
    package func sees(_ conversation: Conversation) -> Bool {
        supervised.contains(conversation.shop) || agent.queues.contains(conversation.queue)
            || conversation.owner?.number == agent.number
    }
}

/// Shops, who works in them, and whose customer somebody is.
extension Desk {
    /// The shop that every server has; its name is the setting `shop_name`.
    package static let firstShop: Int64 = 1
    private static let most = 200

    // MARK: Shops

    /// All shops by number.
    package func shops() async throws -> [DeskShop] {
        try await database.read { [self] connection in
            let others = try ShopQueries.names(connection).map(\.number).filter { $0 != Self.firstShop }
            return try ([Self.firstShop] + others).map { shop in
                DeskShop(
                    number: shop, name: try shopName(shop, connection) ?? "",
                    isOpen: try ShopQueries.defaultQueue(of: shop, connection) != nil)
            }
        }
    }

    /// A shop; refused where there is none.
    package func shop(_ number: Int64) async throws -> DeskShop {
        guard let found = try await shops().first(where: { $0.number == number }) else { throw Self.noShop }
        return found
    }

    private static let noShop = RequestError.notFound("There is no such shop.")
    private static let sameName = RequestError(
        status: 409, code: "M_CONFLICT", message: "There is a shop of this name.")
    static let otherShop = RequestError(
        status: 409, code: "M_CONFLICT", message: "This account is the customer of another shop.",
        extra: ["reason": "other_shop"])

    /// Opens another shop on this server: a name, and an account of its own in whose name it writes.
    package func addShop(_ name: String) async throws -> DeskShop {
        let name = try Self.checked(name)
        let known = try await shops()
        let numbers = known.map(\.number)
        guard !known.contains(where: { $0.name == name }) else { throw Self.sameName }
        guard numbers.count < Self.most else { throw RequestError.tooLarge("At most \(Self.most) shops.") }
        let number = (numbers.max() ?? Self.firstShop) + 1
        try await owner(of: number)
        try await database.write { [self] context in
            guard try shopName(number, context.connection) == nil else {
                throw RequestError(
                    status: 409, code: "M_CONFLICT", message: "Another shop was opened just now. Try again.")
            }
            try ShopQueries.insert(number, name, in: context)
        }
        // Where the account is left over from a try that did not come to its end, it has another name.
        try await rename(number, name)
        return try await shop(number)
    }

    /// Gives a shop another name; that of the first stands in the configuration.
    package func renameShop(_ number: Int64, _ name: String) async throws -> DeskShop {
        let name = try Self.checked(name)
        let known = try await shops()
        guard known.contains(where: { $0.number == number }) else { throw Self.noShop }
        guard !known.contains(where: { $0.name == name && $0.number != number }) else { throw Self.sameName }
        guard number != Self.firstShop else {
            throw RequestError.forbidden("The name of the first shop is the setting 'shop_name' of the server.")
        }
        try await database.write { try ShopQueries.rename(number, name, in: $0) }
        try await rename(number, name)
        return try await shop(number)
    }

    private func rename(_ number: Int64, _ name: String) async throws {
        let owner = try await owner(of: number)
        guard owner.displayName != name else { return }
        try await accounts.setProfileField("displayname", to: .string(name), of: owner.number)
    }

    private static func checked(_ name: String) throws(RequestError) -> String {
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
        guard !name.isEmpty, name.utf8.count <= 128, isPlain else {
            throw .invalidParam("A shop's name has 1 to 128 bytes and no control characters.")
        }
        return name
    }

    /// What customers see; nil where there is no such shop.
    func shopName(_ shop: Int64, _ connection: Connection) throws -> String? {
        shop == Self.firstShop ? messaging.settings.shopName : try ShopQueries.name(of: shop, connection)
    }

    // MARK: Staff

    /// What somebody may see; nil for who is no agent.
    package func membership(_ user: Int64) async throws -> DeskMembership? {
        let live = peek { $0.agents[user] } ?? nil
        return try await database.read { connection in
            let shops = try ShopQueries.shops(of: user, connection)
            guard !shops.isEmpty,
                let agent = try live ?? DeskQueries.agents(connection).first(where: { $0.number == user })
            else { return nil }
            return DeskMembership(
                agent: agent, shops: shops.map(\.shop), supervised: Set(shops.filter(\.isSupervisor).map(\.shop)))
        }
    }

    /// Refuses an agent of other shops; whether there is such an agent is nobody's business there.
    func refuseStranger(_ agent: Int64, to number: Int64, _ context: WriteContext) throws {
        guard let shop = try ConversationQueries.conversation(number, context.connection)?.shop else { return }
        guard try ShopQueries.member(agent, of: shop, context.connection) != nil else {
            throw RequestError(DeskRefusal.unknownAgent)
        }
    }

    /// Takes somebody out of a shop: out of its queues and its rights. What is the person's own stays.
    ///
    /// - Throws: 409 for who serves a conversation of the shop: that is given to somebody else first.
    package func removeAgent(_ user: Int64, of shop: Int64) async throws {
        try await database.write { [self] context in
            let connection = context.connection
            guard try ShopQueries.member(user, of: shop, connection) != nil,
                var agent = try DeskQueries.agents(connection).first(where: { $0.number == user })
            else { throw RequestError(DeskRefusal.unknownAgent) }
            let held = try ConversationQueries.unresolved(connection).filter {
                $0.shop == shop && $0.owner == .agent(user)
            }
            guard held.isEmpty else {
                throw RequestError(
                    status: 409, code: "M_CONFLICT",
                    message: "This agent has \(held.count) conversations. Give them to somebody else first.",
                    extra: ["conversations": .array(held.map { .int($0.number) })])
            }
            let own = Set(try DeskQueries.queues(of: shop, connection).map(\.number))
            agent.queues.subtract(own)
            try DeskQueries.setRoster(agent, in: context)
            try ShopQueries.remove(user, from: shop, in: context)
            _ = try received(.agentChanged(agent), in: context)
        }
    }

    /// Which of some users are not within somebody's sight: customers and people of shops in which the asker does not
    /// work. Nobody on a server of one shop, and nobody for its administrators.
    package func outOfSight(_ users: [Int64], of asker: Session) async throws -> Set<Int64> {
        guard !asker.isAdmin else { return [] }
        return try await database.read { connection in
            guard try ShopQueries.names(connection).contains(where: { $0.number != Self.firstShop }) else { return [] }
            let mine: Set<Int64>
            if asker.kind == .robot {
                // A robot of the operator's files may serve any shop.
                let robot = try SetupQueries.robots(connection).first {
                    $0.registration["sender_localpart"]?.stringValue == asker.user.localpart
                }
                guard let robot else { return [] }
                mine = [robot.shop]
            } else {
                mine = Set(try ShopQueries.shops(of: asker.userNumber, connection).map(\.shop))
            }
            return Set(
                try users.filter { user in
                    if user == asker.userNumber { return false }
                    let person = try PersonQueries.person(of: user, connection)
                    if let home = try person.flatMap({ try PersonQueries.shop(of: $0, connection) }) {
                        return !mine.contains(home)
                    }
                    let places = try ShopQueries.shops(of: user, connection).map(\.shop)
                    return !places.isEmpty && mine.isDisjoint(with: places)
                })
        }
    }

    /// Who of the staff works for other shops and not for this one.
    package func strangers(to shop: Int64) async throws -> Set<Int64> {
        try await database.read { try ShopQueries.strangers(to: shop, $0) }
    }

    // MARK: Customers

    /// Whose customer somebody is or becomes. A customer is of one shop for ever: what one brand knows of somebody is
    /// none of the other's business.
    ///
    /// - Parameters:
    ///   - wished: the shop whose page it is, if the page says so.
    ///   - otherwise: the shop where nothing else says one.
    /// - Throws: 404 for no shop, 409 for another than the customer's own.
    func shop(
        ofVisitor user: Int64, wished: Int64?, _ connection: Connection, otherwise: Int64? = nil
    ) throws -> Int64 {
        let own = try PersonQueries.person(of: user, connection).flatMap { try PersonQueries.shop(of: $0, connection) }
        if let own {
            guard wished == nil || wished == own else { throw Self.otherShop }
            return own
        }
        let shop = wished ?? otherwise ?? Self.firstShop
        guard try shopName(shop, connection) != nil else { throw Self.noShop }
        return shop
    }

    /// Makes somebody the customer of a shop before anything is said.
    package func join(_ user: Int64, to shop: Int64) async throws {
        try await database.write { [self] context in try join(user, to: shop, in: context) }
    }

    func join(_ user: Int64, to shop: Int64, in context: WriteContext) throws {
        let shop = try self.shop(ofVisitor: user, wished: shop, context.connection)
        let isAnonymous = try accounts.user(number: user, on: context.connection)?.kind == .visitor
        _ = try PersonQueries.ensure(user, of: shop, isAnonymous: isAnonymous, in: context)
    }

    /// Who of the staff hears of somebody who wants to reach the first shop without its desk: all where there is one shop
    /// (nil), else those who work in the first. Whoever reaches it there is its customer.
    ///
    /// - Throws: 409 for the customer of another shop.
    package func contacts(of session: Session) async throws -> Set<Int64>? {
        guard try await shops().count > 1 else { return nil }
        if session.kind == .visitor || session.kind == .member {
            try await join(session.userNumber, to: Self.firstShop)
        }
        return try await database.read { connection in
            Set(try ShopQueries.members(of: Self.firstShop, connection).map(\.user))
        }
    }

    /// The shop of a person; refused where there is no such person.
    package func shop(ofPerson person: Int64) async throws -> Int64 {
        guard let shop = try await database.read({ try PersonQueries.shop(of: person, $0) }) else {
            throw Self.noPerson
        }
        return shop
    }

    /// The shop of the customer whom a merge has joined.
    package func shop(ofMerge number: Int64) async throws -> Int64 {
        let merge = try await database.read { try PersonQueries.merge(number, $0) }
        guard let merge else { throw RequestError.notFound("There is no such merge.") }
        return try await self.shop(ofPerson: merge.to)
    }

    /// The shop whose customer somebody is; nil for who has been to none.
    package func home(ofCustomer user: Int64) async throws -> DeskShop? {
        let found = try await database.read { connection in
            try PersonQueries.person(of: user, connection).flatMap { try PersonQueries.shop(of: $0, connection) }
        }
        guard let found else { return nil }
        return try await shop(found)
    }

    /// The shop whose customer somebody is; the first for who has been to none.
    package func shop(ofCustomer user: Int64) async throws -> DeskShop {
        try await shop(try await database.read { [self] in try self.shop(ofVisitor: user, wished: nil, $0) })
    }
}
