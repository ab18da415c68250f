package import Accounts
package import Basics
import Messaging
import Storage

/// What an auditor sees of a conversation.
extension Desk {
    /// Everything of a conversation: what was said, recalled or not, its history, notes, presses of its cards, and who
    /// has looked at it. The look is kept before anything is shown.
    ///
    /// - Throws: 403 for everybody but administrators.
    package func audit(_ number: Int64, by session: Session) async throws -> JSON {
        guard session.isAdmin else { throw RequestError.forbidden("The audit is shown to auditors only.") }
        let conversation = try await conversation(number)
        guard let room = roomID(of: conversation) else { throw RequestError.notFound("There is no such room.") }
        let user = session.userNumber
        try await database.write { try WorkQueries.insertAccess(number, by: user, in: $0) }
        let said = try await messaging.transcript(session, room: room, format: .json, includesRecalled: true)
        let limits = JSONLimits(maximumBytes: said.count, maximumDepth: 64)
        let presses = try await database.read { connection in
            try AdapterQueries.records(room: conversation.room, connection).map { record in
                [
                    "verb": .string(record.press.verb), "user": .int(record.press.user),
                    "kind": .string(record.kind), "adapter": .string(record.adapter),
                    "outcome": record.press.outcome.map { .string($0.rawValue) } ?? .null,
                    "answer": record.answer.map(JSON.string) ?? .null, "ts": .int(record.created),
                ] as JSON
            }
        }
        return [
            "conversation": try await staffViews([conversation]).first ?? .null,
            "transcript": try JSON(parsing: said, limits: limits),
            "transitions": .array(try await transitions(of: number)),
            "notes": .array(try await notes(of: number, for: nil)), "presses": .array(presses),
            "accesses": .array(try await accesses(of: number)),
            "flags": .array(
                try await flags(of: conversation.shop, before: nil, state: nil, conversation: number, limit: 200)),
        ]
    }
}
