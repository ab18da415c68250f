package import Accounts
package import Basics
import Storage

/// Audits: what was recalled in all rooms, and who has looked at it.
extension MessagingEngine {
    private static let auditPage = 200

    /// A page of recalled messages with their originals, over all rooms, in the order of rooms and sequences.
    ///
    /// For administrators only; the access is written down for each room that the page shows, before it is shown.
    ///
    /// - Parameters:
    ///   - after: the id of the last event of the page before.
    ///   - times: when the messages were recalled, in milliseconds since 1970.
    package func recalledMessages(
        _ session: Session, after: String?, times: ClosedRange<Int64>, limit: Int
    ) async throws -> JSON {
        guard session.isAdmin else { throw RequestError.forbidden("Recalled messages are shown to auditors only.") }
        let start = after.flatMap { EventAddress($0) }
        guard after == nil || start != nil else { throw RequestError.invalidParam("'after' is no event id.") }
        let size = max(1, min(limit, Self.auditPage))
        let found = try await database.read { connection in
            try RecordQueries.recalled(
                after: start, from: times.lowerBound, to: times.upperBound, limit: size, in: connection)
        }
        let rooms = Set(found.map(\.event.room))
        let user = session.userNumber
        if !rooms.isEmpty {
            try await database.write { context in
                for room in rooms.sorted() { try RecordQueries.noteAudit(room: room, by: user, in: context) }
            }
        }
        var list: [JSON] = []
        for entry in found { list.append(try await shown(entry)) }
        var reply: JSONObject = ["recalled": .array(list)]
        if found.count == size, let last = found.last { reply["next"] = .string(last.event.text) }
        return .object(reply)
    }

    private func shown(_ entry: RecordQueries.Recalled) async throws -> JSON {
        let event = try await event(entry.event)
        let people = try await accounts.users(numbers: [entry.recalledBy] + (event.map { [$0.sender] } ?? []))
        var shown: JSONObject = [
            "room_id": .string(id(of: entry.event.room)), "event_id": .string(entry.event.text),
            "recalled_ts": .int(entry.atMilliseconds),
            "original": try JSON(parsing: entry.original, limits: .stored),
        ]
        if let by = people[entry.recalledBy] { shown["recalled_by"] = .string(by.identifier.text) }
        if let reason = entry.reason { shown["reason"] = .string(reason) }
        if let event {
            shown["type"] = .string(event.type)
            shown["origin_server_ts"] = .int(event.timestamp)
            if let sender = people[event.sender] { shown["sender"] = .string(sender.identifier.text) }
        }
        return .object(shown)
    }

    /// Who has looked at recalled messages of which room and when, the newest first. For administrators only.
    package func auditAccesses(_ session: Session, before: Int64?, limit: Int) async throws -> JSON {
        guard session.isAdmin else { throw RequestError.forbidden("The audit is shown to auditors only.") }
        let size = max(1, min(limit, Self.auditPage))
        let found = try await database.read {
            try RecordQueries.accesses(before: before ?? .max, limit: size, in: $0)
        }
        let people = try await accounts.users(numbers: Set(found.map(\.user)))
        let list = found.map { entry -> JSON in
            [
                "room_id": .string(id(of: entry.room)), "ts": .int(entry.atMilliseconds),
                "user": people[entry.user].map { .string($0.identifier.text) } ?? .null,
            ]
        }
        var reply: JSONObject = ["accesses": .array(list)]
        if found.count == size, let last = found.last { reply["next"] = .int(last.number) }
        return .object(reply)
    }
}
