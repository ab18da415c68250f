package import Accounts
package import Basics
import Messaging
import Storage

extension Desk {
    /// Joins a visitor's person to that of an account, while reading: no message and no conversation moves.
    ///
    /// The conversations of both go on with their numbers, agents and clocks. Where both have one about the same topic
    /// open, the one with an agent goes on, else the younger one; the other ends and names its successor. The account
    /// enters the visitor's rooms, and the visitor's sessions end.
    ///
    /// - Parameters:
    ///   - anonymous: the visitor; the caller has proof that the same human is behind both, e.g. the visitor's token.
    ///   - by: who asked for it.
    /// - Returns: the number of the merge.
    package func merge(
        anonymous: UserRecord, into account: UserRecord, by: Int64, evidence: String
    ) async throws -> Int64 {
        guard anonymous.kind == .visitor else {
            throw RequestError.forbidden("Only a visitor can be joined to an account.")
        }
        guard account.kind == .member else {
            throw RequestError.forbidden("Only a customer's account can take a visitor.")
        }
        try await owner()
        let number = try await database.write(bytes: 8_192) { [self] context in
            let connection = context.connection
            let home = try PersonQueries.person(of: account.number, connection).flatMap {
                try PersonQueries.shop(of: $0, connection)
            }
            let shop = try self.shop(ofVisitor: anonymous.number, wished: nil, connection, otherwise: home)
            let from = try PersonQueries.ensure(anonymous.number, of: shop, isAnonymous: true, in: context)
            // An account that has been to no shop yet becomes the customer of the visitor's.
            let to = try PersonQueries.ensure(account.number, of: shop, isAnonymous: false, in: context)
            guard try PersonQueries.shop(of: to, connection) == shop else { throw Self.otherShop }
            guard from != to else { throw Self.alreadyLinked }
            let others = try PersonQueries.users(of: from, context.connection).filter { $0 != anonymous.number }
            // A visitor whose person holds an account already belongs to that one.
            let isLinked = try others.contains {
                try accounts.user(number: $0, on: context.connection)?.kind == .member
            }
            guard !isLinked else { throw Self.alreadyLinked }
            let joined = try joinConversations(of: anonymous.number, from: from, to: to, by: by, in: context)
            let proof: JSON = [
                "text": .string(evidence), "ended": .array(joined.ended.map(\.kept)),
                "waited": .array(joined.waited),
                "rooms": .array(try rooms(of: anonymous.number, context).map { .string("\($0.value)") }),
            ]
            let number = try PersonQueries.insert(
                user: anonymous.number, from: from, to: to, by: by, evidence: proof, in: context)
            try PersonQueries.move(anonymous.number, from: from, to: to, in: context)
            try ProfileQueries.carryBlock(from: from, to: to, in: context)
            let owner = try owner(of: shop, connection)
            for room in try rooms(of: anonymous.number, context) {
                try messaging.admit(account, to: room, by: owner, isStaff: false, in: context)
            }
            return number
        }
        try await accounts.logoutAll(user: anonymous.number)
        return number
    }

    private static let alreadyLinked = RequestError(
        status: 409, code: "M_CONFLICT", message: "This visitor belongs to an account already.",
        extra: ["reason": "already_linked"])

    /// Gives the open conversations of a user to another person; those that ended by it as they were, and since when
    /// those that go on had waited.
    private func joinConversations(
        of user: Int64, from: Int64, to: Int64, by: Int64, in context: WriteContext
    ) throws -> (ended: [Conversation], waited: [JSON]) {
        var ended: [Conversation] = []
        var waited: [JSON] = []
        for mine in try openConversations(of: user, context) {
            let key = ConversationKey(shop: mine.shop, person: to, topic: mine.topic)
            if let other = try look(
                context, { machine in machine.unresolved(key).flatMap { machine.conversations[$0] } })
            {
                let (kept, lost) = Self.order(mine, other)
                _ = try received(.superseded(lost.number, successor: kept.number, by: by), in: context)
                let since = min(kept.enqueued, lost.enqueued)
                _ = try received(.personChanged(kept.number, person: to, enqueued: since), in: context)
                ended.append(lost)
                waited.append(["number": .int(kept.number), "since": .int(kept.enqueued), "as": .int(since)])
            } else {
                let change = DeskEvent.personChanged(mine.number, person: to, enqueued: mine.enqueued)
                _ = try received(change, in: context)
            }
        }
        return (ended, waited)
    }

    /// Which of two goes on: the one that a human serves, else the younger.
    private static func order(_ one: Conversation, _ other: Conversation) -> (kept: Conversation, lost: Conversation) {
        let (first, second) = (one.owner?.agent != nil, other.owner?.agent != nil)
        if first != second { return first ? (one, other) : (other, one) }
        return one.number > other.number ? (one, other) : (other, one)
    }

    private func openConversations(of user: Int64, _ context: WriteContext) throws -> [Conversation] {
        try ConversationQueries.opened(by: [user], limit: 500, context.connection).filter { $0.status != .resolved }
    }

    private func rooms(of user: Int64, _ context: WriteContext) throws -> [RoomNumber] {
        let numbers = try ConversationQueries.opened(by: [user], limit: 500, context.connection).map(\.room)
        return Set(numbers).sorted().compactMap(RoomNumber.init(value:))
    }

