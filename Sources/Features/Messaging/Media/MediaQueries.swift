import Accounts
import Imaging
import Storage

/// The statements on `msg_media`.
enum MediaQueries {
    /// A row that is either stored or waits for its file.
    enum Entry {
        case reserved(userNumber: Int64, createdMilliseconds: Int64)
        case stored(MediaRecord, kind: Int64, isUsed: Bool)
    }

    static func entry(_ id: String, _ connection: Connection) throws -> Entry? {
        try connection.first(
            """
            SELECT user_no, created_ms, state, sha256, size, type, sniffed, name, width, height, kind, used
            FROM msg_media WHERE media_id = ?1
            """, .text(id)
        ) { row in
            guard row.int(2) == 1, let hash = row.blobOrNil(3).flatMap(BlobHash.init) else {
                return .reserved(userNumber: row.int(0), createdMilliseconds: row.int(1))
            }
            return .stored(record(id, hash, row), kind: row.int(10), isUsed: row.bool(11))
        }
    }

    private static func record(_ id: String, _ hash: BlobHash, _ row: Row) -> MediaRecord {
        var size: ImageSize?
        if let width = row.intOrNil(8), let height = row.intOrNil(9) {
            size = ImageSize(width: Int(width), height: Int(height))
        }
        return MediaRecord(
            id: id, userNumber: row.int(0), blob: StoredBlob(hash: hash, size: row.int(4)),
            type: row.textOrNil(5) ?? MediaType.unknown, sniffed: row.textOrNil(6).flatMap(ImageFormat.init),
            name: row.textOrNil(7), createdMilliseconds: row.int(1), size: size)
    }

    static func insertReserved(_ id: String, _ uploader: MediaUploader, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO msg_media(media_id, user_no, created_ms, state, kind) VALUES (?1, ?2, ?3, 0, ?4)
            """, .text(id), .integer(uploader.userNumber), .integer(context.now), .int(uploader.kind.rawValue))
    }

    /// Writes the row of a file, in place of its reservation if there was one, and holds on to its blob.
    static func store(
        _ id: String, _ uploader: MediaUploader, _ content: MediaContent, _ blob: StoredBlob, in context: WriteContext
    ) throws {
        try BlobStore.retain(blob.hash, in: context)
        try context.run(
            """
            INSERT INTO msg_media(media_id, user_no, sha256, type, name, size, created_ms, state, width, height,
              sniffed, kind)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9, ?10, ?11)
            ON CONFLICT (media_id) DO UPDATE SET sha256 = excluded.sha256, type = excluded.type, name = excluded.name,
              size = excluded.size, created_ms = excluded.created_ms, state = 1, width = excluded.width,
              height = excluded.height, sniffed = excluded.sniffed
            """, .text(id), .integer(uploader.userNumber), .blob(blob.hash.bytes), .text(content.type),
            .optional(content.name), .integer(blob.size), .integer(context.now),
            .optional(content.size.map { Int64($0.width) }), .optional(content.size.map { Int64($0.height) }),
            .optional(content.sniffed?.rawValue), .int(uploader.kind.rawValue))
    }

    /// Removes a row and what it holds; true if it was there.
    @discardableResult
    static func remove(_ id: String, in context: WriteContext) throws -> Bool {
        let removed = try context.first(
            "DELETE FROM msg_media WHERE media_id = ?1 RETURNING sha256", .text(id)
        ) { $0.blobOrNil(0) }
        guard let removed else { return false }
        guard let hash = removed.flatMap(BlobHash.init) else { return true }
        try BlobStore.release(hash, in: context)
        let others = try context.first(
            "SELECT 1 FROM msg_media WHERE sha256 = ?1 LIMIT 1", .blob(hash.bytes)
        ) { $0.int(0) }
        if others == nil { try ThumbnailQueries.removeAll(of: hash, in: context) }
        return true
    }

    static func countReserved(of user: Int64, after start: Int64, _ connection: Connection) throws -> Int64 {
        try connection.first(
            "SELECT count(*) FROM msg_media WHERE user_no = ?1 AND created_ms > ?2 AND state = 0", .integer(user),
            .integer(start)
        ) { $0.int(0) } ?? 0
    }

    static func markUsed(_ ids: some Sequence<String>, in context: WriteContext) throws {
        for id in ids {
            try context.run("UPDATE msg_media SET used = 1 WHERE media_id = ?1 AND used = 0", .text(id))
        }
    }
}
