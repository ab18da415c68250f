/// What `vitrine doctor` says about a database file.
public struct DatabaseInspection: Sendable, Hashable {
    /// A table and its number of rows.
    public struct Table: Sendable, Hashable {
        /// The table.
        public let name: String
        /// How many rows it has.
        public let rows: Int64
    }

    /// The file.
    public let path: String
    /// Its size in bytes.
    public let fileBytes: Int64
    /// The size of the write-ahead log in bytes; 0 after a clean end.
    public let logBytes: Int64
    /// What is wrong with it; empty for a sound file.
    public var findings: [String] = []
    /// The schema steps it has been through, in order.
    public var migrations: [String] = []
    /// The newest position.
    public var position: Int64 = 0
    /// The newest time that a commit was stamped with, in milliseconds since 1970.
    public var stampedMilliseconds: Int64 = 0
    /// The generation; 0 if there is none.
    public var generation: UInt32 = 0
    /// Pages, and how many of them are free.
    public var pages: Int64 = 0
    /// Free pages; `VACUUM` gives them back.
    public var freePages: Int64 = 0
    /// The tables.
    public var tables: [Table] = []
    /// How far the consumers have come.
    public var consumers: [ConsumerOffset] = []
    /// How many jobs are in each state.
    public var jobs: [JobState: Int] = [:]
    /// How many blobs the database refers to.
    public var blobCount: Int64 = 0
    /// Their size in bytes.
    public var blobBytes: Int64 = 0

    /// Whether nothing is wrong.
    public var isSound: Bool { findings.isEmpty }
}

extension Database {
    /// Looks at a file without changing it, whether or not a server runs on it. Checks every page, so it takes a while.
    ///
    /// - Throws: `StorageError` of kind `missing` or `notADatabase`; what is wrong inside is in `findings`.
    ///
    /// - Parameter look: looks at the same file at the same moment, for features that know what their tables hold.
    public static func inspect(
        path: String, look: (Connection, DatabaseInspection) throws -> Void = { _, _ in }
    ) throws -> DatabaseInspection {
        guard case .database = try DatabaseFile(path: path).kind() else {
            throw StorageError(.missing, "There is no database at \(path).")
        }
        var report = DatabaseInspection(
            path: path, fileBytes: FileSystem.size(of: path) ?? 0,
            logBytes: FileSystem.size(of: DatabaseFile(path: path).logPath) ?? 0)
        // Without a log nobody has the file open, and nothing needs to be made beside it.
        let access: SQLiteHandle.Access = FileSystem.exists(DatabaseFile(path: path).logPath) ? .readOnly : .immutable
        do {
            let connection = try Connection.reading(path: path, options: DatabaseOptions(), access)
            try connection.snapshot(limitMilliseconds: nil) {
                try report.fill(connection)
                try look(connection, report)
            }
        } catch {
            report.findings.append("It cannot be read: \(error)")
        }
        return report
    }
}

extension DatabaseInspection {
    fileprivate mutating func fill(_ connection: Connection) throws {
        findings += try connection.rows("PRAGMA integrity_check(100)") { $0.text(0) }.filter { $0 != "ok" }
        migrations = try MigrationHistory(connection, path: path).applied
        let stand = try Meta.stand(connection)
        position = stand.position
        stampedMilliseconds = stand.now
        generation = UInt32(truncatingIfNeeded: try Meta.getInteger("generation", connection) ?? 0)
        if generation == 0 { findings.append("The table meta has no generation.") }
        pages = try connection.first("PRAGMA page_count") { $0.int(0) } ?? 0
        freePages = try connection.first("PRAGMA freelist_count") { $0.int(0) } ?? 0
        try countRows(connection)
        consumers = try ConsumerOffset.all(connection)
        for consumer in consumers where consumer.position > position {
            findings.append("The consumer \(consumer.name) is at \(consumer.position), beyond \(position).")
        }
        if let newest = try connection.first("SELECT MAX(pos) FROM outbox", map: { $0.int(0) }), newest > position {
            findings.append("The outbox goes up to \(newest), beyond \(position).")
        }
        jobs = try JobTable.counts(connection)
        try connection.forEach("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM blob WHERE refs > 0") { row in
            blobCount = row.int(0)
            blobBytes = row.int(1)
            return false
        }
    }

    private mutating func countRows(_ connection: Connection) throws {
        let names = try connection.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ) { $0.text(0) }
        for name in names {
            let quoted = name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            let rows = try connection.first("SELECT COUNT(*) FROM \"\(quoted)\"") { $0.int(0) } ?? 0
            tables.append(Table(name: name, rows: rows))
        }
    }
}
