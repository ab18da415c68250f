import Storage

/// Reads of the lists of users' rooms.
enum MembershipQueries {
    /// All rooms a user has or had to do with, and the positions of those rooms.
    static func rooms(
        of user: Int64, in connection: Connection
    ) throws -> (places: [RoomNumber: UserRoom], heads: [RoomNumber: RoomHead]) {
        var places: [RoomNumber: UserRoom] = [:]
        var heads: [RoomNumber: RoomHead] = [:]
        try connection.forEach(
            """
            SELECT m.room_no, m.membership, m.since_pos, m.forgotten, r.head_pos, r.receipt_pos
            FROM msg_membership m JOIN msg_room r ON r.room_no = m.room_no WHERE m.user_no = ?1
            """, .integer(user)
        ) { row in
            guard let room = RoomNumber(value: row.int(0)) else { return true }
            places[room] = UserRoom(
                membership: Membership(rawValue: Int(row.int(1))) ?? .leave, since: row.int(2), forgotten: row.bool(3))
            heads[room] = RoomHead(events: row.int(4), marks: row.int(5))
            return true
        }
        return (places, heads)
    }

    /// Takes a room off a user's list until the user comes back.
    static func forget(_ room: RoomNumber, of user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE msg_membership SET forgotten = 1 WHERE user_no = ?1 AND room_no = ?2", .integer(user),
            .integer(room.value))
    }
}
