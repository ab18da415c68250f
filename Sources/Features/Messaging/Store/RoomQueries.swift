package import Basics
package import Storage

/// Reads and writes of a room's row, state, memberships and read marks.
package struct RoomQueries: Sendable {
    package let events: EventQueries

    package init(events: EventQueries) { self.events = events }

    /// The whole state of a room; `nil` if there is no such room.
    package func load(_ number: RoomNumber, in connection: Connection) throws -> RoomState? {
        let key = SQLValue.integer(number.value)
        let row = try connection.first(
            """
            SELECT version, creator_no, created_ms, head_seq, head_pos, receipt_pos, counted, last_seq, last_ms,
              purged_seq FROM msg_room WHERE room_no = ?1
            """, key
        ) { row in
            var room = RoomState(
                number: number, version: row.text(0), creator: row.int(1), creatorID: "", created: row.int(2))
            room.headSeq = row.int(3)
            room.headPos = row.int(4)
            room.receiptPos = row.int(5)
            room.counted = row.int(6)
            room.lastSeq = row.int(7)
            room.lastTime = row.int(8)
            room.purgedSeq = row.int(9)
            return room
        }
        guard var room = row else { return nil }
        try loadState(into: &room, key, in: connection)
        try loadSpans(into: &room, key, in: connection)
        try loadMarks(into: &room, key, in: connection)
        room.tail = try events.backwards(
            room: number, from: room.headSeq, downTo: room.purgedSeq + 1, limit: RoomState.tailLimit, in: connection
        ).reversed()
        return room
    }

    private func loadState(into room: inout RoomState, _ key: SQLValue, in connection: Connection) throws {
        let loaded = try connection.rows(
            """
            SELECT \(EventQueries.columns) FROM (
              SELECT MAX(seq) AS seq FROM msg_state WHERE room_no = ?1 GROUP BY type_no, state_key
            ) AS s JOIN msg_event e ON e.room_no = ?1 AND e.seq = s.seq
            """, key
        ) { try events.event($0, connection) }
        for event in loaded {
            room.state[StateSlot(event.type, event.stateKey ?? "")] = StateEntry(
                event: event, content: event.contentObject)
        }
        room.segments = try visibility(key, in: connection)
    }

    private func visibility(_ key: SQLValue, in connection: Connection) throws -> VisibilitySegments {
        var segments = VisibilitySegments()
        guard let type = try events.types.number(of: EventType.historyVisibility, in: connection) else {
            return segments
        }
        try connection.forEach(
            """
            SELECT s.seq, e.content FROM msg_state s JOIN msg_event e ON e.room_no = s.room_no AND e.seq = s.seq
            WHERE s.room_no = ?1 AND s.type_no = ?2 AND s.state_key = '' ORDER BY s.seq
            """, key, .integer(type)
        ) { row in
            let content = try? JSON(parsing: row.bytesOfText(1), limits: .stored)
            let mode = HistoryVisibility(name: content?["history_visibility"]?.stringValue)
            segments.append(from: row.int(0), mode: mode)
            return true
        }
        return segments
    }

    private func loadSpans(into room: inout RoomState, _ key: SQLValue, in connection: Connection) throws {
        try connection.forEach(
            """
            SELECT user_no, from_seq, membership, visible_from, user_id FROM msg_member_span WHERE room_no = ?1
            ORDER BY user_no, from_seq
            """, key
        ) { row in
            let user = row.int(0)
            let membership = Membership(rawValue: Int(row.int(2))) ?? .leave
            room.spans[user, default: MembershipSpans()]
                .append(from: row.int(1), membership: membership, visibleFrom: row.int(3))
            room.userIDs[user] = row.text(4)
            return true
        }
        for spans in room.spans.values {
            room.joined += spans.current == .join ? 1 : 0
            room.invited += spans.current == .invite ? 1 : 0
        }
        if let content = room[EventType.powerLevels]?.content, let levels = try? PowerLevels(content: content) {
            room.levels = levels
        } else {
            room.levels = PowerLevels(creator: room.userIDs[room.creator] ?? "")
        }
    }

    private func loadMarks(into room: inout RoomState, _ key: SQLValue, in connection: Connection) throws {
        try connection.forEach(
            "SELECT user_no, kind, thread, seq, counted, ts_ms, pos FROM msg_receipt WHERE room_no = ?1", key
        ) { row in
            let mark = ReadMark(seq: row.int(3), counted: row.int(4), timestamp: row.int(5), pos: row.int(6))
            room.marks[ReadMarkKey(user: row.int(0), kind: row.int(1), thread: row.int(2))] = mark
            return true
        }
        try connection.forEach(
            "SELECT user_no, seq FROM msg_highlight WHERE room_no = ?1 ORDER BY user_no, seq", key
        ) { row in
            room.highlights[row.int(0), default: []].append(row.int(1))
            return true
        }
        room.recalled = try connection.rows(
            "SELECT seq FROM msg_recalled WHERE room_no = ?1 AND counted = 1 ORDER BY seq", key
        ) { $0.int(0) }
    }

    package func insert(_ room: RoomState, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO msg_room(room_no, version, creator_no, created_ms, head_seq, head_pos)
            VALUES (?1, ?2, ?3, ?4, 0, 0)
            """,
            .integer(room.number.value), .text(room.version), .integer(room.creator), .integer(room.created))
    }

    /// Stores the numbers of the room's row: the one update that a message costs beside its own row.
    package func updateHead(_ room: RoomState, in context: WriteContext) throws {
        try context.connection.run(
            """
            UPDATE msg_room SET head_seq = ?2, head_pos = ?3, counted = ?4, last_seq = ?5, last_ms = ?6
            WHERE room_no = ?1
            """,
            .integer(room.number.value), .integer(room.headSeq), .integer(room.headPos), .integer(room.counted),
            .integer(room.lastSeq), .integer(room.lastTime))
    }

    package func insertState(_ event: StoredEvent, in context: WriteContext) throws {
        guard let key = event.stateKey else { return }
        try context.connection.run(
            "INSERT INTO msg_state(room_no, type_no, state_key, seq) VALUES (?1, ?2, ?3, ?4)",
            .integer(event.room.value), .integer(try events.types.number(of: event.type, in: context)), .text(key),
            .integer(event.seq))
    }

    /// Stores a change of membership: the span that begins and the user's entry in the list of rooms.
    package func insertSpan(
        room: RoomNumber, user: Int64, userID: String, seq: Int64, pos: Int64, membership: Membership,
        visibleFrom: Int64, in context: WriteContext
    ) throws {
        try context.connection.run(
            """
            INSERT INTO msg_member_span(room_no, user_no, from_seq, membership, visible_from, user_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """,
            .integer(room.value), .integer(user), .integer(seq), .int(membership.rawValue), .integer(visibleFrom),
            .text(userID))
        try context.connection.run(
            """
            INSERT INTO msg_membership(user_no, room_no, membership, since_pos) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT(user_no, room_no) DO UPDATE SET membership = ?3, since_pos = ?4, forgotten = 0
            """,
            .integer(user), .integer(room.value), .int(membership.rawValue), .integer(pos))
    }

    /// Moves a read mark forward.
    package func upsert(_ mark: ReadMark, _ key: ReadMarkKey, room: RoomNumber, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO msg_receipt(room_no, user_no, kind, thread, seq, counted, ts_ms, pos)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT(room_no, user_no, kind, thread)
            DO UPDATE SET seq = ?5, counted = ?6, ts_ms = ?7, pos = ?8
            """,
            .integer(room.value), .integer(key.user), .integer(key.kind), .integer(key.thread), .integer(mark.seq),
            .integer(mark.counted), .integer(mark.timestamp), .integer(mark.pos))
    }

    package func updateReceiptPosition(_ room: RoomState, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE msg_room SET receipt_pos = ?2 WHERE room_no = ?1", .integer(room.number.value),
            .integer(room.receiptPos))
    }
}

extension JSONLimits {
    /// For text that this server wrote itself.
    package static let stored = JSONLimits(maximumBytes: 1 << 22, maximumDepth: 200)
}
