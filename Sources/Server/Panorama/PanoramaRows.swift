import Accounts
import Basics
package import Storage

/// The tables of panoramas that are made on this server, and everything that is asked of them.
package enum PanoramaRows {
    /// The tables.
    package static let migrations = [
        Migration("panoramas-1") { connection in try connection.script(first) },
        Migration("panoramas-2") { connection in try connection.script(SpotRows.script) },
    ]

    /// `panorama_file.kind`: image, preview, view, seams or report; `g` 0 is the whole panorama job.
    private static let first = """
        CREATE TABLE panorama(no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner INTEGER NOT NULL, wish_key TEXT,
            state TEXT NOT NULL, options TEXT NOT NULL, room TEXT, sender TEXT, message TEXT, share TEXT UNIQUE, job INTEGER, verdict BLOB,
            graph BLOB, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, deleted_ms INTEGER,
            UNIQUE(owner, wish_key)) STRICT;
        CREATE INDEX panorama_owner ON panorama(owner, no);
        CREATE TABLE panorama_photo(panorama INTEGER NOT NULL, n INTEGER NOT NULL, name TEXT NOT NULL,
            sha256 BLOB NOT NULL, bytes INTEGER NOT NULL, mask TEXT, PRIMARY KEY(panorama, n)) STRICT;
        CREATE TABLE panorama_file(panorama INTEGER NOT NULL, g INTEGER NOT NULL, kind TEXT NOT NULL,
            sha256 BLOB NOT NULL, bytes INTEGER NOT NULL, type TEXT NOT NULL, PRIMARY KEY(panorama, g, kind)) STRICT;
        """

    private static let columns =
        "no, id, owner, state, options, room, share, job, verdict, graph, created_ms, updated_ms, deleted_ms, sender, message"

    static func row(id: String, _ connection: Connection) throws -> PanoramaRow? {
        try connection.first("SELECT \(columns) FROM panorama WHERE id = ?1", .text(id), map: row)
    }

    static func row(number: Int64, _ connection: Connection) throws -> PanoramaRow? {
        try connection.first("SELECT \(columns) FROM panorama WHERE no = ?1", .integer(number), map: row)
    }

    static func row(share: String, _ connection: Connection) throws -> PanoramaRow? {
        try connection.first(
            "SELECT \(columns) FROM panorama WHERE share = ?1 AND deleted_ms IS NULL", .text(share), map: row)
    }

    static func row(owner: Int64, key: String, _ connection: Connection) throws -> PanoramaRow? {
        try connection.first(
            "SELECT \(columns) FROM panorama WHERE owner = ?1 AND wish_key = ?2", .integer(owner), .text(key), map: row)
    }

    static func list(owner: Int64, limit: Int, _ connection: Connection) throws -> [PanoramaRow] {
        try connection.rows(
            "SELECT \(columns) FROM panorama WHERE owner = ?1 AND deleted_ms IS NULL ORDER BY no DESC LIMIT ?2",
            .integer(owner), .int(limit), map: row)
    }

    private static func row(_ row: Row) throws -> PanoramaRow {
        PanoramaRow(
            number: row.int(0), id: row.text(1), owner: row.int(2),
            state: PanoramaRow.State(rawValue: row.text(3)) ?? .failed,
            options: (try? JSON(parsing: row.text(4)))?.objectValue ?? [:], room: row.textOrNil(5),
            share: row.textOrNil(6), job: row.intOrNil(7), verdict: row.blobOrNil(8), graph: row.blobOrNil(9),
            created: row.int(10), updated: row.int(11), deleted: row.intOrNil(12),
            sender: row.textOrNil(13).flatMap(PanoramaSender.read), message: row.textOrNil(14))
    }

    static func insert(
        id: String, owner: Int64, key: String?, options: JSONObject, room: String?, sender: Session,
        in context: WriteContext
    ) throws {
        try context.run(
            """
            INSERT INTO panorama(id, owner, wish_key, state, options, room, created_ms, updated_ms, sender)
            VALUES (?1, ?2, ?3, 'draft', ?4, ?5, ?6, ?6, ?7)
            """, .text(id), .integer(owner), .optional(key), .text(JSON.object(options).text), .optional(room),
            .integer(context.now), .optional(room == nil ? nil : PanoramaSender.text(sender)))
    }

    static func set(_ column: String, _ value: SQLValue, of number: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE panorama SET \(column) = ?2, updated_ms = ?3 WHERE no = ?1", .integer(number), value,
            .integer(context.now))
    }

    // MARK: Photos

    static func photos(_ number: Int64, _ connection: Connection) throws -> [PanoramaPhotoRow] {
        try connection.rows(
            "SELECT n, name, sha256, bytes, mask FROM panorama_photo WHERE panorama = ?1 ORDER BY n", .integer(number)
        ) { row in
            BlobHash(row.blob(2)).map {
                PanoramaPhotoRow(
                    number: row.int(0), name: row.text(1), blob: StoredBlob(hash: $0, size: row.int(3)),
                    mask: row.textOrNil(4))
            }
        }.compactMap { $0 }
    }

    static func totals(_ number: Int64, _ connection: Connection) throws -> (photos: Int64, bytes: Int64, next: Int64) {
        try connection.first(
            "SELECT COUNT(*), COALESCE(SUM(bytes), 0), COALESCE(MAX(n), 0) FROM panorama_photo WHERE panorama = ?1",
            .integer(number)
        ) { ($0.int(0), $0.int(1), $0.int(2) + 1) } ?? (0, 0, 1)
    }

    static func bytes(owner: Int64, _ connection: Connection) throws -> Int64 {
        try connection.first(
            """
            SELECT COALESCE(SUM(p.bytes), 0) FROM panorama_photo p JOIN panorama j ON j.no = p.panorama
            WHERE j.owner = ?1
            """, .integer(owner)
        ) { $0.int(0) } ?? 0
    }

    static func addPhoto(
        _ blob: StoredBlob, name: String, to number: Int64, at n: Int64, in context: WriteContext
    ) throws {
        try BlobStore.retain(blob.hash, in: context)
        try context.run(
            "INSERT INTO panorama_photo(panorama, n, name, sha256, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
            .integer(number), .integer(n), .text(name), .blob(blob.hash.bytes), .integer(blob.size))
    }

    static func removePhoto(_ photo: PanoramaPhotoRow, of number: Int64, in context: WriteContext) throws {
        try context.run(
            "DELETE FROM panorama_photo WHERE panorama = ?1 AND n = ?2", .integer(number), .integer(photo.number))
        try BlobStore.release(photo.blob.hash, in: context)
    }

    static func setMask(_ mask: String?, photo n: Int64, of number: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE panorama_photo SET mask = ?3 WHERE panorama = ?1 AND n = ?2", .integer(number), .integer(n),
            .optional(mask))
    }

    // MARK: Results

    static func files(_ number: Int64, _ connection: Connection) throws -> [PanoramaFileRow] {
        try connection.rows(
            "SELECT g, kind, sha256, bytes, type FROM panorama_file WHERE panorama = ?1", .integer(number)
        ) { row in
            BlobHash(row.blob(2)).map {
                PanoramaFileRow(
                    group: row.int(0), kind: row.text(1), blob: StoredBlob(hash: $0, size: row.int(3)),
                    type: row.text(4))
            }
        }.compactMap { $0 }
    }

    /// Puts new results in place of the old ones.
    static func replaceFiles(_ files: [PanoramaFileRow], of number: Int64, in context: WriteContext) throws {
        let old = try self.files(number, context.connection)
        try context.run("DELETE FROM panorama_file WHERE panorama = ?1", .integer(number))
        for file in files {
            try BlobStore.retain(file.blob.hash, in: context)
            try context.run(
                "INSERT INTO panorama_file(panorama, g, kind, sha256, bytes, type) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                .integer(number), .integer(file.group), .text(file.kind), .blob(file.blob.hash.bytes),
                .integer(file.blob.size), .text(file.type))
        }
        for file in old { try BlobStore.release(file.blob.hash, in: context) }
    }

    /// Takes everything of a panorama away.
    static func purge(_ number: Int64, in context: WriteContext) throws {
        try replaceFiles([], of: number, in: context)
        for photo in try photos(number, context.connection) { try removePhoto(photo, of: number, in: context) }
        try SpotRows.purge(of: number, in: context)
        try context.run("DELETE FROM panorama WHERE no = ?1", .integer(number))
    }

    /// Panoramas that were deleted before a moment, or that nobody touched or linked since another.
    static func forgotten(deletedBefore: Int64, untouchedSince: Int64, _ connection: Connection) throws -> [Int64] {
        try connection.rows(
            """
            SELECT no FROM panorama WHERE deleted_ms < ?1 OR (share IS NULL AND updated_ms < ?2 AND state <> 'queued')
            ORDER BY no LIMIT 50
            """, .integer(deletedBefore), .integer(untouchedSince)
        ) { $0.int(0) }
    }

    /// Panoramas that are there and were not brought to the conversation that asked for them.
    static func undelivered(_ connection: Connection) throws -> [Int64] {
        try connection.rows(
            """
            SELECT no FROM panorama WHERE room IS NOT NULL AND message IS NULL AND state IN ('done', 'failed')
                AND deleted_ms IS NULL ORDER BY no LIMIT 100
            """
        ) { $0.int(0) }
    }

    static func unfinished(owner: Int64, _ connection: Connection) throws -> Int64 {
        try connection.first(
            "SELECT COUNT(*) FROM panorama WHERE owner = ?1 AND state = 'queued' AND deleted_ms IS NULL",
            .integer(owner)
        ) { $0.int(0) } ?? 0
    }

    static func count(owner: Int64, _ connection: Connection) throws -> Int64 {
        try connection.first("SELECT COUNT(*) FROM panorama WHERE owner = ?1", .integer(owner)) { $0.int(0) } ?? 0
    }
}

