import Imaging
public import Storage

extension IngestPicture.Stage {
    /// The number by which the stage is stored; from 6 to 8 searches may find the picture.
    var code: Int64 {
        switch self {
        case .received: 0
        case .stored: 1
        case .fingerprinted: 2
        case .cleared: 3
        case .located: 4
        case .categorised: 5
        case .embedded: 6
        case .indexed: 7
        case .visible: 8
        case .aliased: 9
        case .refused: 10
        case .dead: 11
        case .removed: 12
        }
    }

    init?(code: Int64) {
        guard let stage = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = stage
    }
}

/// A picture of an item as it is stored.
public struct CataloguePicture: Sendable, Hashable {
    /// Its number, which is also its id in indexes of vectors.
    public let number: Int64
    /// The item it belongs to.
    public let item: Int64
    /// Its place among the item's pictures, from 0.
    public let place: Int
    /// Its content.
    public let blob: BlobHash
    /// Where it came from: a file's name or an address.
    public let name: String
    /// Upright width in pixels; 0 until it was looked at.
    public let width: Int
    /// Upright height in pixels; 0 until it was looked at.
    public let height: Int
    /// Where it stands.
    public let stage: IngestPicture.Stage
    /// The picture that answers for it.
    public let alias: Int64?
    /// Why it cannot be used.
    public let problem: String?
    /// The removal that took it away; nil while it is there.
    public let removal: Int64?
    /// The picture that goes when this one is there.
    let replaces: Int64?
    /// The step at which it died.
    let deadAt: String?

    /// Whether searches may find it, unless its item is gone.
    public var isSearchable: Bool { (6...8).contains(stage.code) && removal == nil }
}

/// Reads and writes of `vis_picture`, `vis_pending` and `vis_box`.
enum PictureQueries {
    private static let columns = """
        picture_no, item_no, place, sha256, name, width, height, state, alias_of, problem, removal_no, replaces, dead_at
        """

    private static func picture(_ row: Row) throws -> CataloguePicture {
        guard let blob = BlobHash(row.blob(3)), let stage = IngestPicture.Stage(code: row.int(7)) else {
            throw StorageError(.damaged, "The row of picture \(row.int(0)) is damaged.")
        }
        return CataloguePicture(
            number: row.int(0), item: row.int(1), place: Int(clamping: row.int(2)), blob: blob, name: row.text(4),
            width: Int(clamping: row.int(5)), height: Int(clamping: row.int(6)), stage: stage,
            alias: row.intOrNil(8), problem: row.textOrNil(9), removal: row.intOrNil(10), replaces: row.intOrNil(11),
            deadAt: row.textOrNil(12))
    }

    static func picture(_ number: Int64, _ connection: Connection) throws -> CataloguePicture? {
        try connection.first("SELECT \(columns) FROM vis_picture WHERE picture_no = ?1", .integer(number), map: picture)
    }

    static func picture(_ number: Int64, of catalogue: Int64, _ connection: Connection) throws -> CataloguePicture? {
        try connection.first(
            "SELECT \(columns) FROM vis_picture WHERE picture_no = ?1 AND cat_no = ?2", .integer(number),
            .integer(catalogue), map: picture)
    }

    /// The pictures of an item, those that were removed too.
    static func all(of item: Int64, _ connection: Connection) throws -> [CataloguePicture] {
        try connection.rows(
            "SELECT \(columns) FROM vis_picture WHERE item_no = ?1 ORDER BY place, picture_no", .integer(item),
            map: picture)
    }

    static func aliases(of number: Int64, _ connection: Connection) throws -> [CataloguePicture] {
        try connection.rows(
            "SELECT \(columns) FROM vis_picture WHERE alias_of = ?1 AND removal_no IS NULL ORDER BY picture_no",
            .integer(number), map: picture)
    }

    /// Adds a picture whose blob is stored, or brings back the one of that content; it goes into the queue if nobody
    /// has looked at it yet.
    ///
    /// - Returns: Its number, and whether it is new to the item.
    static func put(
        _ blob: StoredBlob, name: String, place: Int, item: Int64, replacing old: Int64? = nil, of catalogue: Int64,
        in context: WriteContext
    ) throws -> (number: Int64, isNew: Bool) {
        let known = try context.first(
            "SELECT \(columns) FROM vis_picture WHERE item_no = ?1 AND sha256 = ?2", .integer(item),
            .blob(blob.hash.bytes), map: picture)
        if let known {
            guard known.removal != nil || known.place != place else { return (known.number, false) }
            try context.run(
                "UPDATE vis_picture SET place = ?2, removal_no = NULL WHERE picture_no = ?1", .integer(known.number),
                .int(place))
            if known.removal != nil {
                try CatalogueEvent.picture(known.number).append(to: catalogue, in: context)
            }
            return (known.number, known.removal != nil)
        }
        try BlobStore.retain(blob.hash, in: context)
        let number = try context.first(
            """
            INSERT INTO vis_picture(cat_no, item_no, place, sha256, name, bytes, width, height, state, added_ms, replaces)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 1, ?7, ?8) RETURNING picture_no
            """, .integer(catalogue), .integer(item), .int(place), .blob(blob.hash.bytes), .text(name),
            .integer(blob.size), .integer(context.now), .optional(old)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The picture was not stored.") }
        try context.run(
            "INSERT INTO vis_pending(picture_no, cat_no, attempts) VALUES (?1, ?2, 0)", .integer(number),
            .integer(catalogue))
        return (number, true)
    }

    /// What was found out when the picture was decoded.
    static func measured(
        _ number: Int64, size: ImageSize, sharpness: Double, in context: WriteContext
    ) throws {
        try context.run(
            "UPDATE vis_picture SET width = ?2, height = ?3, sharpness = ?4 WHERE picture_no = ?1", .integer(number),
            .int(size.width), .int(size.height), .real(sharpness))
    }

    /// Lets another picture answer for what one answered for.
    static func moveAliases(of picture: Int64, to other: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_picture SET alias_of = ?2 WHERE alias_of = ?1", .integer(picture), .integer(other))
    }

    /// Lets a picture answer again for one that another answers for by now; nothing when that changed since.
    static func moveAlias(_ alias: Int64, from other: Int64, to picture: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_picture SET alias_of = ?3 WHERE picture_no = ?1 AND alias_of = ?2", .integer(alias),
            .integer(other), .integer(picture))
    }

