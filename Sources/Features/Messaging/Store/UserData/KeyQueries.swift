import Storage

/// The statements on keys of devices and users, and on who must hear of their changes.
enum KeyQueries {
    /// What a stored key is.
    enum Kind: Int, Sendable {
        case device = 0
        case oneTime = 1
        case fallback = 2
        /// `device_id` is empty, `key_id` is `master`, `self_signing` or `user_signing`.
        case crossSigning = 3
    }

    struct Key: Sendable {
        let device: String
        let id: String
        let body: [UInt8]
    }

    static func keys(
        of user: Int64, device: String? = nil, kind: Kind, in connection: Connection
    ) throws -> [Key] {
        try connection.rows(
            """
            SELECT device_id, key_id, body FROM msg_key
            WHERE user_no = ?1 AND (?2 IS NULL OR device_id = ?2) AND kind = ?3 ORDER BY device_id, key_id
            """, .integer(user), .optional(device), .int(kind.rawValue)
        ) { Key(device: $0.text(0), id: $0.text(1), body: $0.bytesOfText(2)) }
    }

    static func key(
        of user: Int64, device: String, kind: Kind, id: String, in connection: Connection
    ) throws -> [UInt8]? {
        try connection.first(
            "SELECT body FROM msg_key WHERE user_no = ?1 AND device_id = ?2 AND kind = ?3 AND key_id = ?4",
            .integer(user), .text(device), .int(kind.rawValue), .text(id)
        ) { $0.bytesOfText(0) }
    }

    static func set(
        _ body: String, of user: Int64, device: String, kind: Kind, id: String, in connection: Connection
    ) throws {
        try connection.run(
            """
            INSERT INTO msg_key(user_no, device_id, kind, key_id, body, used) VALUES (?1, ?2, ?3, ?4, ?5, 0)
            ON CONFLICT(user_no, device_id, kind, key_id) DO UPDATE SET body = excluded.body, used = 0
            """, .integer(user), .text(device), .int(kind.rawValue), .text(id), .text(body))
    }

    static func delete(of user: Int64, device: String, kind: Kind, id: String, in connection: Connection) throws {
        try connection.run(
            "DELETE FROM msg_key WHERE user_no = ?1 AND device_id = ?2 AND kind = ?3 AND key_id = ?4",
            .integer(user), .text(device), .int(kind.rawValue), .text(id))
    }

    /// The first one-time key of an algorithm, which is gone thereby.
    static func takeOneTimeKey(
        of user: Int64, device: String, algorithm: String, in connection: Connection
    ) throws -> Key? {
        try connection.rows(
            """
            DELETE FROM msg_key WHERE user_no = ?1 AND device_id = ?2 AND kind = 1 AND key_id IN (
              SELECT key_id FROM msg_key WHERE user_no = ?1 AND device_id = ?2 AND kind = 1
                AND key_id LIKE ?3 ESCAPE '!' ORDER BY key_id LIMIT 1)
            RETURNING device_id, key_id, body
            """, .integer(user), .text(device), .text(prefix(algorithm))
        ) { Key(device: $0.text(0), id: $0.text(1), body: $0.bytesOfText(2)) }.first
    }

    /// The fallback key of an algorithm, which counts as used from now on.
    static func useFallbackKey(
        of user: Int64, device: String, algorithm: String, in connection: Connection
    ) throws -> Key? {
        try connection.rows(
            """
            UPDATE msg_key SET used = 1 WHERE user_no = ?1 AND device_id = ?2 AND kind = 2
              AND key_id LIKE ?3 ESCAPE '!' RETURNING device_id, key_id, body
            """, .integer(user), .text(device), .text(prefix(algorithm))
        ) { Key(device: $0.text(0), id: $0.text(1), body: $0.bytesOfText(2)) }.first
    }

    static func deleteFallbackKeys(
        of user: Int64, device: String, algorithm: String, in connection: Connection
    ) throws {
        try connection.run(
            "DELETE FROM msg_key WHERE user_no = ?1 AND device_id = ?2 AND kind = 2 AND key_id LIKE ?3 ESCAPE '!'",
            .integer(user), .text(device), .text(prefix(algorithm)))
    }

    /// How many one-time keys a device has left, by algorithm.
    static func oneTimeKeyCounts(of user: Int64, device: String, in connection: Connection) throws -> [String: Int64] {
        let ids = try connection.rows(
            "SELECT key_id FROM msg_key WHERE user_no = ?1 AND device_id = ?2 AND kind = 1",
            .integer(user), .text(device)
        ) { $0.text(0) }
        return ids.reduce(into: [:]) { $0[algorithm(of: $1), default: 0] += 1 }
    }

    static func unusedFallbackAlgorithms(
        of user: Int64, device: String, in connection: Connection
    ) throws -> [String] {
        try connection.rows(
            "SELECT key_id FROM msg_key WHERE user_no = ?1 AND device_id = ?2 AND kind = 2 AND used = 0 ORDER BY key_id",
            .integer(user), .text(device)
        ) { algorithm(of: $0.text(0)) }
    }

    static func deleteAll(of user: Int64, device: String, in connection: Connection) throws -> Bool {
        try connection.run(
            "DELETE FROM msg_key_signature WHERE user_no = ?1 AND target = ?2", .integer(user), .text(device))
        return try connection.run(
            "DELETE FROM msg_key WHERE user_no = ?1 AND device_id = ?2", .integer(user), .text(device)) > 0
    }

    /// The algorithm of a key id, `algorithm:id`.
    static func algorithm(of keyID: String) -> String { String(keyID.prefix { $0 != ":" }) }

    private static func prefix(_ algorithm: String) -> String {
        String(algorithm.flatMap { "!%_".contains($0) ? ["!", $0] : [$0] }) + ":%"
    }
}
