import Basics
import Storage

/// What an offline check reads of the tables, a room at a time, and the repairs of what can be computed again.
enum DoctorQueries {
    struct Room: Sendable {
        var number: Int64
        var version: String
        var headSeq: Int64
        var headPos: Int64
        var receiptPos: Int64
        var counted: Int64
        var lastSeq: Int64
        var lastTime: Int64
        var purgedSeq: Int64
    }

    struct Span: Sendable {
        var user: Int64
        var from: Int64
        var membership: Int64
        var visibleFrom: Int64
        var userID: String
        /// The member event at `from`, if it is one of this user.
        var eventPos: Int64?
        var eventContent: [UInt8]?
    }

    static func rooms(in connection: Connection) throws -> [Room] {
        try connection.rows(
            """
            SELECT room_no, version, head_seq, head_pos, receipt_pos, counted, last_seq, last_ms, purged_seq
            FROM msg_room ORDER BY room_no
            """
        ) { row in
            Room(
                number: row.int(0), version: row.text(1), headSeq: row.int(2), headPos: row.int(3),
                receiptPos: row.int(4), counted: row.int(5), lastSeq: row.int(6), lastTime: row.int(7),
                purgedSeq: row.int(8))
        }
    }

    /// The events of a room in order, without building a list of them.
    static func events(
        of room: Int64, _ queries: EventQueries, in connection: Connection, _ body: (StoredEvent) throws -> Void
    ) throws {
        try connection.forEach(
            "SELECT \(EventQueries.columns) FROM msg_event e WHERE room_no = ?1 ORDER BY seq", .integer(room)
        ) { row in
            try body(try queries.event(row, connection))
            return true
        }
    }

    /// Events of rooms that do not exist.
    static func strayEvents(in connection: Connection) throws -> Int64 {
        try connection.first(
            "SELECT COUNT(*) FROM msg_event e WHERE NOT EXISTS (SELECT 1 FROM msg_room r WHERE r.room_no = e.room_no)"
        ) { $0.int(0) } ?? 0
    }

    static func spans(of room: Int64, memberType: Int64, in connection: Connection) throws -> [Span] {
        try connection.rows(
            """
            SELECT s.user_no, s.from_seq, s.membership, s.visible_from, s.user_id, e.pos, e.content
            FROM msg_member_span s LEFT JOIN msg_event e ON e.room_no = s.room_no AND e.seq = s.from_seq
              AND e.type_no = ?2 AND e.state_key = s.user_id
            WHERE s.room_no = ?1 ORDER BY s.user_no, s.from_seq
            """, .integer(room), .integer(memberType)
        ) { row in
            let pos = row.intOrNil(5)
            return Span(
                user: row.int(0), from: row.int(1), membership: row.int(2), visibleFrom: row.int(3),
                userID: row.text(4), eventPos: pos, eventContent: pos.map { _ in row.bytesOfText(6) })
        }
    }

    static func memberships(of room: Int64, in connection: Connection) throws -> [Int64: (
        membership: Int64, since: Int64
    )] {
        var found: [Int64: (membership: Int64, since: Int64)] = [:]
        try connection.forEach(
            "SELECT user_no, membership, since_pos FROM msg_membership WHERE room_no = ?1", .integer(room)
        ) { row in
            found[row.int(0)] = (row.int(1), row.int(2))
            return true
        }
        return found
    }

    /// Receipts that lie beyond the head, or whose count is not that of their event.
    static func wrongReceipts(
        of room: Room, in connection: Connection
    ) throws -> [(user: Int64, seq: Int64, isBeyond: Bool)] {
        try connection.rows(
            """
            SELECT r.user_no, r.seq, r.seq > ?2 FROM msg_receipt r
            LEFT JOIN msg_event e ON e.room_no = r.room_no AND e.seq = r.seq
            WHERE r.room_no = ?1 AND (r.seq > ?2 OR (e.seq IS NOT NULL AND e.counted <> r.counted))
            ORDER BY r.user_no, r.seq
            """, .integer(room.number), .integer(room.headSeq)
        ) { ($0.int(0), $0.int(1), $0.bool(2)) }
    }

    /// The newest position of a receipt that somebody sent; marks set by sending share that of their message.
    static func receiptPos(of room: Int64, in connection: Connection) throws -> Int64 {
        try connection.first(
            "SELECT MAX(pos) FROM msg_receipt WHERE room_no = ?1 AND kind <> 3", .integer(room)
        ) { $0.intOrNil(0) ?? 0 } ?? 0
    }

