package import Basics
import Storage

/// Backups of room keys: storage for clients that encrypt. The server keeps what it cannot read.
extension UserDataStore {
    static let maximumBackedUpKeys: Int64 = 200_000

    /// Makes a new version of a user's backup; its number.
    package func addBackup(_ body: JSONObject, of user: Int64) async throws -> Int64 {
        let algorithm = try body.required("algorithm", try body.string("algorithm"))
        let data = JSON.object(try body.required("auth_data", try body.object("auth_data"))).text
        guard algorithm.utf8.count <= 255, data.utf8.count <= 65_536 else {
            throw RequestError.tooLarge("The description of the backup is too large.")
        }
        return try await database.write { context in
            try KeyBackupQueries.insert(algorithm: algorithm, authData: data, of: user, in: context.connection)
        }
    }

    /// A version of the backup, the newest one without a number. Refuses with `M_NOT_FOUND`.
    package func backup(_ version: Int64?, of user: Int64) async throws -> KeyBackup {
        let backup = try await database.read { connection in
            guard let version else { return try KeyBackupQueries.current(of: user, in: connection) }
            return try KeyBackupQueries.backup(version, of: user, in: connection)
        }
        guard let backup else { throw Self.noBackup }
        return backup
    }

    private static let noBackup = RequestError.notFound("There is no such backup.")

    /// Changes how a version is to be used.
    package func changeBackup(_ version: Int64, _ body: JSONObject, of user: Int64) async throws {
        let algorithm = try body.required("algorithm", try body.string("algorithm"))
        let data = JSON.object(try body.required("auth_data", try body.object("auth_data"))).text
        if let named = try body.string("version"), named != String(version) {
            throw RequestError.invalidParam("'version' is not that of the path.")
        }
        try await database.write { context in
            guard let backup = try KeyBackupQueries.backup(version, of: user, in: context.connection) else {
                throw Self.noBackup
            }
            guard backup.algorithm == algorithm else {
                throw RequestError.invalidParam("The algorithm of a backup cannot change.")
            }
            try KeyBackupQueries.set(authData: data, version: version, of: user, in: context.connection)
        }
    }

    /// Deletes a version with its keys.
    package func deleteBackup(_ version: Int64, of user: Int64) async throws {
        try await database.write { context in
            guard try KeyBackupQueries.backup(version, of: user, in: context.connection) != nil else {
                throw Self.noBackup
            }
            try KeyBackupQueries.delete(version: version, of: user, in: context.connection)
        }
    }

    /// Stores keys in the newest version; `rooms` holds `{"sessions": {id: key}}` by room.
    package func storeKeys(_ rooms: JSONObject, version: Int64, of user: Int64) async throws -> KeyBackup {
        let keys = try Self.backedUpKeys(rooms)
        return try await database.write { context in
            let connection = context.connection
            let current = try Self.requireCurrent(version, of: user, in: connection)
            var added: Int64 = 0
            var isChange = false
            for key in keys {
                let result = try KeyBackupQueries.store(key, version: version, of: user, in: connection)
                added += result.isNew ? 1 : 0
                isChange = isChange || result.isChange
            }
            guard current.count + added <= Self.maximumBackedUpKeys else {
                throw RequestError.forbidden("A backup holds at most \(Self.maximumBackedUpKeys) keys.")
            }
            if isChange { try KeyBackupQueries.note(added: added, version: version, of: user, in: connection) }
            return try Self.requireCurrent(version, of: user, in: connection)
        }
    }

    private static func requireCurrent(
        _ version: Int64, of user: Int64, in connection: Connection
    ) throws -> KeyBackup {
        guard let current = try KeyBackupQueries.current(of: user, in: connection) else { throw noBackup }
        guard current.version == version else {
            throw RequestError(
                status: 403, code: "M_WRONG_ROOM_KEYS_VERSION", message: "There is a newer version of the backup.",
                extra: ["current_version": .string(String(current.version))])
        }
        return current
    }

    /// The keys in a scope as JSON: `{"sessions": ...}` by room.
    package func backedUpKeys(_ scope: BackupScope, of user: Int64) async throws -> JSONObject {
        let keys = try await database.read { connection in
            guard try KeyBackupQueries.backup(scope.version, of: user, in: connection) != nil else {
                throw Self.noBackup
            }
            return try KeyBackupQueries.keys(scope, of: user, in: connection)
        }
        var rooms: JSONObject = [:]
        var sessions: JSONObject = [:]
        for (index, key) in keys.enumerated() {
            sessions[key.session] = try JSON(parsing: key.body, limits: .stored)
            guard index + 1 == keys.count || keys[index + 1].room != key.room else { continue }
            rooms[key.room] = ["sessions": .object(sessions)]
            sessions = [:]
        }
        return rooms
    }

    /// Deletes the keys in a scope.
    package func deleteKeys(_ scope: BackupScope, of user: Int64) async throws -> KeyBackup {
        try await database.write { context in
            let connection = context.connection
            guard try KeyBackupQueries.backup(scope.version, of: user, in: connection) != nil else {
                throw Self.noBackup
            }
            let deleted = try KeyBackupQueries.deleteKeys(scope, of: user, in: connection)
            if deleted > 0 {
                try KeyBackupQueries.note(added: -deleted, version: scope.version, of: user, in: connection)
            }
            guard let backup = try KeyBackupQueries.backup(scope.version, of: user, in: connection) else {
                throw Self.noBackup
            }
            return backup
        }
    }
}

extension UserDataStore {
    private static func backedUpKeys(_ rooms: JSONObject) throws(RequestError) -> [BackedUpKey] {
        var keys: [BackedUpKey] = []
        for (room, value) in rooms {
            guard room.utf8.count <= 255, let sessions = value["sessions"]?.objectValue else {
                throw .badJSON("Each room needs 'sessions'.")
            }
            for (session, value) in sessions { keys.append(try backedUpKey(value, session, room)) }
        }
        return keys
    }

    private static func backedUpKey(
        _ value: JSON, _ session: String, _ room: String
    ) throws(RequestError) -> BackedUpKey {
        guard let object = value.objectValue, session.utf8.count <= 255 else { throw .badJSON("A key is an object.") }
        let verified = try object.required("is_verified", try object.bool("is_verified"))
        let firstIndex = try object.required("first_message_index", try object.int("first_message_index"))
        let forwarded = try object.required("forwarded_count", try object.int("forwarded_count"))
        _ = try object.required("session_data", try object.object("session_data"))
        let body = value.text
        guard body.utf8.count <= 16_384 else { throw .tooLarge("A key in a backup has at most 16384 bytes.") }
        return BackedUpKey(
            room: room, session: session, isVerified: verified, firstIndex: firstIndex, forwarded: forwarded,
            body: body)
    }
}
