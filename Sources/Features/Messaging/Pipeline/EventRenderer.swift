import Accounts
import Basics
import Storage

/// Thrown by a reader that needs the database where it was given none; the caller tries again inside a read.
struct NeedsDatabase: Error {}

/// Reads events of one room for one viewer: from memory where it can, else from the database.
struct RoomReader {
    let engine: MessagingEngine
    let room: RoomState
    let viewer: Session
    let visible: VisibleRanges
    let connection: Connection?

    init(_ engine: MessagingEngine, _ room: RoomState, viewer: Session, connection: Connection?) {
        self.engine = engine
        self.room = room
        self.viewer = viewer
        self.connection = connection
        visible = room.visible(to: viewer.userNumber)
    }

    func database() throws -> Connection {
        guard let connection else { throw NeedsDatabase() }
        return connection
    }

    /// An event whatever its visibility; callers check that.
    func event(_ seq: Int64) throws -> StoredEvent? {
        if let first = room.tailFrom(seq)?.first, first.seq == seq { return first }
        return try engine.events.event(EventAddress(room: room.number, seq: seq), in: try database())
    }

    /// Events with `low <= seq <= high`, newest first, up to `limit`; whatever their visibility.
    func backwards(from high: Int64, downTo low: Int64, limit: Int) throws -> [StoredEvent] {
        guard low <= high, limit > 0 else { return [] }
        let start = max(low, high - Int64(limit) + 1)
        if let slice = room.tailFrom(start) { return slice.prefix { $0.seq <= high }.reversed() }
        return try engine.events.backwards(
            room: room.number, from: high, downTo: low, limit: limit, in: try database())
    }

    func forwards(from low: Int64, upTo high: Int64, limit: Int) throws -> [StoredEvent] {
        guard low <= high, limit > 0 else { return [] }
        if let slice = room.tailFrom(low) { return Array(slice.prefix { $0.seq <= high }.prefix(limit)) }
        return try engine.events.forwards(room: room.number, from: low, upTo: high, limit: limit, in: try database())
    }

    /// The newest seq at or before a position.
    func seq(atPosition position: Int64) throws -> Int64 {
        if position >= room.headPos { return room.headSeq }
        if let first = room.tail.first, first.pos <= position {
            return room.tail.last { $0.pos <= position }?.seq ?? first.seq
        }
        return try engine.events.seq(
            atPosition: position, room: room.number, purged: room.purgedSeq, head: room.headSeq, in: try database())
    }
}

/// Writes events as clients see them.
struct EventRenderer {
    let reader: RoomReader
    /// Whether each event names its room (everywhere but inside a room of a sync reply).
    var namesRoom = true

    private var room: RoomState { reader.room }

    func write(_ event: StoredEvent, to writer: inout JSONWriter) throws {
        try writer.object { writer in
            writer.members(
                of: event, sender: sender(of: event), room: namesRoom ? reader.engine.id(of: event.room) : nil)
            writer.key("unsigned")
            try writer.object { try unsigned(event, to: &$0) }
        }
    }

    func sender(of event: StoredEvent) -> String { room.userIDs[event.sender] ?? "@:" + reader.engine.serverName }

    private func unsigned(_ event: StoredEvent, to writer: inout JSONWriter) throws {
        writer.key("age")
        writer.int(max(0, reader.engine.clock.now() - event.timestamp))
        if let transaction = event.transaction, event.device == reader.viewer.deviceNumber {
            writer.key("transaction_id")
            writer.string(transaction)
        }
        if let membership = membership(at: event.seq) {
            writer.key("membership")
            writer.string(membership.name)
        }
        if let replaces = event.replaces, reader.visible.contains(replaces), let old = try reader.event(replaces) {
            writer.key("prev_content")
            writer.raw(old.content)
            writer.key("replaces_state")
            writer.string(old.address.text)
        }
        if let seq = event.redactedBy, let redaction = try reader.event(seq) {
            writer.key("redacted_because")
            try write(redaction, to: &writer)
        }
        if event.flags.contains(.hasRelations), !event.flags.contains(.redacted) {
            try RelationBundle(reader: reader, renderer: self).write(for: event, to: &writer)
        }
        writer.key("shop.vitrine")
        writer.object { writer in
            writer.key("seq")
            writer.int(event.seq)
            if let previous = reader.visible.previousVisible(before: event.seq) {
                writer.key("prev")
                writer.string(EventAddress(room: event.room, seq: previous).text)
            }
        }
    }

