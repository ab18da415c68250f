import Storage

/// The rows of turns, spans and panes.
enum FactQueries {
    static func store(_ effects: FactEffects, in context: WriteContext) throws {
        for turn in effects.turns { try insert(turn, in: context) }
        for span in effects.spans { try insert(span, in: context) }
        for (key, pane) in effects.panes.panes {
            for (bucket, cell) in pane.cells { try add(key, bucket, cell, in: context) }
        }
    }

    private static func insert(_ row: TurnRow, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO stat_turn(start_ms, class, start_pos, room_no, conv_no, first, queue_no, scene,
              limit_ms, end_ms, answered, agent_no, waited_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (start_ms, class, start_pos) DO NOTHING
            """,
            arguments: [
                .integer(row.turn.start), .integer(row.turnClass.rawValue), .integer(row.turn.position),
                .integer(row.room), .integer(row.conversation), .bool(row.turn.isFirst), .integer(row.turn.queue),
                .text(row.turn.scene), .integer(row.turn.limit), .integer(row.end), .bool(row.isAnswered),
                .integer(row.agent), .integer(row.waited),
            ])
    }

    private static func insert(_ row: SpanRow, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO stat_span(to_ms, conv_no, n, status, from_ms, queue_no, agent_no, scene, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (to_ms, conv_no, n) DO NOTHING
            """,
            arguments: [
                .integer(row.to), .integer(row.conversation), .integer(row.n), .integer(row.status.rawValue),
                .integer(row.from), .integer(row.queue), .integer(row.agent), .text(row.scene),
                .text(row.reason.rawValue),
            ])
    }

    private static func add(_ key: PaneKey, _ bucket: Int, _ cell: Pane.Cell, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO stat_pane(metric, minute, queue_no, agent_no, scene, bucket, count, sum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (metric, minute, queue_no, agent_no, scene, bucket) DO UPDATE SET
              count = count + ?7, sum = sum + ?8
            """,
            arguments: [
                .integer(key.metric.rawValue), .integer(key.minute), .integer(key.dimensions.queue),
                .integer(key.dimensions.agent), .text(key.dimensions.scene), .int(bucket), .integer(cell.count),
                .integer(cell.sum),
            ])
    }

    // MARK: Reading

    /// Turns that began between two moments and are over.
    static func turns(from: Int64, to: Int64, _ connection: Connection) throws -> [TurnRow] {
        try connection.rows(
            """
            SELECT start_ms, class, start_pos, room_no, conv_no, first, queue_no, scene, limit_ms, end_ms, answered,
              agent_no, waited_ms
            FROM stat_turn WHERE start_ms >= ?1 AND start_ms < ?2 ORDER BY start_ms, class, start_pos
            """, .integer(from), .integer(to)
        ) { row in
            guard let turnClass = TurnClass(rawValue: row.int(1)) else {
                throw StorageError(.damaged, "A turn has the unknown class \(row.int(1)).")
            }
            let turn = OpenTurn(
                position: row.int(2), start: row.int(0), isFirst: row.bool(5), queue: row.int(6), scene: row.text(7),
                limit: row.int(8))
            return TurnRow(
                turnClass: turnClass, room: row.int(3), conversation: row.int(4), turn: turn, end: row.int(9),
                isAnswered: row.bool(10), agent: row.int(11), waited: row.int(12))
        }
    }

    /// Spans that ended between two moments.
    static func spans(endingFrom from: Int64, to: Int64, _ connection: Connection) throws -> [SpanRow] {
        try connection.rows(
            """
            SELECT to_ms, conv_no, n, status, from_ms, queue_no, agent_no, scene, reason FROM stat_span
            WHERE to_ms >= ?1 AND to_ms < ?2 ORDER BY to_ms, conv_no, n
            """, .integer(from), .integer(to)
        ) { row in
            guard let status = ConversationStatus(rawValue: row.int(3)),
                let reason = TransitionReason(rawValue: row.text(8))
            else { throw StorageError(.damaged, "A span has an unknown state or reason.") }
            return SpanRow(
                conversation: row.int(1), n: row.int(2), status: status, from: row.int(4), to: row.int(0),
                queue: row.int(5), agent: row.int(6), scene: row.text(7), reason: reason)
        }
    }

    /// Hands out each bucket of some numbers within minutes; nothing of it is empty.
    static func forEachCell(
        _ metric: StatMetric, minutes: Range<Int64>, _ connection: Connection,
        body: (_ key: PaneKey, _ bucket: Int, _ count: Int64, _ sum: Int64) -> Void
    ) throws {
        try connection.forEach(
            """
            SELECT minute, queue_no, agent_no, scene, bucket, count, sum FROM stat_pane
            WHERE metric = ?1 AND minute >= ?2 AND minute < ?3 AND (count <> 0 OR sum <> 0)
            """, .integer(metric.rawValue), .integer(minutes.lowerBound), .integer(minutes.upperBound)
        ) { row in
            let dimensions = Dimensions(queue: row.int(1), agent: row.int(2), scene: row.text(3))
            body(
                PaneKey(minute: row.int(0), metric: metric, dimensions: dimensions), Int(clamping: row.int(4)),
                row.int(5), row.int(6))
            return true
        }
    }

    /// All panes within minutes.
    static func panes(minutes: Range<Int64>, _ connection: Connection) throws -> Panes {
        var panes = Panes()
        for metric in StatMetric.allCases {
            try forEachCell(metric, minutes: minutes, connection) { key, bucket, count, sum in
                panes.put(key, bucket: bucket, count: count, sum: sum)
            }
        }
        return panes
    }
}
