import Accounts
package import Basics
import Messaging
import Storage

/// Messages that somebody is to look at again. Nothing is blocked, and nobody in the room is told.
extension Desk {
    /// Raises a flag where a message, or an edit of one, holds what the shop watches for.
    func lookAgain(
        at event: StoredEvent, _ content: JSONObject, in conversation: Conversation, _ context: WriteContext
    ) throws {
        let list = try watchList(of: conversation.shop, context.connection)
        guard !list.isEmpty else { return }
        let text = content["m.new_content"]?["body"]?.stringValue ?? content["body"]?.stringValue ?? ""
        let found = list.findings(in: text)
        guard !found.isEmpty else { return }
        let flag = try ReviewQueries.insert(
            found, conversation: conversation.number, place: (event.room.value, event.seq), user: event.sender,
            in: context)
        try publishFlag(flag, conversation, found, in: context)
    }

    private func publishFlag(
        _ flag: Int64, _ conversation: Conversation, _ found: [String], in context: WriteContext
    ) throws {
        try publish(
            .review, of: conversation.shop, key: "flag \(flag)",
            [
                "flag": .int(flag), "conversation": .int(conversation.number), "found": .array(found.map(JSON.string)),
            ], in: context)
    }

    /// Somebody of the shop wants a conversation looked at again.
    package func flag(_ number: Int64, note: String, by user: Int64) async throws -> Int64 {
        guard !note.isEmpty, note.utf8.count <= 2_000 else {
            throw RequestError.invalidParam("'note' has 1 to 2,000 bytes.")
        }
        return try await database.write { [self] context in
            guard let conversation = try ConversationQueries.conversation(number, context.connection) else {
                throw RequestError.notFound("There is no such conversation.")
            }
            let flag = try ReviewQueries.insert(
                [], conversation: number, place: nil, user: user, note: note, in: context)
            try publishFlag(flag, conversation, [], in: context)
            return flag
        }
    }

    /// Flags before a number, the newest first.
    package func flags(
        of shop: Int64 = Desk.firstShop, before: Int64?, state: ReviewState?, conversation: Int64?, limit: Int
    ) async throws -> [JSON] {
        try await database.read { [self] connection in
            try ReviewQueries.flags(
                of: shop, before: before ?? .max, state: state, conversation: conversation, limit: limit, connection
            ).map { try view($0, connection) }
        }
    }

    private func view(_ flag: ReviewQueries.Flag, _ connection: Connection) throws -> JSON {
        func name(_ user: Int64?) throws -> JSON {
            let known = try user.flatMap { try accounts.user(number: $0, on: connection) }
            return known.map { .string($0.identifier.text) } ?? .null
        }
        let room = flag.room.flatMap(RoomNumber.init(value:))
        let address = room.flatMap { room in flag.seq.map { EventAddress(room: room, seq: $0).text } }
        return [
            "flag": .int(flag.number), "conversation": .int(flag.conversation), "state": .string(flag.state.name),
            "found": .array(flag.found.map(JSON.string)), "ts": .int(flag.at), "user_id": try name(flag.user),
            "room_id": room.map { .string(messaging.id(of: $0)) } ?? .null,
            "event_id": address.map(JSON.string) ?? .null, "by": try name(flag.by),
            "note": flag.note.map(JSON.string) ?? .null, "done_ts": flag.done.map(JSON.int) ?? .null,
        ]
    }

    /// Says what a flag came to.
    package func review(
        _ number: Int64, of shop: Int64 = Desk.firstShop, _ state: ReviewState, note: String?, by user: Int64
    ) async throws {
        guard (note?.utf8.count ?? 0) <= 2_000 else { throw RequestError.tooLarge("A note has at most 2,000 bytes.") }
        try await database.write { context in
            let flag = try ReviewQueries.flag(number, context.connection)
            let home = try flag.flatMap { try ConversationQueries.conversation($0.conversation, context.connection) }
            guard home?.shop == shop else {
                throw RequestError.notFound("There is no such flag.")
            }
            try ReviewQueries.end(number, state, by: user, note: note, in: context)
        }
    }
}
