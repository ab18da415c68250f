public import Basics
import Foundation

/// A database whose content follows from the log of another one: it may be lost at any time and is made again.
public enum DerivedFile {
    /// Opens the file, making a new one where there is none and in the place of one that is damaged.
    public static func open(
        path: String, migrations: [Migration], options: DatabaseOptions, clock: any WallClock
    ) async throws -> Database {
        let open = { try Database.open(path: path, migrations: migrations, options: options, clock: clock) }
        do {
            let database = try open()
            guard case .readOnly(.damaged) = database.state else { return database }
            await database.close()
        } catch let error as StorageError where [.damaged, .notADatabase].contains(error.kind) {}
        for file in [path, "\(path)-wal", "\(path)-shm"] where FileManager.default.fileExists(atPath: file) {
            try FileManager.default.removeItem(atPath: file)
        }
        return try open()
    }

    /// Begins again from the start of the log when the file belongs to another life of its source, e.g. from before
    /// the source was restored.
    ///
    /// - Parameters:
    ///   - position: how far the file has come.
    ///   - restart: empties the file and goes back to 0.
    public static func settle(
        _ file: Database, following source: Database, at position: Int64, restart: () async throws -> Void
    ) async throws {
        let generation = Int64(source.generation)
        let known = try await file.read { try Meta.getInteger(Self.key, $0) }
        guard known != generation || position > source.position else { return }
        try await restart()
        try await file.write { try Meta.set(Self.key, .integer(generation), $0.connection) }
    }

    private static let key = "source_generation"
}
