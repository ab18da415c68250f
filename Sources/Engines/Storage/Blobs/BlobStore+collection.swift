import Synchronization

/// What a run of the collector removed.
public struct BlobCollection: Sendable, Hashable {
    /// Rows of blobs without references.
    public var rows = 0
    /// Files without a row.
    public var files = 0
    /// Temporary files that nobody writes any more.
    public var drafts = 0

    /// Nothing removed.
    public init() {}
}

extension BlobStore {
    /// Removes blobs without references that were not touched for a while.
    ///
    /// The row goes first. The file goes in a second command on the writer, under the database's write lock and only if
    /// no row has come back; whoever stores the same content again checks inside its own command that the file is
    /// there. So neither can miss the other, in whichever process it runs.
    public func collectGarbage(graceMilliseconds: Int64, limit: Int = 64) async throws -> BlobCollection {
        var result = BlobCollection()
        if shared.withLock({ $0.holds > 0 }) { return result }
        let hashes = try await database.write { context -> [BlobHash] in
            try context.rows(
                """
                DELETE FROM blob WHERE sha256 IN (SELECT sha256 FROM blob WHERE refs = 0 AND touched_ms < ?1
                    ORDER BY touched_ms LIMIT ?2) AND refs = 0 RETURNING sha256
                """, .integer(context.now - graceMilliseconds), .int(max(0, limit))
            ) { BlobHash($0.blob(0)) }.compactMap { $0 }
        }
        result.rows = hashes.count
        result.files = try await removeFiles(of: hashes)
        return result
    }

    /// Removes what a crash left: files without a row and temporary files, once they are older than the grace period.
    ///
    /// Looks at every file of the store; for a quiet hour. Temporary files are spared for an hour at least, since another
    /// process may be writing them.
    public func sweep(graceMilliseconds: Int64) async throws -> BlobCollection {
        var result = BlobCollection()
        if shared.withLock({ $0.holds > 0 }) { return result }
        let now = database.now
        let before = (now - graceMilliseconds) / 1_000
        let draftsBefore = (now - max(graceMilliseconds, 3_600_000)) / 1_000
        result.drafts = try await workers.run { [self] in removeOldDrafts(before: draftsBefore) }
        for shard in try await workers.run({ [directory] in Self.shards(of: directory) }) {
            let old = try await workers.run { Self.hashes(in: shard, before: before) }
            for start in stride(from: 0, to: old.count, by: 64) {
                result.files += try await removeFiles(of: Array(old[start..<min(start + 64, old.count)]))
            }
        }
        return result
    }

    /// Removes the files that have no row, on the writer's thread.
    private func removeFiles(of hashes: [BlobHash]) async throws -> Int {
        if hashes.isEmpty { return 0 }
        return try await database.write { [self] context in
            try hashes.count { hash in
                guard try Self.record(hash, context.connection) == nil else { return false }
                return FileSystem.remove(path(of: hash))
            }
        }
    }

    private func removeOldDrafts(before: Int64) -> Int {
        FileSystem.names(in: draftDirectory).count { name in
            let path = "\(draftDirectory)/\(name)"
            guard !shared.withLock({ $0.drafts.contains(path) }), let modified = FileSystem.modified(path),
                modified < before
            else { return false }
            return FileSystem.remove(path)
        }
    }

    /// The folders `ab/cd` of a store.
    static func shards(of directory: String) -> [String] {
        FileSystem.names(in: directory).filter { $0.utf8.count == 2 }.flatMap { first in
            FileSystem.names(in: "\(directory)/\(first)").map { "\(directory)/\(first)/\($0)" }
        }
    }

    private static func hashes(in shard: String, before: Int64) -> [BlobHash] {
        FileSystem.names(in: shard).compactMap { name in
            guard let hash = BlobHash(hex: name), let modified = FileSystem.modified("\(shard)/\(name)"),
                modified < before
            else { return nil }
            return hash
        }
    }
}
