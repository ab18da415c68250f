import Storage

/// Reads and writes of `msg_relation`: which events relate to which, and how.
enum RelationQueries {
    static func insert(
        room: RoomNumber, target: Int64, relation: String, seq: Int64, type: Int64, sender: Int64, key: String?,
        in context: WriteContext
    ) throws {
        try context.connection.run(
            """
            INSERT INTO msg_relation(room_no, target_seq, rel, seq, type_no, sender_no, key)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """,
            .integer(room.value), .integer(target), .text(relation), .integer(seq), .integer(type), .integer(sender),
            .optional(key))
    }

    /// Forgets the relation that a redacted event had.
    static func remove(room: RoomNumber, seq: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "DELETE FROM msg_relation WHERE room_no = ?1 AND seq = ?2", .integer(room.value), .integer(seq))
    }

    /// Whether the user has already reacted to an event with a key.
    static func hasReaction(
        room: RoomNumber, target: Int64, sender: Int64, key: String, in connection: Connection
    ) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM msg_relation WHERE room_no = ?1 AND target_seq = ?2 AND rel = 'm.annotation'
              AND sender_no = ?3 AND key = ?4 LIMIT 1
            """, .integer(room.value), .integer(target), .integer(sender), .text(key)
        ) { _ in true } ?? false
    }

    /// Whether a user has written in a thread.
    static func takesPart(
        _ user: Int64, inThread root: Int64, room: RoomNumber, in connection: Connection
    ) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM msg_relation WHERE room_no = ?1 AND target_seq = ?2 AND rel = 'm.thread' AND sender_no = ?3
            LIMIT 1
            """, .integer(room.value), .integer(root), .integer(user)
        ) { _ in true } ?? false
    }

    /// Seqs of events that relate to one, between two places, in reading order.
    static func seqs(
        room: RoomNumber, target: Int64, relation: String?, type: Int64?, within range: ClosedRange<Int64>,
        forwards: Bool, limit: Int, in connection: Connection
    ) throws -> [Int64] {
        let order = forwards ? "ASC" : "DESC"
        return try connection.rows(
            """
            SELECT seq FROM msg_relation WHERE room_no = ?1 AND target_seq = ?2 AND (?3 IS NULL OR rel = ?3)
              AND (?4 IS NULL OR type_no = ?4) AND seq >= ?5 AND seq <= ?6 ORDER BY seq \(order) LIMIT ?7
            """,
            .integer(room.value), .integer(target), .optional(relation), .optional(type), .integer(range.lowerBound),
            .integer(range.upperBound), .int(limit)
        ) { $0.int(0) }
    }

    /// Messages in threads after a place that count and still have their content.
    static func threaded(
        room: RoomNumber, after seq: Int64, in connection: Connection
    ) throws -> [(root: Int64, seq: Int64, sender: Int64)] {
        try connection.rows(
            """
            SELECT r.target_seq, r.seq, r.sender_no, e.flags FROM msg_relation r
            JOIN msg_event e ON e.room_no = r.room_no AND e.seq = r.seq
            WHERE r.room_no = ?1 AND r.seq > ?2 AND r.rel = 'm.thread' ORDER BY r.seq LIMIT 10000
            """, .integer(room.value), .integer(seq)
        ) { row in (row.int(0), row.int(1), row.int(2), EventFlags(rawValue: row.int(3))) }
        .filter { $0.3.contains(.counted) && !$0.3.contains(.redacted) }.map { ($0.0, $0.1, $0.2) }
    }

    /// Roots of threads of a room, the most recently continued first.
    static func threadRoots(
        room: RoomNumber, before seq: Int64, limit: Int, in connection: Connection
    ) throws -> [(root: Int64, newest: Int64)] {
        try connection.rows(
            """
            SELECT target_seq, MAX(seq) AS newest FROM msg_relation WHERE room_no = ?1 AND rel = 'm.thread'
            GROUP BY target_seq HAVING MAX(seq) < ?2 ORDER BY newest DESC LIMIT ?3
            """, .integer(room.value), .integer(seq), .int(limit)
        ) { ($0.int(0), $0.int(1)) }
    }
}
