import Storage

/// Steps of conversations as statistics read them.
enum MoveQueries {
    private static let columns = """
        SELECT t.pos, t.at_ms, t.conv_no, c.room_no, t.n, t.from_status, t.to_status,
          CASE WHEN t.owner_kind = 0 THEN t.owner_no ELSE 0 END, t.queue_no, t.reason, COALESCE(t.scene, '')
        """

    static func moves(positions: ClosedRange<Int64>, _ connection: Connection) throws -> [DeskFact] {
        try connection.rows(
            """
            \(columns) FROM desk_transition t JOIN desk_conversation c ON c.conv_no = t.conv_no
            WHERE t.pos >= ?1 AND t.pos <= ?2 AND t.reason NOT IN \(TransitionQueries.asides)
            """, .integer(positions.lowerBound), .integer(positions.upperBound), map: move)
    }

    static func moves(ofRoom room: Int64, upTo position: Int64, _ connection: Connection) throws -> [DeskFact] {
        try connection.rows(
            """
            \(columns) FROM desk_conversation c JOIN desk_transition t ON t.conv_no = c.conv_no
            WHERE c.room_no = ?1 AND t.pos <= ?2 AND t.reason NOT IN \(TransitionQueries.asides)
            ORDER BY t.conv_no, t.n
            """, .integer(room), .integer(position), map: move)
    }

    static func rooms(positions: ClosedRange<Int64>, _ connection: Connection) throws -> [Int64] {
        try connection.rows(
            """
            SELECT DISTINCT c.room_no FROM desk_transition t JOIN desk_conversation c ON c.conv_no = t.conv_no
            WHERE t.pos >= ?1 AND t.pos <= ?2
            """, .integer(positions.lowerBound), .integer(positions.upperBound)
        ) { $0.int(0) }
    }

    static func isServiceRoom(_ room: Int64, _ connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM desk_conversation WHERE room_no = ?1 LIMIT 1", .integer(room)) { _ in true }
            ?? false
    }

    /// The first step from a position on: where it stands and when it was.
    static func first(from position: Int64, _ connection: Connection) throws -> (Int64, Int64)? {
        try connection.first(
            "SELECT pos, at_ms FROM desk_transition WHERE pos >= ?1 ORDER BY pos LIMIT 1", .integer(position)
        ) { ($0.int(0), $0.int(1)) }
    }

    private static func move(_ row: Row) throws -> DeskFact {
        guard let to = ConversationStatus(rawValue: row.int(6)), let reason = TransitionReason(rawValue: row.text(9))
        else { throw StorageError(.damaged, "A step of conversation \(row.int(2)) has an unknown state or reason.") }
        let move = Move(
            conversation: row.int(2), room: row.int(3), n: row.int(4),
            from: row.intOrNil(5).flatMap(ConversationStatus.init(rawValue:)), to: to, agent: row.int(7),
            queue: row.int(8), reason: reason, scene: row.text(10))
        return DeskFact(position: row.int(0), at: row.int(1), .moved(move))
    }
}
