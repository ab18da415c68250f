package import Storage

/// Who said when something of which type, without what it says: for those who count and do not read.
package struct EventLine: Sendable, Hashable {
    package let position: Int64
    /// When it was stored, in milliseconds since 1970.
    package let received: Int64
    package let room: Int64
    package let seq: Int64
    package let sender: Int64
    package let type: String
    /// Whether unread counters count it: messages, and no edits of messages. Stays when it is recalled.
    package let isCounted: Bool
}

/// Reads lines of the log by position or by room, and no contents.
package enum EventLines {
    private static let columns = """
        SELECT e.pos, e.recv_ms, e.room_no, e.seq, e.sender_no, y.name, e.flags FROM msg_event e
        JOIN msg_type y ON y.type_no = e.type_no
        """

    /// Lines of three types that are no state, between two positions.
    package static func lines(
        positions: ClosedRange<Int64>, types: (String, String, String), _ connection: Connection
    ) throws -> [EventLine] {
        try connection.rows(
            """
            \(columns) WHERE e.pos >= ?1 AND e.pos <= ?2 AND e.state_key IS NULL AND y.name IN (?3, ?4, ?5)
            ORDER BY e.pos
            """, .integer(positions.lowerBound), .integer(positions.upperBound), .text(types.0), .text(types.1),
            .text(types.2), map: line)
    }

    /// The same of one room, up to a position.
    package static func lines(
        room: Int64, upTo position: Int64, types: (String, String, String), _ connection: Connection
    ) throws -> [EventLine] {
        try connection.rows(
            """
            \(columns) WHERE e.room_no = ?1 AND e.pos <= ?2 AND e.state_key IS NULL AND y.name IN (?3, ?4, ?5)
            ORDER BY e.seq
            """, .integer(room), .integer(position), .text(types.0), .text(types.1), .text(types.2), map: line)
    }

    /// The rooms in which anything was stored between two positions.
    package static func rooms(positions: ClosedRange<Int64>, _ connection: Connection) throws -> [Int64] {
        try connection.rows(
            "SELECT DISTINCT room_no FROM msg_event WHERE pos >= ?1 AND pos <= ?2 ORDER BY room_no",
            .integer(positions.lowerBound), .integer(positions.upperBound)
        ) { $0.int(0) }
    }

    /// The first line from a position on: where it stands and when it was stored.
    package static func first(
        from position: Int64, _ connection: Connection
    ) throws -> (position: Int64, received: Int64)? {
        try connection.first(
            "SELECT pos, recv_ms FROM msg_event WHERE pos >= ?1 ORDER BY pos LIMIT 1", .integer(position)
        ) { ($0.int(0), $0.int(1)) }
    }

    private static func line(_ row: Row) -> EventLine {
        EventLine(
            position: row.int(0), received: row.int(1), room: row.int(2), seq: row.int(3), sender: row.int(4),
            type: row.text(5), isCounted: EventFlags(rawValue: row.int(6)).contains(.counted))
    }
}
