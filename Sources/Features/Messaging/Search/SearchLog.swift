import Basics
import Storage

/// What an event means for the index: a message has this text now, or none.
struct SearchChange: StreamEntry {
    let position: Int64
    let address: EventAddress
    let document: SearchDocument?
}

/// The log of events, read for the messages whose text each of them touches.
///
/// What a message says is read as it stands now, not as it stood at the event: however far behind the index is, it never
/// takes in what is recalled already, and a rebuilt index ends as the same.
struct SearchLog: EventStream {
    let source: Database
    let index: Database
    let events: EventQueries

    private struct Touched {
        var through: Int64
        /// The newest position at which each message was touched.
        var messages: [EventAddress: Int64] = [:]
        var redacted: [EventAddress: Int64] = [:]
    }

    func read(after position: Int64, limit: Int) async throws -> StreamPage<SearchChange> {
        let events = events
        var touched = try await source.read { connection in
            var touched = Touched(through: position)
            for event in try events.log(after: position, limit: limit, in: connection) { Self.note(event, &touched) }
            return touched
        }
        // A redacted edit no longer says what it edited; the index knows whose text it was.
        let redacted = touched.redacted
        if !redacted.isEmpty {
            let owners = try await index.read { connection in
                try redacted.flatMap { address, position in
                    try SearchQueries.documents(from: address, in: connection).map {
                        (EventAddress(room: address.room, seq: $0), position)
                    }
                }
            }
            touched.messages.merge(owners) { max($0, $1) }
        }
        let messages = touched.messages.sorted { $0.value < $1.value }
        let changes = try await source.read { connection in
            try messages.map { address, position in
                let isKept = try SearchQueries.purgedSeq(of: address.room, in: connection) < address.seq
                let found = isKept ? try SearchDocument.read(address, events, in: connection) : nil
                return SearchChange(position: position, address: address, document: found?.document)
            }
        }
        return StreamPage(entries: changes, through: touched.through)
    }

    /// The offset lies in the index itself.
    func commit(name: String, position: Int64) async throws {}

    private static func note(_ event: StoredEvent, _ touched: inout Touched) {
        touched.through = event.pos
        if event.type == EventType.redaction {
            guard let redacts = event.redacts else { return }
            let target = EventAddress(room: event.room, seq: redacts)
            touched.messages[target] = event.pos
            touched.redacted[target] = event.pos
        } else if let edits = Relations(content: event.contentObject).edits {
            guard let target = EventAddress(edits), target.room == event.room else { return }
            touched.messages[target] = event.pos
        } else if event.stateKey == nil || SearchField(of: event) != .body {
            touched.messages[event.address] = event.pos
        }
    }
}
