package import Accounts
package import Basics
import Storage

/// How a transcript is written.
package enum TranscriptFormat: String, Sendable {
    case json, html, text

    package init(named name: String) throws(RequestError) {
        guard let format = TranscriptFormat(rawValue: name) else {
            throw .invalidParam("'format' is json, html or text.")
        }
        self = format
    }

    package var contentType: String {
        switch self {
        case .json: "application/json"
        case .html: "text/html; charset=utf-8"
        case .text: "text/plain; charset=utf-8"
        }
    }

    package var disposition: String { "attachment; filename=\"transcript.\(self == .text ? "txt" : rawValue)\"" }
}

/// Records: transcripts, and how long they are kept.
extension MessagingEngine {
    private static let transcriptLimit = 100_000

    /// All that the caller may see of a conversation, the oldest first. Admins may ask for what was recalled; each
    /// such look is written down in the room's audit.
    package func transcript(
        _ session: Session, room roomID: String, format: TranscriptFormat, includesRecalled: Bool
    ) async throws -> [UInt8] {
        if includesRecalled, !session.isAdmin {
            throw RequestError.forbidden("Recalled messages are shown to auditors only.")
        }
        guard let room = try await room(try number(of: roomID)) else { throw RequestError.notFound("No such room.") }
        let visible =
            includesRecalled
            ? VisibleRanges(intervals: [(1, room.headSeq)]) : room.visible(to: session.userNumber)
        let isForgotten = includesRecalled ? false : try await hasForgotten(room, session)
        guard !visible.isEmpty, !isForgotten else { throw RequestError.forbidden("You are not in this room.") }
        if includesRecalled { try await noteAudit(session, room: room.number) }
        let queries = events
        let writer = TranscriptWriter(room: room, title: title(of: room, for: session.userNumber), format: format)
        return try await database.read { connection in
            var writer = writer
            let recalled = includesRecalled ? try RecordQueries.originals(room: room.number, in: connection) : [:]
            writer.begin()
            for range in visible.ranges {
                var next = range.lowerBound
                while next <= range.upperBound, writer.count < Self.transcriptLimit {
                    let page = try queries.forwards(
                        room: room.number, from: next, upTo: range.upperBound, limit: 500, in: connection)
                    guard let last = page.last else { break }
                    for event in page { writer.write(event, original: recalled[event.seq]) }
                    next = last.seq + 1
                }
            }
            writer.end()
            return writer.bytes
        }
    }

    private func noteAudit(_ session: Session, room: RoomNumber) async throws {
        let user = session.userNumber
        try await database.write { try RecordQueries.noteAudit(room: room, by: user, in: $0) }
    }

    /// Sets for how many days messages of a room are kept (`nil` or 0: for ever), or holds them whatever the rule.
    package func setRetention(_ session: Session, room roomID: String, days: Int64?, hold: Bool) async throws {
        let room = try await room(roomID, for: session)
        guard session.isAdmin || room.levels.level(of: session.user.text) >= 100 else {
            throw RequestError.forbidden("Setting the retention of this room needs power level 100.")
        }
        guard (0...3_650).contains(days ?? 0) else {
            throw RequestError.invalidParam("'max_days' lies between 0 and 3650.")
        }
        try await database.write { context in
            try RecordQueries.setRetention(room: room.number, days: days ?? 0, hold: hold, in: context)
        }
    }

    /// Removes a step of what retention rules have let go; call it again while it returns true.
    ///
    /// State events stay, because the room's present state hangs on them; of messages the rows go.
    package func purgeStep(limit: Int = 500) async throws -> Bool {
        let now = clock.now()
        let due = try await database.read { try RecordQueries.due(now: now, limit: limit, in: $0) }
        guard let due else { return false }
        try await database.write { [self] context in
            try RoomTransaction.run(self, due.room, in: context) { try $0.purge(upTo: due.upTo) }
        }
        return true
    }

    /// Deletes remembered transaction ids that are older than a day, and recalled originals whose time is over.
    package func sweep(limit: Int = 500) async throws {
        try await database.write { context in
            try TransactionKey.sweep(limit: limit, in: context)
            try RecordQueries.expireOriginals(in: context)
        }
    }
}

extension RoomTransaction {
    /// Removes the messages up to a seq; state events stay, because the room's state hangs on them.
    mutating func purge(upTo seq: Int64) throws {
        guard seq > room.purgedSeq, seq < room.headSeq else { return }
        try RecordQueries.purge(room: room.number, after: room.purgedSeq, upTo: seq, in: context)
        room.purgedSeq = seq
        room.tail.removeAll { $0.seq <= seq }
        room.recalled.removeAll { $0 <= seq }
        publication.position = context.nextPosition()
    }
}
