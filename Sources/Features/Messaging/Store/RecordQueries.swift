import Storage

/// Reads and writes of what is kept for the record: recalled originals, audits, complaints, and for how long.
enum RecordQueries {
    /// Keeps the original of a recalled event until a moment.
    static func keepOriginal(
        of target: StoredEvent, recalledBy user: Int64, reason: String?, until expiry: Int64, in context: WriteContext
    ) throws {
        try context.connection.run(
            """
            INSERT INTO msg_recalled(room_no, seq, by_no, at_ms, counted, reason, original, expires_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """,
            .integer(target.room.value), .integer(target.seq), .integer(user), .integer(context.now),
            .bool(target.flags.contains(.counted)), .optional(reason),
            .text(String(decoding: target.content, as: UTF8.self)), .integer(expiry))
    }

    /// The originals of a room's recalled events by seq.
    static func originals(room: RoomNumber, in connection: Connection) throws -> [Int64: [UInt8]] {
        var originals: [Int64: [UInt8]] = [:]
        try connection.forEach("SELECT seq, original FROM msg_recalled WHERE room_no = ?1", .integer(room.value)) {
            row in
            originals[row.int(0)] = row.bytesOfText(1)
            return true
        }
        return originals
    }

    /// Notes that somebody looked at a room's recalled events.
    static func noteAudit(room: RoomNumber, by user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "INSERT INTO msg_audit(room_no, user_no, at_ms, what) VALUES (?1, ?2, ?3, 'recalled')",
            .integer(room.value), .integer(user), .integer(context.now))
    }

    /// A recalled message as an auditor is shown it.
    struct Recalled {
        var event: EventAddress
        var recalledBy: Int64
        var atMilliseconds: Int64
        var reason: String?
        var original: [UInt8]
    }

    /// Recalled messages of all rooms after one of them, in the order of rooms and sequences.
    static func recalled(
        after event: EventAddress?, from: Int64, to: Int64, limit: Int, in connection: Connection
    ) throws -> [Recalled] {
        try connection.rows(
            """
            SELECT room_no, seq, by_no, at_ms, reason, original FROM msg_recalled
            WHERE (room_no, seq) > (?1, ?2) AND at_ms >= ?3 AND at_ms <= ?4 ORDER BY room_no, seq LIMIT ?5
            """, .integer(event?.room.value ?? 0), .integer(event?.seq ?? 0), .integer(from), .integer(to), .int(limit)
        ) { row -> Recalled? in
            guard let room = RoomNumber(value: row.int(0)) else { return nil }
            return Recalled(
                event: EventAddress(room: room, seq: row.int(1)), recalledBy: row.int(2), atMilliseconds: row.int(3),
                reason: row.textOrNil(4), original: row.bytesOfText(5))
        }.compactMap { $0 }
    }

    /// Who looked at which room's recalled messages, the newest first.
    static func accesses(
        before number: Int64, limit: Int, in connection: Connection
    ) throws -> [(number: Int64, room: RoomNumber, user: Int64, atMilliseconds: Int64)] {
        try connection.rows(
            """
            SELECT audit_no, room_no, user_no, at_ms FROM msg_audit WHERE audit_no < ?1
            ORDER BY audit_no DESC LIMIT ?2
            """, .integer(number), .int(limit)
        ) { row in RoomNumber(value: row.int(1)).map { (row.int(0), $0, row.int(2), row.int(3)) } }.compactMap { $0 }
    }

    /// Notes a complaint.
    static func noteReport(
        room: RoomNumber, seq: Int64?, by user: Int64, reason: String?, in context: WriteContext
    ) throws {
        try context.connection.run(
            "INSERT INTO msg_report(room_no, seq, user_no, at_ms, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
            .integer(room.value), .optional(seq), .integer(user), .integer(context.now), .optional(reason))
    }

    static func setRetention(room: RoomNumber, days: Int64, hold: Bool, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO msg_retention(room_no, max_days, hold) VALUES (?1, ?2, ?3)
            ON CONFLICT(room_no) DO UPDATE SET max_days = ?2, hold = ?3
            """, .integer(room.value), .integer(days), .bool(hold))
    }

    /// The next stretch that a retention rule has let go: a room and the last of at most `limit` events.
    static func due(
        now: Int64, limit: Int, in connection: Connection
    ) throws -> (room: RoomNumber, upTo: Int64)? {
        let rules = try connection.rows("SELECT room_no, max_days FROM msg_retention WHERE hold = 0 AND max_days > 0") {
            ($0.int(0), $0.int(1))
        }
        for (raw, days) in rules {
            guard let room = RoomNumber(value: raw) else { continue }
            let upTo = try connection.first(
                """
                SELECT MAX(e.seq) FROM (SELECT seq FROM msg_event WHERE room_no = ?1 AND recv_ms < ?2
                  AND seq > (SELECT purged_seq FROM msg_room WHERE room_no = ?1) ORDER BY seq LIMIT ?3) e
                """, .integer(raw), .integer(now - days * 86_400_000), .int(limit)
            ) { $0.intOrNil(0) }
            if let upTo = upTo ?? nil { return (room, upTo) }
        }
        return nil
    }

    /// Removes the messages of a room in a stretch of seqs; state events stay.
    static func purge(
        room: RoomNumber, after purged: Int64, upTo seq: Int64, in context: WriteContext
    ) throws {
        let key = SQLValue.integer(room.value)
        try context.connection.run(
            "DELETE FROM msg_event WHERE room_no = ?1 AND seq > ?2 AND seq <= ?3 AND state_key IS NULL", key,
            .integer(purged), .integer(seq))
        for table in ["msg_recalled", "msg_relation", "msg_highlight"] {
            try context.connection.run(
                "DELETE FROM \(table) WHERE room_no = ?1 AND seq > ?2 AND seq <= ?3", key, .integer(purged),
                .integer(seq))
        }
        try context.connection.run("UPDATE msg_room SET purged_seq = ?2 WHERE room_no = ?1", key, .integer(seq))
    }

    /// Empties recalled originals whose time is over, but for rooms on hold.
    static func expireOriginals(in context: WriteContext) throws {
        try context.connection.run(
            """
            UPDATE msg_recalled SET original = '{}' WHERE expires_ms < ?1 AND original <> '{}' AND room_no NOT IN
              (SELECT room_no FROM msg_retention WHERE hold = 1)
            """, .integer(context.now))
    }
}