    /// Takes a merge back: the visitor is a person of its own again, and what the merge has ended comes back.
    package func undoMerge(_ number: Int64, reason: String) async throws {
        try await owner()
        try await database.write(bytes: 8_192) { [self] context in
            guard let merge = try PersonQueries.merge(number, context.connection) else {
                throw RequestError.notFound("There is no such merge.")
            }
            guard merge.undone == nil else { return }
            guard try PersonQueries.person(of: merge.user, context.connection) == merge.to else {
                throw RequestError(
                    status: 409, code: "M_CONFLICT", message: "The visitor was moved again since. Undo that first.")
            }
            try PersonQueries.move(merge.user, from: merge.to, to: merge.from, in: context)
            for conversation in try openConversations(of: merge.user, context) {
                let change = DeskEvent.personChanged(
                    conversation.number, person: merge.from, enqueued: conversation.enqueued)
                _ = try received(change, in: context)
            }
            try giveBackWaits(merge, in: context)
            try PersonQueries.undo(number, reason: reason, in: context)
            try bringBack(merge, in: context)
            try leaveRooms(merge, in: context)
        }
    }

    /// Who took over another's wait has its own again, unless it has begun anew since.
    private func giveBackWaits(_ merge: PersonQueries.Merge, in context: WriteContext) throws {
        for entry in merge.evidence["waited"]?.arrayValue ?? [] {
            guard let number = entry["number"]?.intValue, let since = entry["since"]?.intValue,
                let live = try look(context, { $0.conversations[number] }), live.enqueued == entry["as"]?.intValue
            else { continue }
            _ = try received(.personChanged(number, person: live.person, enqueued: since), in: context)
        }
    }

    private func bringBack(_ merge: PersonQueries.Merge, in context: WriteContext) throws {
        for entry in merge.evidence["ended"]?.arrayValue ?? [] {
            // Merges of earlier versions hold the number alone.
            guard let number = entry.intValue ?? entry["number"]?.intValue,
                var ended = try ConversationQueries.conversation(number, context.connection),
                ended.status == .resolved,
                let user = try ConversationQueries.user(of: number, context.connection),
                let person = try PersonQueries.person(of: user, context.connection)
            else { continue }
            ended.person = person
            let before = Conversation(kept: entry, of: ended)
            _ = try received(before.map { .restored(ended, as: $0, by: nil) } ?? .reopened(ended, by: nil), in: context)
        }
    }

    private func leaveRooms(_ merge: PersonQueries.Merge, in context: WriteContext) throws {
        let members = try PersonQueries.users(of: merge.to, context.connection)
        // Room numbers have 62 bits: in JSON they are texts.
        for text in (merge.evidence["rooms"]?.arrayValue ?? []).compactMap(\.stringValue) {
            guard let room = Int64(text).flatMap(RoomNumber.init(value:)) else { continue }
            for member in members {
                guard let user = try accounts.user(number: member, on: context.connection), user.kind == .member else {
                    continue
                }
                try messaging.dismiss(user, from: room, in: context)
            }
        }
    }

    // MARK: Reading

    /// What staff sees of a person: its ids and when each came, conversations, scenes and merges, the newest first.
    package func personCard(_ person: Int64) async throws -> JSON {
        try await database.read { [self] connection in
            let users = try PersonQueries.users(of: person, connection)
            guard !users.isEmpty else { throw RequestError.notFound("There is no such person.") }
            let card = try PersonQueries.card(of: person, connection)
            let conversations = try ConversationQueries.opened(by: users, limit: 50, connection)
            let scenes = try users.flatMap { try SceneQueries.scenes(of: $0, limit: 50, connection) }
            return [
                "person": .int(person), "users": .array(try card.users.map { try named($0, connection) }),
                "merges": .array(card.merges),
                "profile": .object(try ProfileQueries.profile(of: person, connection) ?? [:]),
                "block": try ProfileQueries.block(person, connection) ?? .null,
                "conversations": .array(conversations.map(\.json)),
                "scenes": .array(scenes.sorted { ($0["ts"]?.intValue ?? 0) > ($1["ts"]?.intValue ?? 0) }),
            ]
        }
    }

    /// A user of a person's card with its id.
    private func named(_ user: JSON, _ connection: Connection) throws -> JSON {
        var view = user.objectValue ?? [:]
        let known = try user["user"]?.intValue.flatMap { try accounts.user(number: $0, on: connection) }
        view["user_id"] = known.map { .string($0.identifier.text) } ?? .null
        return .object(view)
    }

    /// The user ids of a user's person: its own and those that were joined to it.
    package func ids(ofUser user: Int64) async throws -> [String] {
        try await database.read { [self] connection in
            let person = try PersonQueries.person(of: user, connection)
            let users = try person.map { try PersonQueries.users(of: $0, connection) } ?? [user]
            return try users.compactMap { try accounts.user(number: $0, on: connection)?.identifier.text }
        }
    }

    /// The person of a user; nil for one who never came to the desk.
    package func person(of user: Int64) async throws -> Int64? {
        try await database.read { try PersonQueries.person(of: user, $0) }
    }

    /// Whether a conversation is of the same person as a user, as of now.
    package func isOwn(_ conversation: Conversation, user: Int64) async throws -> Bool {
        try await database.read { connection in
            guard let opener = try ConversationQueries.user(of: conversation.number, connection) else { return false }
            if opener == user { return true }
            let person = try PersonQueries.person(of: user, connection)
            return try person != nil && PersonQueries.person(of: opener, connection) == person
        }
    }
}
