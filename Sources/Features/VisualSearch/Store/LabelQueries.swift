import Basics
public import Imaging
public import Storage

/// A picture of the set of boxes.
public struct LabelPicture: Sendable, Hashable {
    /// Its number.
    public let number: Int64
    /// Its content.
    public let blob: BlobHash
    /// Its file's name.
    public let name: String
    /// Upright size in pixels.
    public let size: ImageSize
    /// The picture of the catalogue that it is; nil when it came with an import.
    public let picture: Int64?
    /// Whether its boxes measure models and never train one.
    public let isHeldOut: Bool
    /// Whether somebody says that all things in it have boxes.
    public let isDone: Bool
    /// Grows with every change of its boxes.
    public let revision: Int64
    /// Who changed them last.
    public let editedBy: String
    /// When, in milliseconds since 1970.
    public let editedMilliseconds: Int64
    /// Boxes that count.
    public let boxes: Int
    /// Boxes that wait for a person.
    public let unsure: Int
    /// The category of the item that the picture is of; nil for one that came with an import.
    public let category: String?
}

/// Which pictures of the set are meant.
public enum LabelFilter: String, Sendable, Hashable, CaseIterable {
    /// All.
    case all
    /// Those that nobody has finished.
    case open
    /// Those with boxes that wait for a person.
    case unsure
    /// Finished ones.
    case done
}

/// Reads and writes of `vis_label_picture`.
enum LabelPictureQueries {
    private static let columns = """
        p.label_no, p.sha256, p.name, p.width, p.height, p.picture_no, p.is_held_out, p.is_done, p.revision, p.edited_by,
        p.edited_ms, (SELECT COUNT(*) FROM vis_label_box b WHERE b.label_no = p.label_no AND b.state = 'accepted'),
        (SELECT COUNT(*) FROM vis_label_box b WHERE b.label_no = p.label_no AND b.state = 'unsure'),
        (SELECT c.name FROM vis_picture q JOIN vis_item i ON i.item_no = q.item_no
          JOIN vis_category c ON c.category_no = i.category_no WHERE q.picture_no = p.picture_no)
        """

    private static func picture(_ row: Row) throws -> LabelPicture {
        guard let blob = BlobHash(row.blob(1)) else {
            throw StorageError(.damaged, "The row of the labelled picture \(row.int(0)) is damaged.")
        }
        return LabelPicture(
            number: row.int(0), blob: blob, name: row.text(2),
            size: ImageSize(width: Int(clamping: row.int(3)), height: Int(clamping: row.int(4))),
            picture: row.intOrNil(5), isHeldOut: row.bool(6), isDone: row.bool(7), revision: row.int(8),
            editedBy: row.text(9), editedMilliseconds: row.int(10), boxes: Int(clamping: row.int(11)),
            unsure: Int(clamping: row.int(12)), category: row.textOrNil(13))
    }

    static func picture(_ number: Int64, of catalogue: Int64, _ connection: Connection) throws -> LabelPicture? {
        try connection.first(
            "SELECT \(columns) FROM vis_label_picture p WHERE p.label_no = ?1 AND p.cat_no = ?2", .integer(number),
            .integer(catalogue), map: picture)
    }

    static func number(of blob: BlobHash, in catalogue: Int64, _ connection: Connection) throws -> Int64? {
        try connection.first(
            "SELECT label_no FROM vis_label_picture WHERE cat_no = ?1 AND sha256 = ?2", .integer(catalogue),
            .blob(blob.bytes)
        ) { $0.int(0) }
    }

