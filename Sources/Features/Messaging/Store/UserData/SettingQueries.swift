import Basics
package import Storage

/// The statements on filters, pushers and presence.
package enum SettingQueries {
    /// How many filters a user may keep; the oldest goes when there is one more.
    static let maximumFilters: Int64 = 100

    static func addFilter(_ body: String, hash: [UInt8], of user: Int64, in connection: Connection) throws -> Int64 {
        let known = try connection.first(
            "SELECT filter_no FROM msg_filter WHERE user_no = ?1 AND hash = ?2", .integer(user), .blob(hash)
        ) { $0.int(0) }
        if let known { return known }
        let newest = try connection.first(
            "SELECT MAX(filter_no) FROM msg_filter WHERE user_no = ?1", .integer(user)
        ) { $0.int(0) }
        let number = (newest ?? 0) + 1
        try connection.run(
            "INSERT INTO msg_filter(user_no, filter_no, hash, body) VALUES (?1, ?2, ?3, ?4)",
            .integer(user), .integer(number), .blob(hash), .text(body))
        try connection.run(
            "DELETE FROM msg_filter WHERE user_no = ?1 AND filter_no <= ?2",
            .integer(user), .integer(number - maximumFilters))
        return number
    }

    package static func filter(_ number: Int64, of user: Int64, in connection: Connection) throws -> [UInt8]? {
        try connection.first(
            "SELECT body FROM msg_filter WHERE user_no = ?1 AND filter_no = ?2", .integer(user), .integer(number)
        ) { $0.bytesOfText(0) }
    }

    static func setPusher(_ pusher: Pusher, of user: Int64, in connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO msg_pusher(user_no, app_id, pushkey, device_no, body) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(user_no, app_id, pushkey) DO UPDATE SET device_no = excluded.device_no, body = excluded.body
            """, .integer(user), .text(pusher.appID), .text(pusher.key), .integer(pusher.device),
            .text(pusher.body.text))
    }

    static func deletePusher(appID: String, key: String, of user: Int64, in connection: Connection) throws {
        try connection.run(
            "DELETE FROM msg_pusher WHERE user_no = ?1 AND app_id = ?2 AND pushkey = ?3",
            .integer(user), .text(appID), .text(key))
    }

    static func deletePushers(appID: String, key: String, exceptOf user: Int64, in connection: Connection) throws {
        try connection.run(
            "DELETE FROM msg_pusher WHERE app_id = ?1 AND pushkey = ?2 AND user_no <> ?3",
            .text(appID), .text(key), .integer(user))
    }

    static func deletePushers(device: Int64, of user: Int64, in connection: Connection) throws {
        try connection.run(
            "DELETE FROM msg_pusher WHERE user_no = ?1 AND device_no = ?2", .integer(user), .integer(device))
    }

    static func pushers(of user: Int64, in connection: Connection) throws -> [[UInt8]] {
        try connection.rows(
            "SELECT body FROM msg_pusher WHERE user_no = ?1 ORDER BY app_id, pushkey", .integer(user)
        ) { $0.bytesOfText(0) }
    }

    static func setPresence(
        _ presence: Presence, of user: Int64, at position: Int64, in connection: Connection
    ) throws {
        try connection.run(
            """
            INSERT INTO msg_presence(user_no, presence, message, at_ms, pos) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(user_no) DO UPDATE SET presence = excluded.presence, message = excluded.message,
              at_ms = excluded.at_ms, pos = excluded.pos
            """, .integer(user), .text(presence.state.rawValue), .optional(presence.message),
            .integer(presence.atMilliseconds), .integer(position))
    }

    /// The users who said something about being there after a position, up to another one.
    static func presenceChanges(after: Int64, upTo: Int64, in connection: Connection) throws -> [Int64] {
        try connection.rows(
            "SELECT user_no FROM msg_presence WHERE pos > ?1 AND pos <= ?2 ORDER BY pos", .integer(after),
            .integer(upTo)
        ) { $0.int(0) }
    }

    static func presence(of user: Int64, in connection: Connection) throws -> Presence? {
        try connection.first(
            "SELECT presence, message, at_ms FROM msg_presence WHERE user_no = ?1", .integer(user)
        ) { row in
            Presence(
                state: Presence.State(rawValue: row.text(0)) ?? .offline, message: row.textOrNil(1),
                atMilliseconds: row.int(2))
        }
    }
}