    // MARK: On its way

    /// The picture's machine as it was kept.
    ///
    /// - Parameter known: the picture that a person compares it with, where several are asked about.
    static func machine(
        _ number: Int64, comparedWith known: Int64? = nil, _ connection: Connection
    ) throws -> IngestPicture? {
        guard let picture = try picture(number, connection) else { return nil }
        let pending = try connection.first(
            "SELECT attempts, due_ms FROM vis_pending WHERE picture_no = ?1", .integer(number)
        ) { (attempts: Int(clamping: $0.int(0)), due: $0.intOrNil(1)) }
        let review = try connection.first(
            "SELECT other FROM vis_review WHERE kind = 'duplicate' AND subject = ?1 AND decision IS NULL",
            .integer(number)
        ) { $0.int(0) }
        return IngestPicture(
            id: number, replaces: picture.replaces, stage: picture.stage, review: known ?? review,
            alias: picture.alias,
            attempt: pending?.attempts ?? 0, retryAt: pending?.due,
            deadAt: picture.deadAt.flatMap(IngestStep.init), cause: picture.problem)
    }

    /// Keeps a machine's state; a picture that has something to be done stands in the queue.
    static func save(_ machine: IngestPicture, of catalogue: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_picture SET state = ?2, alias_of = ?3, problem = ?4, dead_at = ?5 WHERE picture_no = ?1",
            .integer(machine.id), .integer(machine.stage.code), .optional(machine.alias), .optional(machine.cause),
            .optional(machine.deadAt?.rawValue))
        // From its vector on, the follower of the outbox does the rest.
        guard machine.nextStep != nil, machine.stage.code < IngestPicture.Stage.embedded.code else {
            try context.run("DELETE FROM vis_pending WHERE picture_no = ?1", .integer(machine.id))
            return
        }
        try context.run(
            """
            INSERT INTO vis_pending(picture_no, cat_no, attempts, due_ms) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (picture_no) DO UPDATE SET attempts = excluded.attempts, due_ms = excluded.due_ms
            """, .integer(machine.id), .integer(catalogue), .int(machine.attempt), .optional(machine.retryAt))
    }

    /// Pictures of which something is to be done now, the oldest first.
    static func pending(
        of catalogue: Int64, after number: Int64, at now: Int64, limit: Int, _ connection: Connection
    ) throws -> [Int64] {
        try connection.rows(
            """
            SELECT picture_no FROM vis_pending
            WHERE cat_no = ?1 AND picture_no > ?4 AND (due_ms IS NULL OR due_ms <= ?2) ORDER BY picture_no LIMIT ?3
            """, .integer(catalogue), .integer(now), .int(limit), .integer(number)
        ) { $0.int(0) }
    }

    /// Those of some pictures that have a vector and wait to be shown.
    static func waiting(among pictures: [Int64], _ connection: Connection) throws -> [Int64] {
        try pictures.filter { picture in
            try connection.first(
                "SELECT 1 FROM vis_picture WHERE picture_no = ?1 AND state IN (6, 7)", .integer(picture)
            ) { _ in true } ?? false
        }
    }

    /// How many pictures that are there stand where.
    static func counts(of catalogue: Int64, _ connection: Connection) throws -> [IngestPicture.Stage: Int64] {
        var counts: [IngestPicture.Stage: Int64] = [:]
        try connection.forEach(
            """
            SELECT p.state, COUNT(*) FROM vis_picture p JOIN vis_item i ON i.item_no = p.item_no
            WHERE p.cat_no = ?1 AND p.removal_no IS NULL AND i.removal_no IS NULL GROUP BY p.state
            """, .integer(catalogue)
        ) { row in
            if let stage = IngestPicture.Stage(code: row.int(0)) { counts[stage] = row.int(1) }
            return true
        }
        return counts
    }

    // MARK: Boxes

    static func setBox(
        _ box: PixelBox, label: String, source: String, model: String, score: Double, of picture: Int64,
        in context: WriteContext
    ) throws {
        try context.run("DELETE FROM vis_box WHERE picture_no = ?1 AND source = ?2", .integer(picture), .text(source))
        try context.run(
            """
            INSERT INTO vis_box(picture_no, x, y, width, height, label, source, model, score, at_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """, .integer(picture), .int(box.x), .int(box.y), .int(box.width), .int(box.height), .text(label),
            .text(source), .text(model), .real(score), .integer(context.now))
    }

    /// The box of a picture by which it is searched, in upright pixels: the newest that no model drew, a person's first.
    static func box(of picture: Int64, _ connection: Connection) throws -> PixelBox? {
        try connection.first(
            """
            SELECT x, y, width, height FROM vis_box WHERE picture_no = ?1 AND source <> 'model'
            ORDER BY CASE source WHEN 'person' THEN 0 ELSE 1 END, box_no DESC LIMIT 1
            """, .integer(picture)
        ) { row in
            PixelBox(
                x: Int(clamping: row.int(0)), y: Int(clamping: row.int(1)), width: Int(clamping: row.int(2)),
                height: Int(clamping: row.int(3)))
        }
    }
}
