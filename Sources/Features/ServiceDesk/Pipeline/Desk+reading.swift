package import Basics
import Messaging
import Storage

extension Conversation {
    /// As it is shown; the room's id is added by the desk, which knows the server's name.
    package var json: JSON {
        [
            "number": .int(number), "shop": .int(shop), "topic": .string(topic), "person": .int(person),
            "queue": .int(queue),
            "status": .string(status.name), "owner": owner.map { .int($0.number) } ?? .null,
            "is_robot": .bool(status == .robot), "priority": .int(priority),
            "skills": .array(skills.map(JSON.string)), "n": .int(n), "opened_ts": .int(opened),
            "waiting_since_ts": status == .queued ? .int(enqueued) : .null,
            "deadline_ts": deadline.map { .int($0.at) } ?? .null, "resolved_ts": resolved.map(JSON.int) ?? .null,
            "successor": successor.map(JSON.int) ?? .null, "rating": rating.map(JSON.int) ?? .null,
        ]
    }
}

extension WaitEstimate {
    /// As a waiting customer sees it: the place in the line from 1, and the range in seconds.
    package var json: JSON {
        [
            "position": .int(Int64(ahead) + 1),
            "wait_s": seconds.map { .array([.int($0.lowerBound), .int($0.upperBound)]) } ?? .null,
        ]
    }
}

extension Desk {
    /// A conversation; refused where there is none.
    package func conversation(_ number: Int64) async throws -> Conversation {
        let found = try await database.read { try ConversationQueries.conversation(number, $0) }
        guard let found else { throw RequestError.notFound("There is no such conversation.") }
        return found
    }

    /// Conversations, the newest first.
    package func conversations(_ filter: ConversationFilter) async throws -> [Conversation] {
        try await database.read { try ConversationQueries.list(filter, $0) }
    }

    /// The conversations of a user's person, the newest first.
    package func conversations(ofUser user: Int64) async throws -> [Conversation] {
        try await database.read { connection in
            guard let person = try PersonQueries.person(of: user, connection) else { return [] }
            let users = try PersonQueries.users(of: person, connection)
            return try ConversationQueries.opened(by: users, limit: 50, connection)
        }
    }

    /// The conversations of a person, the newest first.
    package func conversations(ofPerson person: Int64) async throws -> [Conversation] {
        try await database.read { connection in
            try ConversationQueries.opened(
                by: try PersonQueries.users(of: person, connection), limit: 50, connection)
        }
    }

    /// The history of a conversation with its reasons, the oldest line first.
    package func transitions(of number: Int64) async throws -> [JSON] {
        try await database.read { try TransitionQueries.list(of: number, $0) }
    }

    /// What somebody who waits may expect; nil for a conversation that does not wait.
    package func estimate(_ number: Int64) async throws -> WaitEstimate? {
        try await database.write { [self] context in try look(context) { $0.estimate(number) } }
    }

    /// The room of a conversation.
    package func roomID(of conversation: Conversation) -> String? {
        RoomNumber(value: conversation.room).map { messaging.id(of: $0) }
    }

    /// Keeps the customer's opinion of a conversation that has ended.
    package func rate(_ number: Int64, stars: Int64) async throws -> Conversation {
        try await database.write { [self] context in
            guard var conversation = try ConversationQueries.conversation(number, context.connection) else {
                throw RequestError.notFound("There is no such conversation.")
            }
            do throws(DeskRefusal) {
                try conversation.rate(stars, at: context.now)
            } catch {
                throw RequestError(error)
            }
            try ConversationQueries.upsert(conversation, user: 0, in: context)
            try RatingQueries.insert(stars, conversation, in: context)
            try publish(
                .rating, of: conversation.shop, key: "rating \(number) \(context.now)",
                ["conversation": .int(number), "stars": .int(stars), "queue": .int(conversation.queue)], in: context)
            return conversation
        }
    }

    /// Brings a resolved conversation back at somebody's wish.
    package func reopen(_ number: Int64, by: Int64) async throws {
        let stored = try await conversation(number)
        _ = try await perform(.reopened(stored, by: by))
    }
}
