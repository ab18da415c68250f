import Basics

/// A database that was opened and found usable.
struct OpenedDatabase {
    var connection: Connection
    var state: DatabaseState
    var stand: (position: Int64, now: Int64)
    var generation: UInt32
}

/// The steps from a path to a usable database.
///
/// A file that exists is never replaced: what is empty, damaged, foreign or newer is refused with the reason, or opened
/// for reading only. A new database is made complete under another name and then moved into place, so that an empty
/// file can only be damage.
struct DatabaseOpening {
    let path: String
    let migrations: [Migration]
    let options: DatabaseOptions
    let clock: any WallClock

    init(path: String, migrations: [Migration], options: DatabaseOptions, clock: any WallClock) {
        self.path = path
        self.migrations = Schema.migrations + migrations
        self.options = options
        self.clock = clock
    }

    func open() throws -> OpenedDatabase {
        let names = migrations.map(\.name)
        guard Set(names).count == names.count else {
            throw StorageError(.misuse, "Two migrations have the same name: \(names.joined(separator: ", ")).")
        }
        switch try DatabaseFile(path: path).kind() {
        case .absent: try create()
        case .database: break
        }
        do {
            return try openExisting()
        } catch let error as StorageError where error.kind == .damaged || error.kind == .notADatabase && error.code != 0
        {
            return try openDamaged(error)
        } catch let error as StorageError where !error.message.contains(path) {
            throw StorageError(error.kind, "\(path) cannot be opened: \(error.message)", code: error.code)
        }
    }

    private func openExisting() throws -> OpenedDatabase {
        let connection = try Connection.writing(path: path, options: options)
        if FileSystem.size(of: path) ?? 0 <= options.checkLimitBytes, let finding = try connection.quickCheckFinding() {
            throw StorageError(.damaged, finding)
        }
        let history = try MigrationHistory(connection, path: path)
        let pending = try history.pending(of: migrations)
        if !pending.isEmpty {
            let backup = try MigrationBackup.make(of: connection, path: path, before: pending)
            try Self.migrate(connection, pending, at: clock.now(), backup: backup)
        }
        return try opened(connection, .writable)
    }

    /// Opens for reading only what SQLite can still read.
    private func openDamaged(_ damage: StorageError) throws -> OpenedDatabase {
        let advice = Writer.adviceForDamage(path, damage.message)
        do {
            let connection = try Connection.reading(path: path, options: options)
            let history = try MigrationHistory(connection, path: path)
            guard try history.pending(of: migrations).isEmpty else {
                throw StorageError(.damaged, "its schema is older than the program")
            }
            return try opened(connection, .readOnly(.damaged(advice)))
        } catch {
            throw StorageError(
                .damaged,
                "The database \(path) is damaged (\(damage.message)) and cannot be read (\(error)). It was not changed. "
                    + "Copy the file and its -wal file away, then restore the newest backup with `vitrine restore`.")
        }
    }

    private func opened(_ connection: Connection, _ state: DatabaseState) throws -> OpenedDatabase {
        guard let generation = try Meta.getInteger("generation", connection) else {
            throw StorageError(.damaged, "The table meta of \(path) has no generation.")
        }
        return OpenedDatabase(
            connection: connection, state: state, stand: try Meta.stand(connection),
            generation: UInt32(truncatingIfNeeded: generation))
    }

    // MARK: A new file

    private func create() throws {
        let draft = "\(path).new-\(Hex.encode(secureRandomBytes(6)))"
        defer { DatabaseFile(path: draft).remove() }
        let handle = try SQLiteHandle(path: draft, .create)
        let connection = Connection(handle)
        try connection.script("PRAGMA page_size = 4096; PRAGMA application_id = \(Schema.applicationID);")
        let history = try MigrationHistory.begin(connection)
        try Self.migrate(connection, try history.pending(of: migrations), at: clock.now(), backup: nil)
        try Meta.set("generation", .integer(Int64(UInt32.random(in: 1 ... .max))), connection)
        try Meta.set("pos", 0, connection)
        connection.close()
        try FileSystem.synchronise(file: draft)
        do {
            try FileSystem.moveWithoutReplacing(draft, to: path)
        } catch let error as StorageError where error.code == FileSystem.alreadyExists {
            // Another process was faster; its file is as good.
        }
    }

    // MARK: Migrations

    private static func migrate(
        _ connection: Connection, _ pending: [Migration], at now: Int64, backup: String?
    ) throws {
        for migration in pending {
            try connection.run("BEGIN IMMEDIATE")
            do {
                // Another process may have done it while this one waited for the lock.
                if try !MigrationHistory.isRecorded(migration, connection) {
                    try migration.body(connection)
                    try MigrationHistory.record(migration, at: now, connection)
                }
                try connection.run("COMMIT")
            } catch {
                if connection.handle.isInTransaction { _ = try? connection.run("ROLLBACK") }
                let hint = backup.map { " The file as it was before is kept at \($0)." } ?? ""
                throw StorageError(
                    (error as? StorageError)?.kind ?? .other, "The migration \(migration.name) failed: \(error).\(hint)"
                )
            }
        }
    }
}
