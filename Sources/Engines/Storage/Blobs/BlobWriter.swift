import Crypto

/// A blob on its way to the disk. Used by one task at a time; ends with `finish` or `abandon`.
public final class BlobWriter {
    private let store: BlobStore
    private let file: WritableFile
    private let path: String
    private let limit: Int64
    private var hash = SHA256()
    private var pending: [UInt8] = []
    private var isOver = false
    /// How many bytes were written so far.
    public private(set) var size: Int64 = 0

    /// Bytes collected before they go to a thread that may wait for the disk.
    private static let chunk = 256 << 10

    init(store: BlobStore, file: WritableFile, path: String, limit: Int64) {
        self.store = store
        self.file = file
        self.path = path
        self.limit = limit
    }

    deinit {
        if !isOver { Self.discard(path, of: store) }
    }

    /// Adds bytes at the end.
    ///
    /// - Throws: `StorageError` of kind `tooLarge` beyond the limit, `diskFull` when there is no room; the writer can then
    ///   only be abandoned.
    public func write(_ bytes: [UInt8]) async throws {
        guard !isOver else { throw StorageError(.misuse, "The blob is complete.") }
        guard Int64(bytes.count) <= limit - size else {
            throw StorageError(.tooLarge, "More than \(limit) bytes.")
        }
        size += Int64(bytes.count)
        hash.update(data: bytes)
        pending += bytes
        if pending.count >= Self.chunk { try await flush() }
    }

    private func flush() async throws {
        let bytes = pending
        pending = []
        guard !bytes.isEmpty else { return }
        try await store.workers.run { [file] in try file.append(bytes) }
    }

    /// Makes the blob durable. Nobody refers to it yet: call `BlobStore.retain` before the garbage collector's grace
    /// period is over.
    public func finish() async throws -> StoredBlob {
        try await finish { blob, _ in blob }
    }

    /// Makes the blob durable and runs the body in the transaction that makes its row, e.g. to refer to it.
    public func finish<T: Sendable>(
        _ body: @escaping @Sendable (StoredBlob, WriteContext) throws -> T
    ) async throws -> T {
        guard !isOver else { throw StorageError(.misuse, "The blob is complete.") }
        try await flush()
        guard let name = BlobHash(Array(hash.finalize())) else { throw StorageError(.other, "SHA-256 gave no hash.") }
        let blob = StoredBlob(hash: name, size: size)
        try await store.workers.run { [file] in try file.finish() }
        let value = try await place(blob, body)
        await abandon()
        return value
    }

    /// Puts the file in place and makes the row; again if the collector took the file between the two.
    private func place<T: Sendable>(
        _ blob: StoredBlob, _ body: @escaping @Sendable (StoredBlob, WriteContext) throws -> T
    ) async throws -> T {
        let target = store.path(of: blob.hash)
        while true {
            try await store.workers.run { [path] in try FileSystem.shareFile(path, as: target) }
            let value = try await store.database.write { context -> T? in
                guard FileSystem.exists(target) else { return nil }
                try BlobStore.insert(blob, in: context)
                return try body(blob, context)
            }
            if let value { return value }
        }
    }

    /// Gives up; what was written is deleted. Harmless after `finish`.
    public func abandon() async {
        guard !isOver else { return }
        isOver = true
        let path = path
        let store = store
        _ = try? await store.workers.run { Self.discard(path, of: store) }
    }

    private static func discard(_ path: String, of store: BlobStore) {
        FileSystem.remove(path)
        store.forget(draft: path)
    }
}
