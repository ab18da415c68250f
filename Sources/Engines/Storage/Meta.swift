/// Small facts about the database itself, by name. The engine's own: `pos`, `now_ms`, `generation`.
public enum Meta {
    /// The text of a key; nil when it is not set.
    public static func get(_ key: String, _ connection: Connection) throws -> String? {
        try connection.first("SELECT value FROM meta WHERE key = ?1", .text(key)) { $0.textOrNil(0) } ?? nil
    }

    /// The integer of a key; nil when it is not set.
    public static func getInteger(_ key: String, _ connection: Connection) throws -> Int64? {
        try connection.first("SELECT value FROM meta WHERE key = ?1", .text(key)) { $0.intOrNil(0) } ?? nil
    }

    /// Sets a key.
    public static func set(_ key: String, _ value: SQLValue, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO meta(key, value) VALUES (?1, ?2)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """, .text(key), value)
    }

    /// Removes a key.
    public static func remove(_ key: String, _ connection: Connection) throws {
        try connection.run("DELETE FROM meta WHERE key = ?1", .text(key))
    }

    /// The newest position that this snapshot of the database holds.
    public static func position(_ connection: Connection) throws -> Int64 {
        try getInteger("pos", connection) ?? 0
    }
}

extension Meta {
    /// Where the log and the clock stand.
    static func stand(_ connection: Connection) throws -> (position: Int64, now: Int64) {
        var stand: (position: Int64, now: Int64) = (0, 0)
        try connection.forEach("SELECT key, value FROM meta WHERE key IN ('pos', 'now_ms')") { row in
            if row.text(0) == "pos" { stand.position = row.int(1) } else { stand.now = row.int(1) }
            return true
        }
        return stand
    }

    static func setStand(position: Int64, now: Int64, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO meta(key, value) VALUES ('pos', ?1), ('now_ms', ?2)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """, .integer(position), .integer(now))
    }
}
