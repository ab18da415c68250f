/// A blob's row.
public struct BlobRecord: Sendable, Hashable {
    /// Name and size.
    public let blob: StoredBlob
    /// How many rows of the features point at it.
    public let references: Int64
    /// When it was first stored, in milliseconds since 1970.
    public let createdMilliseconds: Int64
    /// When it was last stored or its references last changed, in milliseconds since 1970.
    public let touchedMilliseconds: Int64
}

extension BlobStore {
    /// Counts one more reference, in the transaction that writes the row which points at the blob.
    ///
    /// - Throws: `StorageError` of kind `missing` when the blob is not, or no longer, stored.
    public static func retain(_ hash: BlobHash, in context: WriteContext) throws {
        let changed = try context.run(
            "UPDATE blob SET refs = refs + 1, touched_ms = ?2 WHERE sha256 = ?1", .blob(hash.bytes),
            .integer(context.now))
        guard changed == 1 else { throw StorageError(.missing, "The blob \(hash) is not stored.") }
    }

    /// Counts one reference less, in the transaction that removes the row which pointed at the blob.
    ///
    /// - Throws: `StorageError` of kind `misuse` when nobody refers to it.
    public static func release(_ hash: BlobHash, in context: WriteContext) throws {
        let changed = try context.run(
            "UPDATE blob SET refs = refs - 1, touched_ms = ?2 WHERE sha256 = ?1 AND refs > 0", .blob(hash.bytes),
            .integer(context.now))
        guard changed == 1 else { throw StorageError(.misuse, "The blob \(hash) has no reference to give up.") }
    }

    /// A blob's row; nil when it is not stored.
    public static func record(_ hash: BlobHash, _ connection: Connection) throws -> BlobRecord? {
        try connection.first(
            "SELECT size, refs, created_ms, touched_ms FROM blob WHERE sha256 = ?1", .blob(hash.bytes)
        ) { row in
            BlobRecord(
                blob: StoredBlob(hash: hash, size: row.int(0)), references: row.int(1),
                createdMilliseconds: row.int(2), touchedMilliseconds: row.int(3))
        }
    }

    /// Makes or refreshes the row of a blob whose file is in place.
    static func insert(_ blob: StoredBlob, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO blob(sha256, size, refs, created_ms, touched_ms) VALUES (?1, ?2, 0, ?3, ?3)
            ON CONFLICT (sha256) DO UPDATE SET touched_ms = excluded.touched_ms
            """, .blob(blob.hash.bytes), .integer(blob.size), .integer(context.now))
    }
}
