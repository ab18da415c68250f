import Storage

/// Which room a customer talks to the shop in.
enum ContactQueries {
    static func room(of user: Int64, in connection: Connection) throws -> RoomNumber? {
        try connection.first("SELECT room_no FROM msg_contact WHERE user_no = ?1", .integer(user)) {
            RoomNumber(value: $0.int(0))
        } ?? nil
    }

    static func set(_ room: RoomNumber, of user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO msg_contact(user_no, room_no) VALUES (?1, ?2)
            ON CONFLICT(user_no) DO UPDATE SET room_no = ?2
            """, .integer(user), .integer(room.value))
    }
}
