import Accounts
package import Basics
package import Messaging
import Storage

/// What staff writes beside conversations.
extension Desk {
    // MARK: Notes and tags

    /// The notes of a conversation, the oldest first; the customer never sees them.
    ///
    /// - Parameter reader: for whom; whispers to others are left out. nil for who may read all.
    package func notes(of number: Int64, for reader: Int64?) async throws -> [JSON] {
        try await database.read { [self] connection in
            let notes = try WorkQueries.notes(of: number, connection).filter { note in
                guard let reader, let agent = note.whisperedTo else { return true }
                return agent == reader || note.author == reader
            }
            return try notes.map { note in
                let author = try accounts.user(number: note.author, on: connection)
                return [
                    "note": .int(note.number), "ts": .int(note.at), "text": .string(note.text),
                    "author": author.map { .string($0.identifier.text) } ?? .null,
                    "author_name": (author?.displayName).map(JSON.string) ?? .null,
                    "whisper": .bool(note.whisperedTo != nil),
                ]
            }
        }
    }

    package func addNote(_ text: String, on number: Int64, by user: Int64) async throws {
        guard !text.isEmpty, text.utf8.count <= 8_192 else {
            throw RequestError.invalidParam("A note has 1 to 8,192 bytes.")
        }
        try await database.write { context in
            try WorkQueries.insertNote(text, on: number, by: user, in: context)
        }
    }

    package func setTags(_ tags: [String], of number: Int64) async throws {
        guard tags.count <= 32, tags.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 64 }) else {
            throw RequestError.invalidParam("At most 32 tags of 1 to 64 bytes.")
        }
        try await database.write { try WorkQueries.setTags(Set(tags), of: number, in: $0) }
    }

    // MARK: Canned replies

    /// All canned replies by name; `{{customer}}`, `{{agent}}` and `{{item}}` are filled in by whoever uses one.
    package func cannedReplies(of shop: Int64 = Desk.firstShop) async throws -> [JSON] {
        try await database.read { try WorkQueries.canned(of: shop, $0) }
    }

    package func setCanned(
        _ name: String, of shop: Int64 = Desk.firstShop, text: String, by user: Int64
    ) async throws {
        guard !name.isEmpty, name.utf8.count <= 64, !text.isEmpty, text.utf8.count <= 4_096 else {
            throw RequestError.invalidParam("A canned reply has a name of 1 to 64 bytes and 1 to 4,096 bytes of text.")
        }
        try await database.write { try WorkQueries.setCanned(name, text, of: shop, by: user, in: $0) }
    }

    package func removeCanned(_ name: String, of shop: Int64 = Desk.firstShop) async throws {
        try await database.write { try WorkQueries.removeCanned(name, of: shop, in: $0) }
    }

    // MARK: Looking in

    /// A page of what was said in a conversation, as the shop's own account sees it, without entering the room.
    ///
    /// - Parameter reader: who looks; each look of somebody who does not serve the conversation is kept.
    package func messages(of conversation: Conversation, by reader: Int64, _ request: HistoryRequest) async throws
        -> [UInt8]
    {
        guard let room = roomID(of: conversation) else { throw RequestError.notFound("There is no such room.") }
        let owner = try await owner(of: conversation.shop)
        if conversation.owner?.number != reader { try await noteLook(into: conversation, by: reader) }
        let shop = Session(
            userNumber: owner.number, user: owner.identifier, deviceNumber: 0, deviceID: "", kind: owner.kind)
        return try await messaging.messages(shop, room: room, request)
    }

    /// Somebody who looks again within this time goes on listening, in milliseconds.
    static let listening: Int64 = 600_000

    /// Keeps each look, and writes into the history when somebody begins to listen.
    private func noteLook(into conversation: Conversation, by reader: Int64) async throws {
        let number = conversation.number
        try await database.write { [self] context in
            let last = try WorkQueries.lastAccess(number, by: reader, context.connection)
            try WorkQueries.insertAccess(number, by: reader, in: context)
            let isNew = last.map { context.now - $0 > Self.listening } ?? true
            guard isNew, try look(context, { $0.conversations[number] }) != nil else { return }
            _ = try received(.observed(number, .listened, by: reader), in: context)
        }
    }

    /// Who has looked into a conversation without serving it, the newest first.
    package func accesses(of number: Int64) async throws -> [JSON] {
        try await database.read { [self] connection in
            try WorkQueries.accesses(of: number, connection).map { access in
                let user = try accounts.user(number: access.user, on: connection)
                return ["user_id": user.map { .string($0.identifier.text) } ?? .null, "ts": .int(access.at)]
            }
        }
    }
}
