import Storage

/// The statements that tell whose keys have changed and who must hear of it: people who share a room.
enum DeviceListQueries {
    static func noteChange(of user: Int64, at position: Int64, in connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO msg_key_change(user_no, pos) VALUES (?1, ?2)
            ON CONFLICT(user_no) DO UPDATE SET pos = excluded.pos
            """, .integer(user), .integer(position))
    }

    /// Everybody who is in a room with a user.
    static func sharing(with user: Int64, in connection: Connection) throws -> Set<Int64> {
        Set(
            try connection.rows(
                """
                SELECT DISTINCT theirs.user_no FROM msg_membership mine
                JOIN msg_membership theirs ON theirs.room_no = mine.room_no AND theirs.membership = 1
                WHERE mine.user_no = ?1 AND mine.membership = 1
                """, .integer(user)
            ) { $0.int(0) })
    }

    /// Whether two users are in one room. Walks the rooms of the second.
    static func isSharing(_ user: Int64, with other: Int64, in connection: Connection) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM msg_membership theirs WHERE theirs.user_no = ?2 AND theirs.membership = 1
              AND EXISTS (SELECT 1 FROM msg_membership mine WHERE mine.user_no = ?1
                AND mine.room_no = theirs.room_no AND mine.membership = 1) LIMIT 1
            """, .integer(user), .integer(other)
        ) { _ in true } ?? false
    }

    /// Users whose keys changed after a position.
    static func changed(after position: Int64, in connection: Connection) throws -> [Int64] {
        try connection.rows("SELECT user_no FROM msg_key_change WHERE pos > ?1", .integer(position)) { $0.int(0) }
    }

    /// Users who came into or left a room of the user after a position, and everybody in rooms that the user came
    /// into or left since.
    static func moved(around user: Int64, after position: Int64, in connection: Connection) throws -> Set<Int64> {
        let others = try connection.rows(
            """
            SELECT DISTINCT theirs.user_no FROM msg_membership theirs WHERE theirs.since_pos > ?2
              AND EXISTS (SELECT 1 FROM msg_membership mine WHERE mine.user_no = ?1
                AND mine.room_no = theirs.room_no AND mine.membership = 1)
            """, .integer(user), .integer(position)
        ) { $0.int(0) }
        let found = try connection.rows(
            """
            SELECT DISTINCT theirs.user_no FROM msg_membership mine
            JOIN msg_membership theirs ON theirs.room_no = mine.room_no AND theirs.membership = 1
            WHERE mine.user_no = ?1 AND mine.since_pos > ?2
            """, .integer(user), .integer(position)
        ) { $0.int(0) }
        return Set(others).union(found)
    }
}