    /// Pictures by number.
    static func page(
        _ filter: LabelFilter, of catalogue: Int64, after number: Int64, limit: Int, _ connection: Connection
    ) throws -> [LabelPicture] {
        try connection.rows(
            """
            SELECT \(columns) FROM vis_label_picture p WHERE p.cat_no = ?1 AND p.label_no > ?2 AND (?3 = 'all'
              OR (?3 = 'open' AND p.is_done = 0) OR (?3 = 'done' AND p.is_done = 1)
              OR (?3 = 'unsure' AND EXISTS (SELECT 1 FROM vis_label_box b WHERE b.label_no = p.label_no
                AND b.state = 'unsure')))
            ORDER BY p.label_no LIMIT ?4
            """, .integer(catalogue), .integer(number), .text(filter.rawValue), .int(limit), map: picture)
    }

    /// Adds a picture, or finds the one of that content.
    ///
    /// One in five is held out, by its content: it measures models and never trains one, whoever adds it and when.
    /// - Returns: Its number, and whether it is new.
    static func put(
        _ blob: BlobHash, name: String, size: ImageSize, picture: Int64?, of catalogue: Int64, in context: WriteContext
    ) throws -> (number: Int64, isNew: Bool) {
        if let known = try number(of: blob, in: catalogue, context.connection) { return (known, false) }
        let number = try context.first(
            """
            INSERT INTO vis_label_picture(cat_no, sha256, name, width, height, picture_no, is_held_out, is_done, revision,
              edited_by, edited_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, '', ?8) RETURNING label_no
            """, .integer(catalogue), .blob(blob.bytes), .text(name), .int(size.width), .int(size.height),
            .optional(picture), .bool((blob.bytes.first ?? 0) % 5 == 0), .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The picture was not stored.") }
        return (number, true)
    }

    /// Pictures of the catalogue that are there, were measured and are not in the set yet.
    static func missing(
        of catalogue: Int64, after picture: Int64, limit: Int, _ connection: Connection
    ) throws -> [CataloguePicture] {
        let numbers = try connection.rows(
            """
            SELECT p.picture_no FROM vis_picture p JOIN vis_item i ON i.item_no = p.item_no
            WHERE p.cat_no = ?1 AND p.picture_no > ?2 AND p.removal_no IS NULL AND i.removal_no IS NULL
              AND p.state BETWEEN 3 AND 8 AND p.width > 0
              AND NOT EXISTS (SELECT 1 FROM vis_label_picture l WHERE l.cat_no = p.cat_no AND l.sha256 = p.sha256)
            ORDER BY p.picture_no LIMIT ?3
            """, .integer(catalogue), .integer(picture), .int(limit)
        ) { $0.int(0) }
        return try numbers.compactMap { try PictureQueries.picture($0, connection) }
    }

    static func changed(
        _ number: Int64, by whom: String, isDone: Bool, in context: WriteContext
    ) throws {
        try context.run(
            """
            UPDATE vis_label_picture SET revision = revision + 1, edited_by = ?2, edited_ms = ?3, is_done = ?4
            WHERE label_no = ?1
            """, .integer(number), .text(whom), .integer(context.now), .bool(isDone))
    }

    static func counts(of catalogue: Int64, _ connection: Connection) throws -> (all: Int64, done: Int64, held: Int64) {
        try connection.first(
            """
            SELECT COUNT(*), COUNT(*) FILTER (WHERE is_done = 1), COUNT(*) FILTER (WHERE is_done = 1 AND is_held_out = 1)
            FROM vis_label_picture WHERE cat_no = ?1
            """, .integer(catalogue)
        ) { ($0.int(0), $0.int(1), $0.int(2)) } ?? (0, 0, 0)
    }

    /// Forgets what was drawn on a picture of the catalogue that is deleted for good.
    static func purge(picture: Int64, in context: WriteContext) throws {
        for table in ["vis_label_box", "vis_label_event"] {
            try context.run(
                """
                DELETE FROM \(table) WHERE label_no IN
                  (SELECT label_no FROM vis_label_picture WHERE picture_no = ?1)
                """, .integer(picture))
        }
        try context.run("DELETE FROM vis_label_picture WHERE picture_no = ?1", .integer(picture))
    }
}