/// A panorama that somebody wants, is being made or is there.
struct PanoramaRow: Sendable {
    /// Where it stands; what a running job does is in the job's row.
    enum State: String, Sendable {
        case draft, queued, done, failed, cancelled
    }

    let number: Int64
    let id: String
    let owner: Int64
    let state: State
    let options: JSONObject
    let room: String?
    let share: String?
    let job: Int64?
    let verdict: [UInt8]?
    let graph: [UInt8]?
    let created: Int64
    let updated: Int64
    let deleted: Int64?
    /// Who asked for it in a conversation.
    let sender: Session?
    /// The event that brought it there.
    let message: String?
}

/// Who asked for a panorama in a conversation, as it is kept until the panorama is there.
enum PanoramaSender {
    static func text(_ session: Session) -> String {
        JSON.object([
            "user": .string(session.user.text), "number": .int(session.userNumber),
            "device": .int(session.deviceNumber),
            "device_id": .string(session.deviceID), "kind": .int(Int64(session.kind.rawValue)),
        ]).text
    }

    static func read(_ text: String) -> Session? {
        guard let json = try? JSON(parsing: text), let name = json["user"]?.stringValue,
            let user = try? UserIdentifier(parsing: name),
            let number = json["number"]?.intValue, let device = json["device"]?.intValue,
            let kind = (json["kind"]?.intValue).flatMap({ UserKind(rawValue: Int(clamping: $0)) })
        else { return nil }
        return Session(
            userNumber: number, user: user, deviceNumber: device, deviceID: json["device_id"]?.stringValue ?? "",
            kind: kind)
    }
}

/// A photo of it.
struct PanoramaPhotoRow: Sendable {
    let number: Int64
    let name: String
    let blob: StoredBlob
    let mask: String?
}

/// Something that came out of it.
struct PanoramaFileRow: Sendable {
    let group: Int64
    let kind: String
    let blob: StoredBlob
    let type: String
}
