import Foundation
package import Storage

/// Backups of a data folder from another process than the server.
package enum DataCopies {
    /// Makes a backup of a folder; a server may be running on it.
    ///
    /// - Throws: `StorageError` when there is no database, when it is of another version, or when copying fails.
    package static func backup(of directory: DataDirectory, to folder: String) async throws -> BackupManifest {
        // Opening would bring an older file up to date under the feet of the server that runs on it.
        let steps = try Database.inspect(path: directory.databasePath).migrations
        let missing = ServerCore.migrations.map(\.name).filter { !steps.contains($0) }
        guard missing.isEmpty else {
            throw StorageError(
                .misuse, "The database is of an older version. Start the server of this version once, then back up.")
        }
        let database = try Database.open(path: directory.databasePath, migrations: ServerCore.migrations)
        do {
            let blobs = try BlobStore(directory: directory.blobPath, database: database)
            let manifest = try await Backup.make(of: database, blobs: blobs, to: folder)
            await database.close()
            return manifest
        } catch {
            await database.close()
            throw error
        }
    }
}
