package import Accounts
package import Basics
import Messaging
import Storage

/// What is said beside a conversation: by supervisors to its agent, by robots for its agent, and by customers who want to
/// be reached another way. The customer sees none of it.
extension Desk {
    // MARK: Whispering

    /// A supervisor tells the agent of a conversation something that nobody else reads; it stands in the history that it
    /// happened.
    package func whisper(_ text: String, on number: Int64, by user: Int64) async throws {
        guard !text.isEmpty, text.utf8.count <= 8_192 else {
            throw RequestError.invalidParam("A whisper has 1 to 8,192 bytes.")
        }
        let refusal = try await database.write { [self] context -> DeskRefusal? in
            guard let agent = try look(context, { $0.conversations[number]?.owner?.agent }) else {
                throw RequestError(
                    status: 409, code: "M_CONFLICT", message: "Nobody has this conversation who could be told.")
            }
            let (_, refusal) = try received(.observed(number, .whispered, by: user), in: context)
            if refusal == nil { try WorkQueries.insertNote(text, on: number, by: user, to: agent, in: context) }
            return refusal
        }
        if let refusal { throw RequestError(refusal) }
    }

    // MARK: Drafts of robots

    /// The most bytes of a draft.
    package static let longestDraft = 8_192

    /// Keeps what a robot would answer, for the agent to send or not.
    package func draft(_ text: String, on number: Int64, by robot: Session) async throws -> Int64 {
        guard robot.kind == .robot else { throw RequestError.forbidden("Drafts are made by robots.") }
        guard !text.isEmpty, text.utf8.count <= Self.longestDraft else {
            throw RequestError.invalidParam("A draft has 1 to \(Self.longestDraft) bytes.")
        }
        let user = robot.userNumber
        return try await database.write { [self] context in
            guard let conversation = try ConversationQueries.conversation(number, context.connection),
                conversation.status != .resolved, let room = RoomNumber(value: conversation.room),
                try messaging.areAll([user], in: room, in: context)
            else { throw RequestError.notFound("There is no such open conversation.") }
            return try ReviewQueries.insertDraft(text, on: number, by: user, in: context)
        }
    }

    /// The newest drafts for a conversation, the newest first.
    package func drafts(of number: Int64) async throws -> [JSON] {
        try await database.read { [self] connection in
            try ReviewQueries.drafts(of: number, connection).map { draft in
                let robot = try accounts.user(number: draft.robot, on: connection)
                return [
                    "draft": .int(draft.number), "text": .string(draft.text), "ts": .int(draft.at),
                    "robot": robot.map { .string($0.identifier.text) } ?? .null,
                ]
            }
        }
    }

    // MARK: Leaving word

    /// A customer who waits leaves word and how to be reached: the text is said in the room, the rest is for staff.
    package func leaveWord(
        _ text: String, name: String?, contact: String, on conversation: Conversation, by session: Session
    ) async throws {
        guard !text.isEmpty, text.utf8.count <= 8_192, !contact.isEmpty, contact.utf8.count <= 256,
            (name?.utf8.count ?? 0) <= 128
        else { throw RequestError.invalidParam("'text' has 1 to 8,192 bytes, 'contact' 1 to 256, 'name' at most 128.") }
        let (number, user) = (conversation.number, session.userNumber)
        try await database.write(bytes: 16_384) { [self] context in
            guard let live = try ConversationQueries.conversation(number, context.connection),
                let room = RoomNumber(value: live.room),
                let customer = try accounts.user(number: user, on: context.connection)
            else { throw RequestError.notFound("There is no such conversation.") }
            guard live.status == .queued || live.status == .robot else {
                throw RequestError(DeskRefusal.stale(live.status))
            }
            let content: JSONObject = ["msgtype": "m.text", "body": .string(text)]
            try messaging.post(
                DraftEvent(type: EventType.message, content: content), to: room, by: customer, in: context)
            let note = "To be reached: \(contact)" + (name.map { " (\($0))" } ?? "")
            try WorkQueries.insertNote(note, on: number, by: user, in: context)
        }
    }

    /// When the queue of a waiting conversation opens; nil while it is open, and where it never does.
    func opening(of conversation: Conversation, at now: Int64) -> Int64? {
        peek { machine -> Int64? in
            guard conversation.status == .queued, let queue = machine.queues[conversation.queue], !queue.isOpen else {
                return nil
            }
            return queue.hours?.nextOpening(from: now)
        } ?? nil
    }
}
