import Storage

/// Reads and writes of `msg_highlight`: the messages that address a user and that the user has not read.
enum HighlightQueries {
    static func insert(room: RoomNumber, user: Int64, seq: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "INSERT INTO msg_highlight(user_no, room_no, seq) VALUES (?1, ?2, ?3)", .integer(user),
            .integer(room.value), .integer(seq))
    }

    /// Forgets what a user has read.
    static func clear(room: RoomNumber, user: Int64, upTo seq: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "DELETE FROM msg_highlight WHERE room_no = ?1 AND user_no = ?2 AND seq <= ?3", .integer(room.value),
            .integer(user), .integer(seq))
    }

    /// Forgets a message for all users.
    static func remove(room: RoomNumber, seq: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "DELETE FROM msg_highlight WHERE room_no = ?1 AND seq = ?2", .integer(room.value), .integer(seq))
    }
}
