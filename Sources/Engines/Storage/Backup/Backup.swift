import Basics
import Synchronization

/// Copies of a running server's data: `database.db`, the blobs it refers to, and `manifest.json`.
public enum Backup {
    static let databaseName = "database.db"
    static let manifestName = "manifest.json"
    static let blobFolder = "blobs"

    /// Makes a backup of one moment in a folder that does not exist yet, while the database is in use.
    ///
    /// The folder gets its name last: under that name there is a complete backup or nothing. Blobs never change, so on
    /// one file system they are linked and cost no room.
    public static func make(of database: Database, blobs: BlobStore?, to folder: String) async throws -> BackupManifest
    {
        guard !FileSystem.exists(folder) else { throw StorageError(.misuse, "\(folder) exists already.") }
        let blobDirectory = blobs?.directory
        let now = database.now
        let path = database.path
        blobs?.shared.withLock { $0.holds += 1 }
        defer { blobs?.shared.withLock { $0.holds -= 1 } }
        return try await WorkerThread.run("storage.backup") {
            let draft = "\(folder).part"
            guard !FileSystem.exists(draft) else {
                throw StorageError(.misuse, "\(draft) is left from a backup that did not end. Delete it first.")
            }
            try FileSystem.makeDirectories(draft)
            let manifest = try write(to: draft, databasePath: path, blobDirectory: blobDirectory, now: now)
            try FileSystem.move(draft, to: folder)
            return manifest
        }
    }

    private static func write(
        to folder: String, databasePath: String, blobDirectory: String?, now: Int64
    ) throws -> BackupManifest {
        let copyPath = "\(folder)/\(databaseName)"
        try DatabaseFile.copy(Connection(try SQLiteHandle(path: databasePath, .readOnly)), to: copyPath)
        let copy = Connection(try SQLiteHandle(path: copyPath, .readWrite))
        // Blobs without references may vanish at any time, so they are no part of a backup.
        try copy.run("DELETE FROM blob WHERE refs = 0")
        let blobs = try BackupContent.blobs(copy)
        let stand = try Meta.stand(copy)
        let generation = try Meta.getInteger("generation", copy) ?? 0
        let migrations = try MigrationHistory(copy, path: copyPath).applied
        copy.close()
        try FileSystem.synchronise(file: copyPath)
        if !blobs.isEmpty, blobDirectory == nil {
            throw StorageError(.misuse, "The database refers to \(blobs.count) blobs, and no store was given.")
        }
        if let blobDirectory {
            try BackupContent.copy(blobs, from: blobDirectory, to: "\(folder)/\(blobFolder)", links: true)
        }
        let manifest = BackupManifest(
            madeMilliseconds: now, databaseHash: try BackupContent.hash(of: copyPath),
            databaseSize: FileSystem.size(of: copyPath) ?? 0, position: stand.position,
            generation: UInt32(truncatingIfNeeded: generation), migrations: migrations,
            blobCount: Int64(blobs.count), blobBytes: blobs.reduce(0) { $0 + $1.size })
        let file = try WritableFile("\(folder)/\(manifestName)")
        try file.append(manifest.json.encoded())
        try file.finish()
        try FileSystem.synchronise(directory: folder)
        return manifest
    }

    /// Reads a backup from its first to its last byte and compares it with its manifest.
    ///
    /// - Throws: `StorageError` of kind `damaged` or `missing`, with the first thing that is wrong.
    @discardableResult
    public static func verify(_ folder: String) async throws -> BackupManifest {
        try await WorkerThread.run("storage.verify") { try BackupContent.verified(folder).manifest }
    }
}
