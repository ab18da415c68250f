import Imaging
import Storage

/// What a thumbnail is made of, and how large.
struct ThumbnailKey: Hashable, Sendable {
    let source: BlobHash
    let size: ThumbnailSize

    /// The name of the size in the table.
    var box: String { "\(size.width)x\(size.height)-\(size.method.rawValue)" }
}

/// A thumbnail that was made.
struct ThumbnailRecord: Sendable, Hashable {
    let blob: StoredBlob
    let type: String
    let size: ImageSize
}

/// The statements on `msg_thumbnail`; each row holds one reference to its blob.
enum ThumbnailQueries {
    static func find(_ key: ThumbnailKey, madeAfter start: Int64, _ connection: Connection) throws -> ThumbnailRecord? {
        try connection.first(
            """
            SELECT sha256, size, type, width, height FROM msg_thumbnail
            WHERE source = ?1 AND box = ?2 AND created_ms > ?3
            """, .blob(key.source.bytes), .text(key.box), .integer(start)
        ) { row in
            BlobHash(row.blob(0)).map { hash in
                ThumbnailRecord(
                    blob: StoredBlob(hash: hash, size: row.int(1)), type: row.text(2),
                    size: ImageSize(width: Int(row.int(3)), height: Int(row.int(4))))
            }
        } ?? nil
    }

    /// Writes the row in place of an older one.
    static func store(_ key: ThumbnailKey, _ record: ThumbnailRecord, in context: WriteContext) throws {
        try remove(key.source, key.box, in: context)
        try BlobStore.retain(record.blob.hash, in: context)
        try context.run(
            """
            INSERT INTO msg_thumbnail(source, box, sha256, type, size, width, height, created_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """, .blob(key.source.bytes), .text(key.box), .blob(record.blob.hash.bytes), .text(record.type),
            .integer(record.blob.size), .int(record.size.width), .int(record.size.height), .integer(context.now))
    }

    private static func remove(_ source: BlobHash, _ box: String, in context: WriteContext) throws {
        let removed = try context.rows(
            "DELETE FROM msg_thumbnail WHERE source = ?1 AND box = ?2 RETURNING sha256", .blob(source.bytes), .text(box)
        ) { BlobHash($0.blob(0)) }
        for hash in removed.compactMap({ $0 }) { try BlobStore.release(hash, in: context) }
    }

    /// Removes all thumbnails of a file.
    static func removeAll(of source: BlobHash, in context: WriteContext) throws {
        let boxes = try context.rows(
            "SELECT box FROM msg_thumbnail WHERE source = ?1", .blob(source.bytes)
        ) { $0.text(0) }
        for box in boxes { try remove(source, box, in: context) }
    }

    /// Removes up to `limit` thumbnails that were made before a time; answers how many.
    static func removeOld(before time: Int64, limit: Int, in context: WriteContext) throws -> Int {
        let old = try context.rows(
            "SELECT source, box FROM msg_thumbnail WHERE created_ms <= ?1 ORDER BY created_ms LIMIT ?2",
            .integer(time), .int(limit)
        ) { (BlobHash($0.blob(0)), $0.text(1)) }
        for (source, box) in old {
            if let source { try remove(source, box, in: context) }
        }
        return old.count
    }
}
