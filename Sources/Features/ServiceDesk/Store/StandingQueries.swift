import Storage

/// The rows of `stat_room` and `stat_queue`: how things stand after the facts so far.
enum StandingQueries {
    private static let columns = """
        room_no, conv_no, n, status, since_ms, opened_ms, agent_no, queue_no, scene, handled_ms, flags,
        any_pos, any_ms, any_first, any_queue, any_scene, any_limit,
        human_pos, human_ms, human_first, human_queue, human_scene, human_limit
        """

    static func standing(of room: Int64, _ connection: Connection) throws -> RoomStanding {
        try connection.first(
            "SELECT \(columns) FROM stat_room WHERE room_no = ?1", .integer(room), map: standing)
            ?? RoomStanding(room: room)
    }

    /// Rooms whose newest conversation has not ended.
    static func unresolved(_ connection: Connection) throws -> [RoomStanding] {
        try connection.rows("SELECT \(columns) FROM stat_room WHERE status <> 6 ORDER BY room_no", map: standing)
    }

    /// Rooms in which a customer waits for a human's answer, those who began first in front.
    static func waitingForAnswer(_ connection: Connection) throws -> [RoomStanding] {
        try connection.rows(
            "SELECT \(columns) FROM stat_room WHERE human_ms IS NOT NULL ORDER BY human_ms", map: standing)
    }

    static func store(_ standing: RoomStanding, in context: WriteContext) throws {
        let s = standing
        let flags: Int64 = (s.isUnanswered ? 1 : 0) + (s.hasTurnAny ? 2 : 0) + (s.hasTurnHuman ? 4 : 0)
        try context.connection.run(
            """
            INSERT INTO stat_room(\(columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
              ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
            ON CONFLICT (room_no) DO UPDATE SET
              conv_no = ?2, n = ?3, status = ?4, since_ms = ?5, opened_ms = ?6, agent_no = ?7, queue_no = ?8,
              scene = ?9, handled_ms = ?10, flags = ?11, any_pos = ?12, any_ms = ?13, any_first = ?14,
              any_queue = ?15, any_scene = ?16, any_limit = ?17, human_pos = ?18, human_ms = ?19,
              human_first = ?20, human_queue = ?21, human_scene = ?22, human_limit = ?23
            """,
            arguments: [
                .integer(s.room), .integer(s.conversation), .integer(s.n), .integer(s.status.rawValue),
                .integer(s.since), .integer(s.opened), .integer(s.agent), .integer(s.queue), .text(s.scene),
                .integer(s.handled), .integer(flags),
            ] + values(s.turnAny) + values(s.turnHuman))
    }

    private static func values(_ turn: OpenTurn?) -> [SQLValue] {
        guard let turn else { return [SQLValue](repeating: .null, count: 6) }
        return [
            .integer(turn.position), .integer(turn.start), .bool(turn.isFirst), .integer(turn.queue),
            .text(turn.scene), .integer(turn.limit),
        ]
    }

    private static func standing(_ row: Row) throws -> RoomStanding {
        guard let status = ConversationStatus(rawValue: row.int(3)) else {
            throw StorageError(.damaged, "A room of statistics has the unknown state \(row.int(3)).")
        }
        var found = RoomStanding(room: row.int(0))
        (found.conversation, found.n, found.status, found.since) = (row.int(1), row.int(2), status, row.int(4))
        (found.opened, found.agent, found.queue) = (row.int(5), row.int(6), row.int(7))
        (found.scene, found.handled) = (row.text(8), row.int(9))
        let flags = row.int(10)
        found.isUnanswered = flags & 1 != 0
        found.hasTurnAny = flags & 2 != 0
        found.hasTurnHuman = flags & 4 != 0
        found.turnAny = turn(row, 11)
        found.turnHuman = turn(row, 17)
        return found
    }

    private static func turn(_ row: Row, _ column: Int) -> OpenTurn? {
        guard let position = row.intOrNil(column) else { return nil }
        return OpenTurn(
            position: position, start: row.int(column + 1), isFirst: row.bool(column + 2), queue: row.int(column + 3),
            scene: row.text(column + 4), limit: row.int(column + 5))
    }

    // MARK: Queues

    static func settings(
        _ connection: Connection, hours: (String) -> WeeklyHours?
    ) throws -> [Int64: QueueSetting] {
        let rows = try connection.rows("SELECT queue_no, target_ms, hours FROM stat_queue") { row in
            let text = row.textOrNil(2)
            return QueueSetting(queue: row.int(0), target: row.int(1), hours: text.flatMap(hours), text: text)
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.queue, $0) })
    }

    static func store(_ setting: QueueSetting, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO stat_queue(queue_no, target_ms, hours) VALUES (?1, ?2, ?3)
            ON CONFLICT (queue_no) DO UPDATE SET target_ms = ?2, hours = ?3
            """, .integer(setting.queue), .integer(setting.target), .optional(setting.text))
    }
}
