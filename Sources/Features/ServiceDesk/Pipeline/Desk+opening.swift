package import Accounts
import Basics
import Crypto
import Messaging
import Storage

/// What a visitor gets for opening a conversation.
package struct OpenedConversation: Sendable, Hashable {
    package var conversation: Conversation
    /// The room's id.
    package var room: String
    /// What somebody who waits is told.
    package var estimate: WaitEstimate?
    package var greeting: String?
}

extension Desk {
    /// For how long a scene's token is good: a day.
    package static let sceneLifetime: Int64 = 86_400_000

    /// Keeps where a visitor is and what it may want, and answers a token that opens a conversation from there.
    ///
    /// - Parameter wished: the shop whose page it is; that of the visitor without one.
    /// - Throws: 409 for another shop than the visitor's.
    package func register(
        _ scene: Scene, for session: Session, of wished: Int64? = nil
    ) async throws -> RegisteredScene {
        let user = session.userNumber
        let isCustomer = session.kind == .visitor || session.kind == .member
        let shop = try await database.read { [self] in try self.shop(ofVisitor: user, wished: wished, $0) }
        let intent = try await intent(of: scene, user: user, in: shop)
        let token = "scn_" + Base64URL.encode(secureRandomBytes(24))
        let hash = Self.hash(token)
        let expires = try await database.write { [self] context in
            let until = context.now + Self.sceneLifetime
            // A page that says whose it is makes the visitor that shop's customer.
            if wished != nil, isCustomer { try join(user, to: shop, in: context) }
            try SceneQueries.insert(
                scene, hash: hash, shop: shop, user: user, intent: intent, until: until, in: context)
            return until
        }
        return RegisteredScene(token: token, expires: expires, intent: intent)
    }

