package import Storage

/// A piece of account data as it is stored.
package struct AccountDataRow: Sendable {
    package let room: Int64
    package let type: String
    package let content: [UInt8]
}

/// The statements on account data.
package enum AccountDataQueries {
    package static func content(
        user: Int64, room: Int64, type: String, in connection: Connection
    ) throws -> [UInt8]? {
        try connection.first(
            "SELECT content FROM msg_account_data WHERE user_no = ?1 AND room_no = ?2 AND type = ?3",
            .integer(user), .integer(room), .text(type)
        ) { $0.bytesOfText(0) }
    }

    static func set(
        user: Int64, room: Int64, type: String, content: String, position: Int64, in connection: Connection
    ) throws {
        try connection.run(
            """
            INSERT INTO msg_account_data(user_no, room_no, type, content, pos) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(user_no, room_no, type) DO UPDATE SET content = excluded.content, pos = excluded.pos
            """, .integer(user), .integer(room), .text(type), .text(content), .integer(position))
    }

    /// The data of a user that was last changed at a position in the range, in the order of the changes.
    static func changes(
        user: Int64, after: Int64, upTo: Int64, in connection: Connection
    ) throws -> [AccountDataRow] {
        try connection.rows(
            """
            SELECT room_no, type, content FROM msg_account_data
            WHERE user_no = ?1 AND pos > ?2 AND pos <= ?3 ORDER BY pos
            """, .integer(user), .integer(after), .integer(upTo), map: row)
    }

    /// How many types of data there are beside one, and how long they are together.
    static func extent(
        user: Int64, room: Int64, beside type: String, in connection: Connection
    ) throws -> (types: Int64, length: Int64) {
        try connection.first(
            """
            SELECT COUNT(*), COALESCE(SUM(LENGTH(content)), 0) FROM msg_account_data
            WHERE user_no = ?1 AND room_no = ?2 AND type <> ?3
            """, .integer(user), .integer(room), .text(type)
        ) { ($0.int(0), $0.int(1)) } ?? (0, 0)
    }

    private static func row(_ row: Row) -> AccountDataRow {
        AccountDataRow(room: row.int(0), type: row.text(1), content: row.bytesOfText(2))
    }
}
