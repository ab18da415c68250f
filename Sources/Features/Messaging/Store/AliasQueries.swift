import Basics
import Storage

/// Names of rooms and the public list.
enum AliasQueries {
    static func insert(_ alias: String, room: RoomNumber, by user: Int64, in context: WriteContext) throws {
        let added = try context.connection.run(
            "INSERT INTO msg_alias(alias, room_no, creator_no) VALUES (?1, ?2, ?3) ON CONFLICT(alias) DO NOTHING",
            .text(alias), .integer(room.value), .integer(user))
        guard added == 1 else { throw RequestError.roomInUse }
    }

    static func room(_ alias: String, in connection: Connection) throws -> (room: RoomNumber, creator: Int64)? {
        try connection.first("SELECT room_no, creator_no FROM msg_alias WHERE alias = ?1", .text(alias)) { row in
            RoomNumber(value: row.int(0)).map { ($0, row.int(1)) }
        } ?? nil
    }

    static func aliases(of room: RoomNumber, in connection: Connection) throws -> [String] {
        try connection.rows("SELECT alias FROM msg_alias WHERE room_no = ?1 ORDER BY alias", .integer(room.value)) {
            $0.text(0)
        }
    }

    static func remove(_ alias: String, in context: WriteContext) throws {
        try context.connection.run("DELETE FROM msg_alias WHERE alias = ?1", .text(alias))
    }

    /// Puts a room on the public list or takes it off.
    static func list(_ room: RoomNumber, _ isListed: Bool, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE msg_room SET listed = ?2 WHERE room_no = ?1", .integer(room.value), .bool(isListed))
    }

    static func isListed(_ room: RoomNumber, in connection: Connection) throws -> Bool {
        try connection.first("SELECT listed FROM msg_room WHERE room_no = ?1", .integer(room.value)) { $0.bool(0) }
            ?? false
    }

    static func listed(in connection: Connection) throws -> [RoomNumber] {
        try connection.rows("SELECT room_no FROM msg_room WHERE listed = 1 ORDER BY room_no LIMIT 10000") {
            RoomNumber(value: $0.int(0))
        }.compactMap { $0 }
    }
}
