import Basics
import Storage

/// A pusher of a user, by its key.
package struct PushTarget: Sendable, Hashable {
    package let user: Int64
    package let appID: String
    package let key: String
}

/// Reads and writes of `msg_push`: notices that wait for a push gateway.
enum PushQueries {
    static let migration = Migration("messaging-3-push") { connection in
        try connection.script(
            """
            CREATE TABLE msg_push(push_no INTEGER PRIMARY KEY, user_no INTEGER NOT NULL, app_id TEXT NOT NULL,
              pushkey TEXT NOT NULL, room_no INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL) STRICT;
            CREATE INDEX msg_push_target ON msg_push(user_no, app_id, pushkey, push_no);
            """)
    }

    /// A notice that waits.
    struct Waiting {
        let number: Int64
        let event: EventAddress
        let atMilliseconds: Int64
    }

    static func add(_ event: EventAddress, for user: Int64, in context: WriteContext) throws -> Int {
        try context.run(
            """
            INSERT INTO msg_push(user_no, app_id, pushkey, room_no, seq, at_ms)
            SELECT user_no, app_id, pushkey, ?2, ?3, ?4 FROM msg_pusher WHERE user_no = ?1
            """, .integer(user), .integer(event.room.value), .integer(event.seq), .integer(context.now))
    }

    /// The pushers for which notices wait.
    static func targets(in connection: Connection) throws -> [PushTarget] {
        try connection.rows("SELECT DISTINCT user_no, app_id, pushkey FROM msg_push") { row in
            PushTarget(user: row.int(0), appID: row.text(1), key: row.text(2))
        }
    }

    /// The oldest notices of a pusher.
    static func waiting(for target: PushTarget, limit: Int, in connection: Connection) throws -> [Waiting] {
        try connection.rows(
            """
            SELECT push_no, room_no, seq, at_ms FROM msg_push
            WHERE user_no = ?1 AND app_id = ?2 AND pushkey = ?3 ORDER BY push_no LIMIT ?4
            """, .integer(target.user), .text(target.appID), .text(target.key), .int(limit)
        ) { row -> Waiting? in
            guard let room = RoomNumber(value: row.int(1)) else { return nil }
            return Waiting(
                number: row.int(0), event: EventAddress(room: room, seq: row.int(2)), atMilliseconds: row.int(3))
        }.compactMap { $0 }
    }

    static func remove(_ number: Int64, in context: WriteContext) throws {
        try context.run("DELETE FROM msg_push WHERE push_no = ?1", .integer(number))
    }

    static func removeAll(of target: PushTarget, in context: WriteContext) throws {
        try context.run(
            "DELETE FROM msg_push WHERE user_no = ?1 AND app_id = ?2 AND pushkey = ?3", .integer(target.user),
            .text(target.appID), .text(target.key))
    }

    static func pusher(_ target: PushTarget, in connection: Connection) throws -> JSON? {
        try connection.first(
            "SELECT body FROM msg_pusher WHERE user_no = ?1 AND app_id = ?2 AND pushkey = ?3",
            .integer(target.user), .text(target.appID), .text(target.key)
        ) { try JSON(parsing: $0.bytesOfText(0), limits: .stored) }
    }

    static func usersWithPushers(in connection: Connection) throws -> [Int64] {
        try connection.rows("SELECT DISTINCT user_no FROM msg_pusher") { $0.int(0) }
    }

    static func usersWithRules(in connection: Connection) throws -> [Int64] {
        try connection.rows(
            "SELECT user_no FROM msg_account_data WHERE type = 'm.push_rules' AND room_no = 0"
        ) { $0.int(0) }
    }
}
