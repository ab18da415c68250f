import Accounts
package import Basics
import Messaging
import Storage

/// Profiles of persons, those whom the shop takes no messages from, and erasing on request.
extension Desk {
    /// The parts of a profile that people write.
    package static let profileFields = ["name", "phone", "email", "language", "remarks"]

    /// Writes down what is known of a person; an empty text removes a part.
    package func setProfile(_ wish: JSONObject, of person: Int64) async throws {
        var texts: [(String, String)] = []
        for key in Self.profileFields {
            guard let text = try wish.string(key) else { continue }
            guard text.utf8.count <= (key == "remarks" ? 4_096 : 256) else {
                throw RequestError.tooLarge("'\(key)' is too long.")
            }
            texts.append((key, text))
        }
        let parts = texts
        try await database.write { context in
            guard var profile = try ProfileQueries.profile(of: person, context.connection) else {
                throw Self.noPerson
            }
            for (key, text) in parts { profile[key] = text.isEmpty ? nil : .string(text) }
            try ProfileQueries.set(profile, of: person, in: context)
        }
    }

    static let noPerson = RequestError.notFound("There is no such person.")

    // MARK: Blocks

    /// Takes no more messages from a person; its open conversations end.
    package func block(_ person: Int64, reason: String, by user: Int64) async throws {
        guard !reason.isEmpty, reason.utf8.count <= 1_000 else {
            throw RequestError.invalidParam("'reason' has 1 to 1,000 bytes.")
        }
        try await owner()
        try await database.write(bytes: 8_192) { [self] context in
            guard try ProfileQueries.profile(of: person, context.connection) != nil else { throw Self.noPerson }
            try ProfileQueries.setBlock(person, reason: reason, by: user, in: context)
            try endAll(of: person, by: user, in: context)
        }
    }

    package func unblock(_ person: Int64) async throws {
        try await database.write { try ProfileQueries.removeBlock(person, in: $0) }
    }

    /// Whom the shop takes no messages from, the newest first.
    package func blocks(of shop: Int64 = Desk.firstShop) async throws -> [JSON] {
        try await database.read { try ProfileQueries.blocks(of: shop, $0) }
    }

    /// Refuses a person from whom the shop takes no messages.
    func refuseBlocked(_ person: Int64, _ connection: Connection) throws {
        guard try ProfileQueries.block(person, connection) == nil else {
            throw RequestError.forbidden("The shop takes no messages from this account.")
        }
    }

    private func endAll(of person: Int64, by user: Int64, in context: WriteContext) throws {
        let users = try PersonQueries.users(of: person, context.connection)
        for conversation in try ConversationQueries.opened(by: users, limit: 500, context.connection)
        where conversation.status != .resolved {
            _ = try received(.resolved(conversation.number, by: user), in: context)
        }
    }

    // MARK: Erasing

    /// Ends what a person has open and removes what was written about it; its numbers stay.
    ///
    /// - Returns: the users of the person, whose accounts and files are the caller's to remove.
    package func erase(_ person: Int64, by user: Int64) async throws -> [Int64] {
        try await owner()
        return try await database.write(bytes: 8_192) { [self] context in
            let users = try PersonQueries.users(of: person, context.connection)
            guard !users.isEmpty else { throw Self.noPerson }
            try endAll(of: person, by: user, in: context)
            try ProfileQueries.erase(person, users: users, by: user, in: context)
            return users
        }
    }
}
