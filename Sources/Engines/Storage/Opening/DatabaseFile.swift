import Basics

/// A database file and the two files that SQLite keeps beside it.
struct DatabaseFile {
    enum Kind { case absent, database }

    let path: String
    var logPath: String { "\(path)-wal" }

    /// The first 16 bytes of each SQLite file (file format, section 1.3).
    private static let magic = Array("SQLite format 3".utf8) + [0]

    /// Looks at the file without SQLite. Throws for what is neither absent nor a database.
    func kind() throws -> Kind {
        guard let size = FileSystem.size(of: path) else {
            if let logSize = FileSystem.size(of: logPath), logSize > 0 {
                throw StorageError(
                    .damaged,
                    "\(path) is missing, but its log \(logPath) is there. Put the file back, or move the log away "
                        + "to begin with an empty database.")
            }
            return .absent
        }
        let header = try FileSystem.read(path, limit: 100)
        guard header.starts(with: Self.magic) else {
            throw StorageError(
                size == 0 ? .damaged : .notADatabase,
                "\(path) is not a database (\(size) bytes, first bytes \(Hex.encode(Array(header.prefix(16))))). It was not changed. Restore the newest "
                    + "backup with `vitrine restore`, or move the file away to begin with an empty database.")
        }
        // Offset 68 holds the application id. A foreign file must not even be switched to write-ahead mode.
        guard header.dropFirst(68).prefix(4).elementsEqual(Schema.applicationIDBytes) else {
            throw StorageError(.notADatabase, "\(path) is an SQLite database, but not one of Vitrine.")
        }
        return .database
    }

    func remove() {
        for path in [path, logPath, "\(path)-shm", "\(path)-journal"] { FileSystem.remove(path) }
    }

    /// Writes a copy as of one moment, complete in one file and durable, to a path where nothing is.
    static func copy(_ connection: Connection, to target: String) throws {
        let draft = "\(target).part"
        DatabaseFile(path: draft).remove()
        defer { DatabaseFile(path: draft).remove() }
        let copy = Connection(try SQLiteHandle(path: draft, .create))
        try connection.handle.copyPages(to: copy.handle)
        // The header says "write-ahead log"; a backup should be one file that any tool opens.
        _ = try copy.first("PRAGMA journal_mode = DELETE") { $0.text(0) }
        copy.close()
        try FileSystem.synchronise(file: draft)
        try FileSystem.moveWithoutReplacing(draft, to: target)
    }
}
