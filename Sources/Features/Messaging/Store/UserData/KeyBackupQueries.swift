import Storage

/// A version of a user's backup of room keys.
package struct KeyBackup: Sendable {
    package let version: Int64
    package let algorithm: String
    /// What the client needs to use it, as JSON text.
    package let authData: String
    package let count: Int64
    package let etag: Int64
}

/// Which keys of a backup are meant: all, those of a room, or one session's.
package struct BackupScope: Sendable {
    package let version: Int64
    package let room: String?
    package let session: String?

    package init(version: Int64, room: String? = nil, session: String? = nil) {
        self.version = version
        self.room = room
        self.session = session
    }
}

/// The key of a session as a client backs it up; the server cannot read what matters in it.
struct BackedUpKey: Sendable {
    let room: String
    let session: String
    let isVerified: Bool
    let firstIndex: Int64
    let forwarded: Int64
    let body: String

    /// Whether it takes the place of a stored one (Matrix client-server API, "Storing keys in backup").
    func isBetter(than stored: (isVerified: Bool, firstIndex: Int64, forwarded: Int64)) -> Bool {
        if isVerified != stored.isVerified { return isVerified }
        if firstIndex != stored.firstIndex { return firstIndex < stored.firstIndex }
        return forwarded < stored.forwarded
    }
}

/// The statements on backups of room keys.
enum KeyBackupQueries {
    private static let columns = "version, algorithm, auth_data, count, etag"

    private static func backup(_ row: Row) -> KeyBackup {
        KeyBackup(
            version: row.int(0), algorithm: row.text(1), authData: row.text(2), count: row.int(3), etag: row.int(4))
    }

    static func current(of user: Int64, in connection: Connection) throws -> KeyBackup? {
        try connection.first(
            """
            SELECT \(columns) FROM msg_backup WHERE user_no = ?1 AND gone = 0 ORDER BY version DESC LIMIT 1
            """, .integer(user), map: backup)
    }

    static func backup(_ version: Int64, of user: Int64, in connection: Connection) throws -> KeyBackup? {
        try connection.first(
            "SELECT \(columns) FROM msg_backup WHERE user_no = ?1 AND version = ?2 AND gone = 0",
            .integer(user), .integer(version), map: backup)
    }

    static func insert(algorithm: String, authData: String, of user: Int64, in connection: Connection) throws -> Int64 {
        let newest = try connection.first(
            "SELECT version FROM msg_backup WHERE user_no = ?1 ORDER BY version DESC LIMIT 1", .integer(user)
        ) { $0.int(0) }
        let version = (newest ?? 0) + 1
        try connection.run(
            """
            INSERT INTO msg_backup(user_no, version, algorithm, auth_data, count, etag, gone)
            VALUES (?1, ?2, ?3, ?4, 0, 0, 0)
            """, .integer(user), .integer(version), .text(algorithm), .text(authData))
        return version
    }

    static func set(authData: String, version: Int64, of user: Int64, in connection: Connection) throws {
        try connection.run(
            "UPDATE msg_backup SET auth_data = ?3 WHERE user_no = ?1 AND version = ?2",
            .integer(user), .integer(version), .text(authData))
    }

    /// Deletes a version; its number stays taken.
    static func delete(version: Int64, of user: Int64, in connection: Connection) throws {
        try connection.run(
            "UPDATE msg_backup SET gone = 1, count = 0, auth_data = '{}' WHERE user_no = ?1 AND version = ?2",
            .integer(user), .integer(version))
        try connection.run(
            "DELETE FROM msg_backup_key WHERE user_no = ?1 AND version = ?2", .integer(user), .integer(version))
    }

    /// Counts what a change did to the keys of a version.
    static func note(added: Int64, version: Int64, of user: Int64, in connection: Connection) throws {
        try connection.run(
            "UPDATE msg_backup SET count = count + ?3, etag = etag + 1 WHERE user_no = ?1 AND version = ?2",
            .integer(user), .integer(version), .integer(added))
    }
}

// MARK: Keys

extension KeyBackupQueries {
    /// Stores a key unless a better one is there; tells whether it is new and whether anything changed.
    static func store(
        _ key: BackedUpKey, version: Int64, of user: Int64, in connection: Connection
    ) throws -> (isNew: Bool, isChange: Bool) {
        let stored = try connection.first(
            """
            SELECT verified, first_index, forwarded FROM msg_backup_key
            WHERE user_no = ?1 AND version = ?2 AND room_id = ?3 AND session_id = ?4
            """, .integer(user), .integer(version), .text(key.room), .text(key.session)
        ) { (isVerified: $0.bool(0), firstIndex: $0.int(1), forwarded: $0.int(2)) }
        if let stored, !key.isBetter(than: stored) { return (false, false) }
        try connection.run(
            """
            INSERT INTO msg_backup_key(user_no, version, room_id, session_id, verified, first_index, forwarded, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT(user_no, version, room_id, session_id) DO UPDATE SET verified = excluded.verified,
              first_index = excluded.first_index, forwarded = excluded.forwarded, body = excluded.body
            """, .integer(user), .integer(version), .text(key.room), .text(key.session), .bool(key.isVerified),
            .integer(key.firstIndex), .integer(key.forwarded), .text(key.body))
        return (stored == nil, true)
    }

    static func keys(
        _ scope: BackupScope, of user: Int64, in connection: Connection
    ) throws -> [(room: String, session: String, body: [UInt8])] {
        try connection.rows(
            """
            SELECT room_id, session_id, body FROM msg_backup_key WHERE user_no = ?1 AND version = ?2
              AND (?3 IS NULL OR room_id = ?3) AND (?4 IS NULL OR session_id = ?4) ORDER BY room_id, session_id
            """, .integer(user), .integer(scope.version), .optional(scope.room), .optional(scope.session)
        ) { ($0.text(0), $0.text(1), $0.bytesOfText(2)) }
    }

    static func deleteKeys(_ scope: BackupScope, of user: Int64, in connection: Connection) throws -> Int64 {
        Int64(
            try connection.run(
                """
                DELETE FROM msg_backup_key WHERE user_no = ?1 AND version = ?2
                  AND (?3 IS NULL OR room_id = ?3) AND (?4 IS NULL OR session_id = ?4)
                """, .integer(user), .integer(scope.version), .optional(scope.room), .optional(scope.session)))
    }
}