    static func hash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }

    /// Opens the conversation of a visitor about a topic, or answers the one that is open.
    ///
    /// A scene that is unknown, run out or another's sends it where conversations go that no rule speaks of.
    package func open(
        _ session: Session, of wished: Int64? = nil, scene token: String?, topic: String, text: String?
    ) async throws -> OpenedConversation {
        guard !session.isSuspended else { throw RequestError.suspended }
        guard session.kind != .staff, session.kind != .robot else {
            throw RequestError.forbidden("A conversation with the shop is opened by a customer.")
        }
        guard !topic.isEmpty, topic.utf8.count <= 64 else {
            throw RequestError.invalidParam("A topic has 1 to 64 bytes.")
        }
        try await owner()
        let hash = token.map(Self.hash)
        let user = session.userNumber
        return try await database.write(bytes: 16_384) { [self] context in
            guard let customer = try accounts.user(number: user, on: context.connection) else {
                throw RequestError.unknownToken()
            }
            let scene = try hash.flatMap {
                try SceneQueries.scene(hash: $0, user: user, at: context.now, context.connection)
            }
            // A page's scene says whose page it is, unless the visitor is somebody's customer already.
            let shop = try self.shop(ofVisitor: user, wished: wished, context.connection, otherwise: scene?.shop)
            return try open(
                for: customer, in: shop, from: scene?.shop == shop ? scene : nil, topic: topic, text: text, context)
        }
    }

    /// Opens or finds a conversation inside a write.
    func open(
        for customer: UserRecord, in shop: Int64, from scene: SceneQueries.Stored?, topic: String, text: String?,
        _ context: WriteContext
    ) throws -> OpenedConversation {
        let connection = context.connection
        let person = try PersonQueries.ensure(
            customer.number, of: shop, isAnonymous: customer.kind == .visitor, in: context)
        try refuseBlocked(person, connection)
        let outcome = try route(scene, in: shop, topic: topic, user: customer.number, at: context.now, connection)
        let key = ConversationKey(shop: shop, person: person, topic: topic)
        let number = try openOrFind(customer, key, scene, outcome, in: context)
        try sayGreeting(to: customer, in: number, context)
        if let text, !text.isEmpty { try say(text, as: customer, in: number, context) }
        let estimate = try look(context) { $0.estimate(number) }
        guard let conversation = try ConversationQueries.conversation(number, connection),
            let room = RoomNumber(value: conversation.room)
        else { throw RequestError.unknown("The conversation could not be read back.") }
        return OpenedConversation(
            conversation: conversation, room: messaging.id(of: room), estimate: estimate, greeting: outcome.greeting)
    }

    /// Keeps a scene that a business names, and answers it.
    func keep(_ scene: Scene, of user: Int64, in shop: Int64, _ context: WriteContext) throws -> SceneQueries.Stored? {
        let hash = Self.hash("scn_" + Base64URL.encode(secureRandomBytes(24)))
        try SceneQueries.insert(
            scene, hash: hash, shop: shop, user: user, intent: nil, until: context.now + Self.sceneLifetime,
            in: context)
        return try SceneQueries.scene(hash: hash, user: user, at: context.now, context.connection)
    }

    /// Where rules send a conversation.
    private func route(
        _ scene: SceneQueries.Stored?, in shop: Int64, topic: String, user: Int64, at now: Int64,
        _ connection: Connection
    ) throws -> RoutingRule.Outcome {
        guard let queue = try ShopQueries.defaultQueue(of: shop, connection) else {
            throw RequestError(
                status: 503, code: "M_RESOURCE_LIMIT_EXCEEDED", message: "The shop's service desk is not set up yet.")
        }
        let facts = try sceneFacts(
            scene?.facts ?? .lost, topic: topic, user: user, intent: scene?.intent, at: now, isNew: scene == nil,
            connection)
        let rules = try DeskQueries.rules(of: shop, connection).enumerated().compactMap {
            try? RoutingRule($0.element, place: $0.offset)
        }
        let known = Set(try DeskQueries.queues(of: shop, connection).filter(\.isActive).map(\.number))
        // A rule that names a queue which is gone must not keep a customer out.
        return rules.filter { known.contains($0.outcome.queue) }.outcome(facts, default: .init(queue: queue))
    }

    private func openOrFind(
        _ customer: UserRecord, _ key: ConversationKey, _ scene: SceneQueries.Stored?,
        _ outcome: RoutingRule.Outcome, in context: WriteContext
    ) throws -> Int64 {
        let connection = context.connection
        if let known = try look(context, { $0.unresolved(key) }) {
            if let scene { try attach(scene.number, to: known, in: context) }
            return known
        }
        let last = try ConversationQueries.newest(of: customer.number, shop: key.shop, topic: key.topic, connection)
        if let last, last.person == key.person, context.now - (last.resolved ?? 0) <= times.reopenWindow {
            var again = last
            again.scene = scene?.number ?? last.scene
            if try received(.reopened(again, by: customer.number), in: context).refusal == nil { return last.number }
        }
        var conversation = Conversation(
            number: try ConversationQueries.nextNumber(connection), room: 0, shop: key.shop, topic: key.topic,
            person: key.person, queue: outcome.queue, priority: outcome.priority, skills: outcome.skills,
            opened: context.now)
        conversation.scene = scene?.number
        conversation.room = try last?.room ?? makeRoom(for: customer, conversation, scene, in: context)
        let robot = try outcome.robot.flatMap { try accounts.user(number: $0, on: connection) }
        let (_, refusal) = try received(
            .opened(
                conversation,
                robot: robot.flatMap { $0.kind == .robot && !MessagingEngine.isShop($0) ? $0.number : nil }),
            by: customer.number,
            in: context)
        if let refusal { throw RequestError(refusal) }
        return conversation.number
    }

    private func attach(_ scene: Int64, to number: Int64, in context: WriteContext) throws {
        guard let changed = try look(context, { $0.attach(scene: scene, to: number) }) else { return }
        try ConversationQueries.upsert(changed, user: 0, in: context)
    }

    private func makeRoom(
        for customer: UserRecord, _ conversation: Conversation, _ scene: SceneQueries.Stored?, in context: WriteContext
    ) throws -> Int64 {
        let owner = try owner(of: conversation.shop, context.connection)
        let agents = try DeskQueries.agents(context.connection).filter { $0.queues.contains(conversation.queue) }
        let staff = try agents.compactMap {
            try accounts.user(number: $0.number, on: context.connection)?.identifier.text
        }
        var content: JSONObject = ["status": "queued", "topic": .string(conversation.topic)]
        if let scene {
            content["scene"] = .string(scene.facts.entry)
            content["item"] = scene.facts.item.map(JSON.object)
        }
        return try messaging.createServiceRoom(
            owner: owner, customer: customer, staff: staff,
            name: try shopName(conversation.shop, context.connection) ?? messaging.settings.shopName,
            conversation: content, in: context
        ).value
    }

    /// What the shop has said to a visitor before there was a conversation stands at its beginning.
    private func sayGreeting(to customer: UserRecord, in number: Int64, _ context: WriteContext) throws {
        guard let conversation = try ConversationQueries.conversation(number, context.connection),
            let room = RoomNumber(value: conversation.room),
            let text = try PolicyQueries.takeGreeting(
                user: customer.number, since: context.now - Self.greetingPause, into: number, in: context)
        else { return }
        let content: JSONObject = ["msgtype": "m.text", "body": .string(text)]
        try messaging.post(
            DraftEvent(type: EventType.message, content: content), to: room,
            by: try owner(of: conversation.shop, context.connection), in: context)
    }

    private func say(_ text: String, as customer: UserRecord, in number: Int64, _ context: WriteContext) throws {
        guard let conversation = try ConversationQueries.conversation(number, context.connection),
            let room = RoomNumber(value: conversation.room)
        else { return }
        let content: JSONObject = ["msgtype": "m.text", "body": .string(text)]
        try messaging.post(DraftEvent(type: EventType.message, content: content), to: room, by: customer, in: context)
    }
}