    /// Entries of the state without the state event they name.
    static func strayState(of room: Int64, in connection: Connection) throws -> [Int64] {
        try connection.rows(
            """
            SELECT s.seq FROM msg_state s LEFT JOIN msg_event e ON e.room_no = s.room_no AND e.seq = s.seq
            WHERE s.room_no = ?1 AND (e.seq IS NULL OR e.type_no <> s.type_no OR e.state_key IS NULL
              OR e.state_key <> s.state_key)
            ORDER BY s.seq
            """, .integer(room)
        ) { $0.int(0) }
    }

    /// State events that the state does not know.
    static func unlistedState(of room: Int64, in connection: Connection) throws -> [Int64] {
        try connection.rows(
            """
            SELECT e.seq FROM msg_event e WHERE e.room_no = ?1 AND e.state_key IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM msg_state s WHERE s.room_no = e.room_no AND s.type_no = e.type_no
                AND s.state_key = e.state_key AND s.seq = e.seq)
            ORDER BY e.seq
            """, .integer(room)
        ) { $0.int(0) }
    }

    /// Positions that were given to two things.
    static func sharedPositions(in connection: Connection) throws -> [Int64] {
        try connection.rows(
            """
            SELECT pos FROM (
              SELECT pos FROM msg_event
              UNION ALL SELECT pos FROM msg_receipt WHERE kind <> 3
              UNION ALL SELECT pos FROM msg_account_data
              UNION ALL SELECT pos FROM msg_key_change
            ) AS drawn GROUP BY pos HAVING COUNT(*) > 1 ORDER BY pos LIMIT 100
            """
        ) { $0.int(0) }
    }

    static func newestPosition(in connection: Connection) throws -> Int64 {
        try connection.first("SELECT MAX(pos) FROM msg_event") { $0.intOrNil(0) ?? 0 } ?? 0
    }

    /// Files that should be stored and whose content is not known.
    static func mediaWithoutBlobs(in connection: Connection) throws -> [String] {
        try connection.rows(
            """
            SELECT m.media_id FROM msg_media m WHERE m.state = 1
              AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = m.sha256) ORDER BY m.media_id LIMIT 100
            """
        ) { $0.text(0) }
    }

    // MARK: Repair

    static func repair(_ room: Room, in context: WriteContext) throws -> Int {
        try context.connection.run(
            """
            UPDATE msg_room SET head_seq = ?2, head_pos = ?3, receipt_pos = ?4, counted = ?5, last_seq = ?6, last_ms = ?7
            WHERE room_no = ?1
            """,
            .integer(room.number), .integer(room.headSeq), .integer(room.headPos), .integer(room.receiptPos),
            .integer(room.counted), .integer(room.lastSeq), .integer(room.lastTime))
    }

    static func repairReceipts(of room: Room, in context: WriteContext) throws -> Int {
        let key = SQLValue.integer(room.number)
        let beyond = try context.connection.run(
            "UPDATE msg_receipt SET seq = ?2, counted = ?3 WHERE room_no = ?1 AND seq > ?2", key,
            .integer(room.headSeq), .integer(room.counted))
        let miscounted = try context.connection.run(
            """
            UPDATE msg_receipt SET counted = (SELECT e.counted FROM msg_event e
              WHERE e.room_no = msg_receipt.room_no AND e.seq = msg_receipt.seq)
            WHERE room_no = ?1 AND EXISTS (SELECT 1 FROM msg_event e WHERE e.room_no = msg_receipt.room_no
              AND e.seq = msg_receipt.seq AND e.counted <> msg_receipt.counted)
            """, key)
        return beyond + miscounted
    }

    static func setMembership(
        room: Int64, user: Int64, _ membership: Int64, since pos: Int64, in context: WriteContext
    ) throws {
        try context.connection.run(
            """
            INSERT INTO msg_membership(user_no, room_no, membership, since_pos) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT(user_no, room_no) DO UPDATE SET membership = ?3, since_pos = ?4
            """, .integer(user), .integer(room), .integer(membership), .integer(pos))
    }

    static func removeMembership(room: Int64, user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "DELETE FROM msg_membership WHERE user_no = ?1 AND room_no = ?2", .integer(user), .integer(room))
    }
}