    /// The viewer's membership when the event was sent.
    private func membership(at seq: Int64) -> Membership? {
        room.spans[reader.viewer.userNumber]?.membership(before: seq + 1)
    }

    /// The parts of a state event that somebody outside the room may see.
    func writeStripped(_ event: StoredEvent, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("type")
            writer.string(event.type)
            writer.key("sender")
            writer.string(sender(of: event))
            writer.key("state_key")
            writer.string(event.stateKey ?? "")
            writer.key("content")
            writer.raw(event.content)
        }
    }
}

/// What the server adds to an event about the events that relate to it.
struct RelationBundle {
    let reader: RoomReader
    let renderer: EventRenderer

    func write(for event: StoredEvent, to writer: inout JSONWriter) throws {
        var bundle = BundledRelations()
        bundle.replacement = try newestEdit(of: event).map(rendered)
        bundle.references = try related(event, RelationType.reference).prefix(50).reversed().map {
            EventAddress(room: event.room, seq: $0).text
        }
        let thread = try related(event, RelationType.thread)
        if let first = thread.first, let newest = try reader.event(first) {
            bundle.thread = ThreadSummary(
                latestEvent: try rendered(newest), count: thread.count,
                currentUserParticipated: try reader.takesPart(in: event))
        }
        guard !bundle.isEmpty else { return }
        writer.key("m.relations")
        bundle.write(into: &writer)
    }

    private func rendered(_ event: StoredEvent) throws -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        try renderer.write(event, to: &writer)
        return writer.bytes
    }

    /// Visible events that relate to one, the newest first.
    private func related(_ event: StoredEvent, _ relation: String) throws -> [Int64] {
        guard reader.room.headSeq > event.seq else { return [] }
        return try RelationQueries.seqs(
            room: event.room, target: event.seq, relation: relation, type: nil,
            within: (event.seq + 1)...reader.room.headSeq, forwards: false, limit: 10_000, in: try reader.database()
        ).filter { reader.visible.contains($0) }
    }

    /// The newest valid edit: same sender and type, not of a state event, not of an edit.
    private func newestEdit(of event: StoredEvent) throws -> StoredEvent? {
        guard event.stateKey == nil else { return nil }
        let original = event.related
        for seq in try related(event, RelationType.replace) {
            guard let edit = try reader.event(seq), !edit.flags.contains(.redacted) else { continue }
            if edit.related.isValidEdit(of: original) { return edit }
        }
        return nil
    }
}

extension StoredEvent {
    fileprivate var related: RelatedEvent {
        RelatedEvent(sender: sender, type: type, stateKey: stateKey, content: contentObject)
    }
}

extension JSONWriter {
    /// What everybody who may see an event gets of it, into an open object; without its room for `nil`.
    mutating func members(of event: StoredEvent, sender: String, room: String?) {
        key("type")
        string(event.type)
        key("sender")
        string(sender)
        key("event_id")
        string(event.address.text)
        key("origin_server_ts")
        int(event.timestamp)
        if let room {
            key("room_id")
            string(room)
        }
        if let state = event.stateKey {
            key("state_key")
            string(state)
        }
        // Room version 11 keeps it in the content; clients of older versions look for it here.
        if let redacts = event.redacts {
            key("redacts")
            string(EventAddress(room: event.room, seq: redacts).text)
        }
        key("content")
        raw(event.content)
    }
}
