/// Which migrations a file has been through.
struct MigrationHistory {
    /// In the order in which they ran.
    let applied: [String]

    /// Reads the history of a file of this program.
    init(_ connection: Connection, path: String) throws {
        let known = try connection.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('migration', 'meta')"
        ) { $0.text(0) }
        guard known.count == 2 else {
            throw StorageError(.notADatabase, "\(path) is an SQLite database, but not one of Vitrine.")
        }
        applied = try connection.rows("SELECT name FROM migration ORDER BY step") { $0.text(0) }
    }

    private init() { applied = [] }

    /// Gives a new file its empty history.
    static func begin(_ connection: Connection) throws -> MigrationHistory {
        try connection.script(
            """
            CREATE TABLE migration(
                name TEXT PRIMARY KEY, step INTEGER NOT NULL, applied_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID
            """)
        return MigrationHistory()
    }

    /// What is still to be run. A name that the program does not know means that a newer program wrote the file.
    func pending(of migrations: [Migration]) throws -> [Migration] {
        let known = Set(migrations.map(\.name))
        let unknown = applied.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw StorageError(
                .schemaTooNew,
                "The database was written by a newer version of Vitrine: it has the schema steps "
                    + "\(unknown.joined(separator: ", ")), and this program ends at "
                    + "\(migrations.last?.name ?? "none"). Start the newer version, or restore an older backup.")
        }
        let done = Set(applied)
        return migrations.filter { !done.contains($0.name) }
    }

    static func isRecorded(_ migration: Migration, _ connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM migration WHERE name = ?1", .text(migration.name)) { _ in true } ?? false
    }

    static func record(_ migration: Migration, at now: Int64, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO migration(name, step, applied_ms)
            SELECT ?1, COALESCE(MAX(step), 0) + 1, ?2 FROM migration
            """, .text(migration.name), .integer(now))
    }
}

/// The copy that is made before an existing file is migrated.
enum MigrationBackup {
    /// Copies the database beside itself and returns where to.
    ///
    /// A copy that an earlier, failed attempt at the same step left is replaced: steps are all or nothing, so this file
    /// is still as it was before that step.
    static func make(of connection: Connection, path: String, before pending: [Migration]) throws -> String {
        let target = "\(path).before-\(pending.first.map(\.name) ?? "nothing")"
        FileSystem.remove(target)
        try DatabaseFile.copy(connection, to: target)
        return target
    }
}
