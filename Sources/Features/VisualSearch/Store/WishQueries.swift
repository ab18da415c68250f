internal import Basics
import Storage

/// A kept scan as far as it may be a wish that the catalogue cannot fulfil.
struct MissedScan: Sendable {
    let number: Int64
    let photo: BlobHash
    let visitor: Int64
    let answer: ScanAnswer
    let atMilliseconds: Int64
    let feedback: ScanFeedback?

    /// Whether the very item was found, and nobody called it another one.
    var isFound: Bool {
        if case .sameItem = answer.verdict { return feedback != .wrongItem }
        return false
    }

    /// Whether something was seen that the catalogue may lack: where nobody can tell the same from the similar, only a
    /// customer can say so.
    var isMissed: Bool {
        switch answer.verdict {
        case .sameItem: feedback == .wrongItem
        case .similarOnly: answer.reason == .notSure ? feedback == .wrongItem : feedback != .right
        case .uncalibrated: feedback == .wrongItem
        case .nothing(let reason): ![.nothingToSee, .noModel].contains(reason)
        }
    }

    var record: ScanRecord {
        ScanRecord(
            id: answer.id, day: Int(clamping: atMilliseconds / 86_400_000),
            category: answer.category.final.first?.category ?? "", isFound: !isMissed,
            feedback: feedback.map { $0 == .right }, visitor: String(visitor))
    }
}

/// Something that was asked for by name and is not in the catalogue.
public struct WantedThing: Sendable, Hashable {
    /// How it was named.
    public enum Kind: String, Sendable, Hashable {
        /// By the SKU of an item that was opened.
        case sku
        /// By an address that somebody sent.
        case link
    }

    /// How it was named.
    public let kind: Kind
    /// The SKU or the address.
    public let key: String
    /// How often.
    public let count: Int64
    /// When it was asked for last, in milliseconds since 1970.
    public let lastMilliseconds: Int64
}

/// A scan that was answered again by today's catalogue.
public struct ReplayedScan: Sendable, Hashable {
    /// The scan.
    public let id: String
    /// What it came to this time.
    public let verdict: String
    /// The very item, or the nearest style.
    public let style: String
    /// The nearest style's score.
    public let score: Double
    /// When it was answered again, in milliseconds since 1970.
    public let atMilliseconds: Int64
}

/// Reads and writes of what customers looked for in vain.
enum WishQueries {
    private static let columns = "s.scan_no, s.sha256, s.visitor, s.answer, s.at_ms, f.verdict"
    private static let tables = "vis_scan s LEFT JOIN vis_feedback f ON f.scan_no = s.scan_no"

    private static func scan(_ row: Row) -> MissedScan? {
        guard let photo = BlobHash(row.blob(1)), let json = try? JSON(parsing: row.bytesOfText(3)),
            let answer = ScanAnswer(json)
        else { return nil }
        return MissedScan(
            number: row.int(0), photo: photo, visitor: row.int(2), answer: answer, atMilliseconds: row.int(4),
            feedback: row.textOrNil(5).flatMap(ScanFeedback.init(rawValue:)))
    }

    /// Scans since a moment, by number.
    static func scans(
        of catalogue: Int64, since moment: Int64, after number: Int64, limit: Int, _ connection: Connection
    ) throws -> (scans: [MissedScan], last: Int64?) {
        var last: Int64?
        let scans = try connection.rows(
            """
            SELECT \(columns) FROM \(tables) WHERE s.cat_no = ?1 AND s.at_ms >= ?2 AND s.scan_no > ?3
            ORDER BY s.scan_no LIMIT ?4
            """, .integer(catalogue), .integer(moment), .integer(number), .int(limit)
        ) { row in
            last = row.int(0)
            return scan(row)
        }
        return (scans.compactMap { $0 }, last)
    }

    static func scan(_ number: Int64, _ connection: Connection) throws -> MissedScan? {
        try connection.first("SELECT \(columns) FROM \(tables) WHERE s.scan_no = ?1", .integer(number), map: scan)
            ?? nil
    }

    static func scan(id: String, of catalogue: Int64, _ connection: Connection) throws -> MissedScan? {
        try connection.first(
            "SELECT \(columns) FROM \(tables) WHERE s.id = ?1 AND s.cat_no = ?2", .text(id), .integer(catalogue),
            map: scan) ?? nil
    }

    /// Forgets what was derived from a scan.
    static func forget(scan: Int64, in context: WriteContext) throws {
        for table in ["vis_scan_vector", "vis_replay"] {
            try context.run("DELETE FROM \(table) WHERE scan_no = ?1", .integer(scan))
        }
        try WatchQueries.remove(scan: scan, in: context)
    }

    // MARK: Vectors

    static func vector(of scan: Int64, generation: Int64, _ connection: Connection) throws -> [Float]? {
        try connection.first(
            "SELECT vector FROM vis_scan_vector WHERE scan_no = ?1 AND generation_no = ?2", .integer(scan),
            .integer(generation)
        ) { GenerationQueries.floats($0.blob(0)) }
    }

