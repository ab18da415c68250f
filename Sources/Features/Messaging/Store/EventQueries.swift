import Basics
package import Storage

/// Reads and writes of `msg_event`: by (room, seq) and by range in a room, never any other way.
package struct EventQueries: Sendable {
    package let types: EventTypeTable

    package init(types: EventTypeTable) { self.types = types }

    static let columns = """
        e.pos, e.room_no, e.seq, e.sender_no, e.device_no, e.type_no, e.state_key, e.ts_ms, e.recv_ms, e.counted, \
        e.flags, e.redacted_by, e.redacts, e.replaces, e.txn, e.content
        """

    func event(_ row: Row, _ connection: Connection) throws -> StoredEvent {
        guard let room = RoomNumber(value: row.int(1)) else {
            throw StorageError(.damaged, "An event has an impossible room number.")
        }
        return StoredEvent(
            pos: row.int(0), room: room, seq: row.int(2), sender: row.int(3), device: row.intOrNil(4),
            type: try types.name(of: row.int(5), in: connection), stateKey: row.textOrNil(6), timestamp: row.int(7),
            received: row.int(8), counted: row.int(9), flags: EventFlags(rawValue: row.int(10)),
            redactedBy: row.intOrNil(11), redacts: row.intOrNil(12), replaces: row.intOrNil(13),
            transaction: row.textOrNil(14), content: row.bytesOfText(15))
    }

    package func insert(_ event: StoredEvent, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO msg_event(pos, room_no, seq, sender_no, device_no, type_no, state_key, ts_ms, recv_ms,
              counted, flags, redacts, replaces, txn, content)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """,
            .integer(event.pos), .integer(event.room.value), .integer(event.seq), .integer(event.sender),
            .optional(event.device), .integer(try types.number(of: event.type, in: context)),
            .optional(event.stateKey), .integer(event.timestamp), .integer(event.received), .integer(event.counted),
            .integer(event.flags.rawValue), .optional(event.redacts), .optional(event.replaces),
            .optional(event.transaction), .text(String(decoding: event.content, as: UTF8.self)))
    }

    /// One event.
    package func event(_ address: EventAddress, in connection: Connection) throws -> StoredEvent? {
        try connection.first(
            "SELECT \(Self.columns) FROM msg_event e WHERE room_no = ?1 AND seq = ?2",
            .integer(address.room.value), .integer(address.seq)
        ) { try event($0, connection) }
    }

    /// Up to `limit` events with `low <= seq <= high`, the newest first.
    package func backwards(
        room: RoomNumber, from high: Int64, downTo low: Int64, limit: Int, in connection: Connection
    ) throws -> [StoredEvent] {
        try connection.rows(
            """
            SELECT \(Self.columns) FROM msg_event e WHERE room_no = ?1 AND seq <= ?2 AND seq >= ?3
            ORDER BY seq DESC LIMIT ?4
            """,
            .integer(room.value), .integer(high), .integer(low), .int(limit)
        ) { try event($0, connection) }
    }

    /// Up to `limit` events with `low <= seq <= high`, the oldest first.
    package func forwards(
        room: RoomNumber, from low: Int64, upTo high: Int64, limit: Int, in connection: Connection
    ) throws -> [StoredEvent] {
        try connection.rows(
            """
            SELECT \(Self.columns) FROM msg_event e WHERE room_no = ?1 AND seq >= ?2 AND seq <= ?3
            ORDER BY seq LIMIT ?4
            """,
            .integer(room.value), .integer(low), .integer(high), .int(limit)
        ) { try event($0, connection) }
    }

    /// Up to `limit` events of all rooms after a position, in order of position: what a stream consumer reads.
    package func log(after pos: Int64, limit: Int, in connection: Connection) throws -> [StoredEvent] {
        try connection.rows(
            "SELECT \(Self.columns) FROM msg_event e WHERE pos > ?1 ORDER BY pos LIMIT ?2", .integer(pos), .int(limit)
        ) { try event($0, connection) }
    }

    /// The events at some positions, in their order; those that are gone are left out.
    package func events(at positions: [Int64], in connection: Connection) throws -> [StoredEvent] {
        try positions.compactMap { position in
            try connection.first(
                "SELECT \(Self.columns) FROM msg_event e WHERE pos = ?1", .integer(position)
            ) { try event($0, connection) }
        }
    }

    /// The newest seq of a room whose event has a position of at most `pos`; 0 if there is none.
    ///
    /// Positions grow with seq in a room, so this is a binary search of at most 48 point look-ups.
    package func seq(
        atPosition pos: Int64, room: RoomNumber, purged: Int64, head: Int64, in connection: Connection
    ) throws -> Int64 {
        var low = purged
        var high = head
        while low < high {
            let middle = low + (high - low + 1) / 2
            let found = try connection.first(
                "SELECT pos FROM msg_event e WHERE room_no = ?1 AND seq = ?2", .integer(room.value), .integer(middle)
            ) { $0.int(0) }
            if let found, found <= pos { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The newest seq whose time of origin is at most (`dir` b) or the oldest whose is at least (`dir` f) `time`.
    package func seq(
        nearTime time: Int64, forwards: Bool, room: RoomNumber, within range: ClosedRange<Int64>,
        in connection: Connection
    ) throws -> Int64? {
        let order = forwards ? "ts_ms >= ?4 ORDER BY seq" : "ts_ms <= ?4 ORDER BY seq DESC"
        return try connection.first(
            "SELECT seq FROM msg_event e WHERE room_no = ?1 AND seq >= ?2 AND seq <= ?3 AND \(order) LIMIT 1",
            .integer(room.value), .integer(range.lowerBound), .integer(range.upperBound), .integer(time)
        ) { $0.int(0) }
    }

    /// The room's count of messages up to and including a seq.
    package func counted(room: RoomNumber, upTo seq: Int64, in connection: Connection) throws -> Int64 {
        guard seq > 0 else { return 0 }
        return try connection.first(
            "SELECT counted FROM msg_event e WHERE room_no = ?1 AND seq = ?2", .integer(room.value), .integer(seq)
        ) { $0.int(0) } ?? 0
    }

    /// Takes the content out of an event and remembers who redacted it.
    package func redact(
        _ target: StoredEvent, by redaction: Int64, content: [UInt8], in context: WriteContext
    ) throws {
        try context.connection.run(
            "UPDATE msg_event SET content = ?3, redacted_by = ?4, flags = ?5 WHERE room_no = ?1 AND seq = ?2",
            .integer(target.room.value), .integer(target.seq), .text(String(decoding: content, as: UTF8.self)),
            .integer(redaction), .integer(target.flags.union(.redacted).rawValue))
    }

    package func markRelated(_ target: StoredEvent, in context: WriteContext) throws {
        guard !target.flags.contains(.hasRelations) else { return }
        try context.connection.run(
            "UPDATE msg_event SET flags = ?3 WHERE room_no = ?1 AND seq = ?2",
            .integer(target.room.value), .integer(target.seq),
            .integer(target.flags.union(.hasRelations).rawValue))
    }
}
