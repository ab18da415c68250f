import Basics
import Crypto

/// The files of a backup.
enum BackupContent {
    /// The blobs that a copy of a database refers to.
    static func blobs(_ connection: Connection) throws -> [StoredBlob] {
        try connection.rows("SELECT sha256, size FROM blob WHERE refs > 0 ORDER BY sha256") { row in
            guard let hash = BlobHash(row.blob(0)) else {
                throw StorageError(.damaged, "The table blob holds a name that is no SHA-256.")
            }
            return StoredBlob(hash: hash, size: row.int(1))
        }
    }

    /// - Parameter links: gives the files a second name instead of copying them, where the file system can.
    static func copy(_ blobs: [StoredBlob], from directory: String, to target: String, links: Bool) throws {
        try FileSystem.makeDirectories(target)
        var shards: Set<String> = []
        for blob in blobs {
            let path = "\(target)/\(blob.hash.relativePath)"
            let shard = FileSystem.parent(of: path)
            if shards.insert(shard).inserted { try FileSystem.makeDirectories(shard) }
            let source = "\(directory)/\(blob.hash.relativePath)"
            if links {
                try FileSystem.linkOrCopy(source, to: path)
            } else {
                try FileSystem.copyContent(of: source, to: path)
            }
        }
        for shard in shards {
            try FileSystem.synchronise(directory: shard)
            try FileSystem.synchronise(directory: FileSystem.parent(of: shard))
        }
        try FileSystem.synchronise(directory: target)
    }

    static func hash(of path: String) throws -> BlobHash {
        let file = try ReadableFile(path)
        var hash = SHA256()
        var offset: Int64 = 0
        while true {
            let bytes = try file.read(at: offset, count: 1 << 20)
            if bytes.isEmpty { break }
            hash.update(data: bytes)
            offset += Int64(bytes.count)
        }
        guard let name = BlobHash(Array(hash.finalize())) else { throw StorageError(.other, "SHA-256 gave no hash.") }
        return name
    }

    /// Compares everything in a folder with its manifest.
    static func verified(_ folder: String) throws -> (manifest: BackupManifest, blobs: [StoredBlob]) {
        let manifestPath = "\(folder)/\(Backup.manifestName)"
        let text = try FileSystem.read(manifestPath, limit: 4 << 20)
        guard let json = try? JSON(parsing: text) else {
            throw StorageError(.damaged, "\(manifestPath) is not JSON.")
        }
        let manifest = try BackupManifest(json, path: manifestPath)
        let databasePath = "\(folder)/\(Backup.databaseName)"
        guard try hash(of: databasePath) == manifest.databaseHash else {
            throw StorageError(.damaged, "\(databasePath) is not the file that was written: its SHA-256 differs.")
        }
        let connection = Connection(try SQLiteHandle(path: databasePath, .readOnly))
        if let finding = try connection.quickCheckFinding() { throw StorageError(.damaged, finding) }
        let blobs = try blobs(connection)
        guard Int64(blobs.count) == manifest.blobCount, try Meta.position(connection) == manifest.position else {
            throw StorageError(.damaged, "The database and the manifest of \(folder) do not agree.")
        }
        for blob in blobs {
            let path = "\(folder)/\(Backup.blobFolder)/\(blob.hash.relativePath)"
            guard try hash(of: path) == blob.hash else { throw StorageError(.damaged, "The blob \(path) is damaged.") }
        }
        return (manifest, blobs)
    }
}
