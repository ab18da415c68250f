public import Basics

extension Backup {
    /// Puts a backup into a data directory, after verifying all of it.
    ///
    /// The database gets a new generation, so that clients with positions of another life notice and fetch again. A
    /// directory with a database in it is refused unless `force` is set; then the old files are kept under new names.
    public static func restore(
        _ folder: String, to target: DataDirectory, force: Bool = false, clock: any WallClock = SystemWallClock()
    ) async throws -> BackupManifest {
        let now = clock.now()
        return try await WorkerThread.run("storage.restore") {
            let lock = try target.lock()
            return try withExtendedLifetime(lock) { try restoreLocked(folder, to: target, force: force, now: now) }
        }
    }

    private static func restoreLocked(
        _ folder: String, to target: DataDirectory, force: Bool, now: Int64
    ) throws -> BackupManifest {
        let occupied = FileSystem.names(in: target.path).filter { $0 != "lock" }
        guard occupied.isEmpty || force else {
            throw StorageError(
                .misuse,
                "\(target.path) is not empty (\(occupied.prefix(3).joined(separator: ", "))). Restore into an empty "
                    + "folder, or force it: the old files are then kept under new names.")
        }
        let (manifest, blobs) = try BackupContent.verified(folder)
        let draft = "\(target.databasePath).restoring"
        DatabaseFile(path: draft).remove()
        try FileSystem.copyContent(of: "\(folder)/\(databaseName)", to: draft)
        try renewGeneration(draft, different: manifest.generation)
        if occupied.contains(where: { "\(target.path)/\($0)" == target.blobPath }) {
            try setAside(target.blobPath, now: now)
        }
        try BackupContent.copy(blobs, from: "\(folder)/\(blobFolder)", to: target.blobPath, links: false)
        for path in [target.databasePath, "\(target.databasePath)-wal", "\(target.databasePath)-shm"]
        where FileSystem.exists(path) {
            try setAside(path, now: now)
        }
        try FileSystem.move(draft, to: target.databasePath)
        return manifest
    }

    private static func setAside(_ path: String, now: Int64) throws {
        var name = "\(path).replaced-\(now)"
        while FileSystem.exists(name) { name += "x" }
        try FileSystem.move(path, to: name)
    }

    private static func renewGeneration(_ path: String, different old: UInt32) throws {
        let connection = Connection(try SQLiteHandle(path: path, .readWrite))
        var generation = old
        while generation == old { generation = UInt32.random(in: 1 ... .max) }
        try Meta.set("generation", .integer(Int64(generation)), connection)
        connection.close()
        try FileSystem.synchronise(file: path)
    }
}
