import Basics
import Synchronization

/// Files named by the SHA-256 of their content, with a row and a reference count each.
///
/// A file is complete, durable and in place before its row is; rows go before files. So a row with references always has
/// its file, whatever moment the machine stops at. Several processes may share a store.
public final class BlobStore: Sendable {
    struct Shared {
        var nextDraft: UInt64 = 0
        /// Names of temporary files that are being written.
        var drafts: Set<String> = []
        /// How many backups are copying files.
        var holds = 0
    }

    /// The folder.
    public let directory: String
    let database: Database
    let workers = FileWorkers(count: 2, name: "storage.files")
    let shared = Mutex(Shared())
    var draftDirectory: String { "\(directory)/tmp" }

    /// Opens the store in a folder, which is made when it is not there.
    public init(directory: String, database: Database) throws {
        self.directory = directory
        self.database = database
        try FileSystem.makeDirectories("\(directory)/tmp")
    }

    /// Begins to store a blob.
    ///
    /// - Parameter limit: the most bytes it may have; the write that exceeds it throws `StorageError` of kind
    ///   `tooLarge`.
    public func makeWriter(limit: Int64) async throws -> BlobWriter {
        let path = shared.withLock { shared in
            shared.nextDraft += 1
            let path = "\(draftDirectory)/\(Hex.encode(secureRandomBytes(8)))-\(shared.nextDraft)"
            shared.drafts.insert(path)
            return path
        }
        do {
            let file = try await workers.run { try WritableFile(path) }
            return BlobWriter(store: self, file: file, path: path, limit: limit)
        } catch {
            forget(draft: path)
            throw error
        }
    }

    /// Stores some bytes as one blob.
    public func store(_ bytes: [UInt8]) async throws -> StoredBlob {
        let writer = try await makeWriter(limit: Int64(bytes.count))
        do {
            try await writer.write(bytes)
            return try await writer.finish()
        } catch {
            await writer.abandon()
            throw error
        }
    }

    /// Opens a blob for reading.
    ///
    /// - Throws: `StorageError` of kind `missing` when it is not stored.
    public func reader(of hash: BlobHash) async throws -> BlobReader {
        let path = path(of: hash)
        let file = try await workers.run { try ReadableFile(path) }
        return BlobReader(hash: hash, file: file, workers: workers)
    }

    func path(of hash: BlobHash) -> String { "\(directory)/\(hash.relativePath)" }

    func forget(draft path: String) {
        shared.withLock { _ = $0.drafts.remove(path) }
    }
}
