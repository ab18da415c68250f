internal import Storage

/// The statements on devices and their sessions.
extension AccountQueries {
    private static let deviceColumns = "device_no, user_no, device_id, name, seen_ms, seen_ip, seen_agent, created_ms"

    private func device(_ row: Row) -> DeviceRecord {
        DeviceRecord(
            number: row.int(0), userNumber: row.int(1), deviceID: row.text(2), displayName: row.textOrNil(3),
            lastSeenMilliseconds: row.intOrNil(4), lastSeenAddress: row.textOrNil(5), lastSeenAgent: row.textOrNil(6),
            createdMilliseconds: row.int(7))
    }

    /// The devices of a user without the hidden ones of application services.
    func devices(of user: Int64) throws -> [DeviceRecord] {
        try connection.rows(
            "SELECT \(Self.deviceColumns) FROM acc_device WHERE user_no = ?1 AND hidden = 0 ORDER BY device_no",
            .integer(user), map: device)
    }

    func allDevices(of user: Int64) throws -> [DeviceRecord] {
        try connection.rows(
            "SELECT \(Self.deviceColumns) FROM acc_device WHERE user_no = ?1 ORDER BY device_no",
            .integer(user), map: device)
    }

    func device(of user: Int64, id: String) throws -> DeviceRecord? {
        try connection.first(
            "SELECT \(Self.deviceColumns) FROM acc_device WHERE user_no = ?1 AND device_id = ?2",
            .integer(user), .text(id), map: device)
    }

    func device(number: Int64) throws -> DeviceRecord? {
        try connection.first(
            "SELECT \(Self.deviceColumns) FROM acc_device WHERE device_no = ?1", .integer(number), map: device)
    }

    func insertDevice(user: Int64, id: String, name: String?, hidden: Bool = false, at now: Int64) throws -> Int64 {
        let number = try draw("device")
        try connection.run(
            """
            INSERT INTO acc_device(device_no, user_no, device_id, name, created_ms, seen_ms, hidden)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)
            """, .integer(number), .integer(user), .text(id), .optional(name), .integer(now), .bool(hidden))
        return number
    }

    /// The session that an access token opens.
    func entry(accessHash: [UInt8]) throws -> AccountCaches.Entry? {
        try connection.first(
            """
            SELECT d.user_no, d.device_no, d.device_id, s.generation, s.expires_ms, s.used, COALESCE(d.seen_ms, 0)
            FROM acc_session s JOIN acc_device d ON d.device_no = s.device_no WHERE s.access_hash = ?1
            """, .blob(accessHash)
        ) { row in
            AccountCaches.Entry(
                userNumber: row.int(0), deviceNumber: row.int(1), deviceID: row.text(2), generation: row.int(3),
                expiresMilliseconds: row.intOrNil(4), isUsed: row.bool(5), lastUsedMilliseconds: row.int(6))
        }
    }

    /// The device and generation that a refresh token belongs to.
    func refreshable(hash: [UInt8]) throws -> (device: Int64, generation: Int64)? {
        try connection.first("SELECT device_no, generation FROM acc_session WHERE refresh_hash = ?1", .blob(hash)) {
            ($0.int(0), $0.int(1))
        }
    }

    func insertSession(_ session: NewSession) throws {
        try connection.run(
            """
            INSERT INTO acc_session(device_no, generation, access_hash, refresh_hash, expires_ms, used)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, .integer(session.device), .integer(session.generation), .blob(session.accessHash),
            .optional(session.refreshHash), .optional(session.expiresMilliseconds), .bool(session.isUsed))
    }

    func newestGeneration(device: Int64) throws -> Int64 {
        try connection.first(
            "SELECT generation FROM acc_session WHERE device_no = ?1 ORDER BY generation DESC LIMIT 1", .integer(device)
        ) { $0.int(0) } ?? 0
    }

    /// Notes the first use of a pair of tokens; whether the pair still exists.
    @discardableResult
    func markUsed(device: Int64, generation: Int64) throws -> Bool {
        try connection.run(
            "UPDATE acc_session SET used = 1 WHERE device_no = ?1 AND generation = ?2",
            .integer(device), .integer(generation)) > 0
    }

    /// Deletes all sessions of a device and returns the hashes of their access tokens.
    func deleteSessions(device: Int64) throws -> [[UInt8]] {
        try connection.rows("DELETE FROM acc_session WHERE device_no = ?1 RETURNING access_hash", .integer(device)) {
            $0.blob(0)
        }
    }

    /// Deletes the sessions of a device that are older than one of them.
    func deleteSessions(device: Int64, before generation: Int64) throws -> [[UInt8]] {
        try connection.rows(
            "DELETE FROM acc_session WHERE device_no = ?1 AND generation < ?2 RETURNING access_hash",
            .integer(device), .integer(generation)
        ) { $0.blob(0) }
    }

    /// Deletes the sessions of a device but one of them.
    func deleteSessions(device: Int64, except generation: Int64) throws -> [[UInt8]] {
        try connection.rows(
            "DELETE FROM acc_session WHERE device_no = ?1 AND generation <> ?2 RETURNING access_hash",
            .integer(device), .integer(generation)
        ) { $0.blob(0) }
    }
}

/// A pair of tokens about to be stored.
struct NewSession: Sendable {
    var device: Int64
    var generation: Int64
    var accessHash: [UInt8]
    var refreshHash: [UInt8]?
    var expiresMilliseconds: Int64?
    var isUsed: Bool
}