    /// Keeps a vector as long as the scan is there.
    static func put(_ vector: [Float], of scan: Int64, generation: Int64, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO vis_scan_vector(scan_no, generation_no, vector)
            SELECT scan_no, ?2, ?3 FROM vis_scan WHERE scan_no = ?1
            ON CONFLICT (scan_no) DO UPDATE SET generation_no = excluded.generation_no, vector = excluded.vector
            """, .integer(scan), .integer(generation), .blob(GenerationQueries.bytes(vector)))
    }

    /// What customers searched for last, the newest first.
    static func vectors(generation: Int64, limit: Int, _ connection: Connection) throws -> [[Float]] {
        try connection.rows(
            "SELECT vector FROM vis_scan_vector WHERE generation_no = ?1 ORDER BY scan_no DESC LIMIT ?2",
            .integer(generation), .int(limit)
        ) { GenerationQueries.floats($0.blob(0)) }
    }

    static func dropVector(of scan: Int64, in context: WriteContext) throws {
        try context.run("DELETE FROM vis_scan_vector WHERE scan_no = ?1", .integer(scan))
    }

    // MARK: Things asked for

    static func want(_ kind: WantedThing.Kind, _ key: String, of catalogue: Int64, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO vis_wanted(cat_no, kind, key, asked, first_ms, last_ms) VALUES (?1, ?2, ?3, 1, ?4, ?4)
            ON CONFLICT (cat_no, kind, key) DO UPDATE SET asked = vis_wanted.asked + 1, last_ms = excluded.last_ms
            """, .integer(catalogue), .text(kind.rawValue), .text(key), .integer(context.now))
    }

    /// Those that are lacking still, the most asked for first.
    static func wanted(of catalogue: Int64, limit: Int, _ connection: Connection) throws -> [WantedThing] {
        try connection.rows(
            """
            SELECT w.kind, w.key, w.asked, w.last_ms FROM vis_wanted w WHERE w.cat_no = ?1 AND NOT EXISTS
              (SELECT 1 FROM vis_item i WHERE i.cat_no = ?1 AND i.removal_no IS NULL
               AND ((w.kind = 'sku' AND i.sku = w.key) OR (w.kind = 'link' AND i.link = w.key)))
            ORDER BY w.asked DESC, w.key LIMIT ?2
            """, .integer(catalogue), .int(limit)
        ) { row in
            WantedThing.Kind(rawValue: row.text(0)).map {
                WantedThing(kind: $0, key: row.text(1), count: row.int(2), lastMilliseconds: row.int(3))
            }
        }.compactMap { $0 }
    }

    /// Keeps the list short: what was asked for least, longest ago, goes.
    static func trimWanted(of catalogue: Int64, to limit: Int, in context: WriteContext) throws {
        try context.run(
            """
            DELETE FROM vis_wanted WHERE cat_no = ?1 AND (kind, key) IN
              (SELECT kind, key FROM vis_wanted WHERE cat_no = ?1 ORDER BY asked DESC, last_ms DESC LIMIT 1000 OFFSET ?2)
            """, .integer(catalogue), .int(limit))
    }

    // MARK: Replays

    /// Scans that were not answered again since the catalogue stood at a revision, by number.
    static func unreplayed(
        of catalogue: Int64, before revision: Int64, after number: Int64, limit: Int, _ connection: Connection
    ) throws -> (scans: [MissedScan], last: Int64?) {
        var last: Int64?
        let scans = try connection.rows(
            """
            SELECT \(columns) FROM \(tables) LEFT JOIN vis_replay r ON r.scan_no = s.scan_no
            WHERE s.cat_no = ?1 AND s.scan_no > ?3 AND COALESCE(r.revision, 0) < ?2 ORDER BY s.scan_no LIMIT ?4
            """, .integer(catalogue), .integer(revision), .integer(number), .int(limit)
        ) { row in
            last = row.int(0)
            return scan(row)
        }
        return (scans.compactMap { $0 }, last)
    }

    static func put(
        replay answer: ScanAnswer, of scan: Int64, revision: Int64, catalogue: Int64, in context: WriteContext
    ) throws {
        let best = answer.groups.first ?? answer.similar.first
        try context.run(
            """
            INSERT INTO vis_replay(scan_no, cat_no, revision, verdict, style, score, at_ms)
            SELECT scan_no, ?2, ?3, ?4, ?5, ?6, ?7 FROM vis_scan WHERE scan_no = ?1
            ON CONFLICT (scan_no) DO UPDATE SET revision = excluded.revision, verdict = excluded.verdict,
              style = excluded.style, score = excluded.score, at_ms = excluded.at_ms
            """, .integer(scan), .integer(catalogue), .integer(revision), .text(answer.verdict.name),
            .text(best?.style ?? ""), .real(best?.score ?? 0), .integer(context.now))
    }

    /// The last replays, the newest scan first.
    static func replays(of catalogue: Int64, limit: Int, _ connection: Connection) throws -> [ReplayedScan] {
        try connection.rows(
            """
            SELECT s.id, r.verdict, r.style, r.score, r.at_ms FROM vis_replay r
            JOIN vis_scan s ON s.scan_no = r.scan_no WHERE r.cat_no = ?1 ORDER BY r.scan_no DESC LIMIT ?2
            """, .integer(catalogue), .int(limit)
        ) { row in
            ReplayedScan(
                id: row.text(0), verdict: row.text(1), style: row.text(2), score: row.real(3),
                atMilliseconds: row.int(4))
        }
    }
}
