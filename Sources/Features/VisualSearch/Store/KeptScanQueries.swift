internal import Basics
internal import Storage

/// What was said about a scan, with the right answer as far as it was told.
public struct KeptFeedback: Sendable, Hashable {
    /// What is wrong, if anything.
    public let verdict: ScanFeedback
    /// The item that it is.
    public let sku: String?
    /// The category that it is of.
    public let category: String?
}

/// A scan that is kept: who asked, with which photo, for what, and the answer.
public struct KeptScan: Sendable {
    /// Its number, which grows.
    public let number: Int64
    /// The name of its catalogue.
    public let catalogue: String
    /// The user who asked.
    public let visitor: Int64
    /// The answer as it was told last.
    public let answer: ScanAnswer
    /// What was wished for, in the words of whoever keeps it.
    public let wish: [UInt8]
    /// When it was asked, in milliseconds since 1970.
    public let atMilliseconds: Int64
    /// When it is forgotten, in milliseconds since 1970.
    public let expiresMilliseconds: Int64
    /// What was said about it.
    public let feedback: KeptFeedback?
}

/// Reads and writes of scans by their own ids.
enum KeptScanQueries {
    /// Photos of which customers said what they show, the newest first: of right answers the item that was told first, of
    /// wrong ones the item that the customer named.
    static func told(
        of catalogue: Int64, limit: Int, _ connection: Connection
    ) throws -> [(sku: String, photo: BlobHash)] {
        try connection.rows(
            """
            SELECT f.verdict, f.sku, s.answer, s.sha256 FROM vis_feedback f JOIN vis_scan s ON s.scan_no = f.scan_no
            WHERE s.cat_no = ?1 AND (f.verdict = 'right' OR f.sku IS NOT NULL) ORDER BY f.scan_no DESC LIMIT ?2
            """, .integer(catalogue), .int(limit)
        ) { row -> (String, BlobHash)? in
            guard let photo = BlobHash(row.blob(3)) else { return nil }
            if let sku = row.textOrNil(1), !sku.isEmpty { return (sku, photo) }
            guard row.text(0) == "right", let answer = (try? JSON(parsing: row.bytesOfText(2))).flatMap(ScanAnswer.init)
            else { return nil }
            return (answer.groups + answer.similar).first.map { ($0.style, photo) }
        }.compactMap { $0 }
    }

    private static let columns = """
        s.scan_no, c.name, s.visitor, s.answer, s.wish, s.at_ms, s.expires_ms, f.verdict, f.sku, f.category
        """
    private static let tables = """
        vis_scan s JOIN vis_catalogue c ON c.cat_no = s.cat_no LEFT JOIN vis_feedback f ON f.scan_no = s.scan_no
        """

    /// Nil for a row whose answer cannot be read any more.
    private static func scan(_ row: Row) -> KeptScan? {
        guard let json = try? JSON(parsing: row.bytesOfText(3)), let answer = ScanAnswer(json) else { return nil }
        let feedback = row.textOrNil(7).flatMap(ScanFeedback.init(rawValue:)).map {
            KeptFeedback(verdict: $0, sku: row.textOrNil(8), category: row.textOrNil(9))
        }
        return KeptScan(
            number: row.int(0), catalogue: row.text(1), visitor: row.int(2), answer: answer,
            wish: row.bytesOfText(4), atMilliseconds: row.int(5), expiresMilliseconds: row.int(6), feedback: feedback)
    }

    static func scan(_ id: String, at now: Int64, _ connection: Connection) throws -> KeptScan? {
        try connection.first(
            "SELECT \(columns) FROM \(tables) WHERE s.id = ?1 AND s.expires_ms >= ?2", .text(id), .integer(now),
            map: scan) ?? nil
    }

    static func scan(number: Int64, _ connection: Connection) throws -> KeptScan? {
        try connection.first(
            "SELECT \(columns) FROM \(tables) WHERE s.scan_no = ?1", .integer(number), map: scan) ?? nil
    }

    /// Scans about which somebody said that they were wrong, in the order of their numbers.
    static func wrong(after number: Int64, limit: Int, _ connection: Connection) throws -> [KeptScan] {
        try connection.rows(
            """
            SELECT \(columns) FROM \(tables) WHERE s.scan_no > ?1 AND f.verdict <> 'right'
            ORDER BY s.scan_no LIMIT ?2
            """, .integer(number), .int(limit), map: scan
        ).compactMap { $0 }
    }

    /// Scans of a catalogue about which nobody has said anything, the newest first.
    static func unjudged(
        of catalogue: Int64, at now: Int64, limit: Int, _ connection: Connection
    ) throws -> [KeptScan] {
        try connection.rows(
            """
            SELECT \(columns) FROM \(tables) WHERE s.cat_no = ?1 AND s.expires_ms >= ?2 AND f.verdict IS NULL
            ORDER BY s.scan_no DESC LIMIT ?3
            """, .integer(catalogue), .integer(now), .int(limit), map: scan
        ).compactMap { $0 }
    }

    static func setOwner(_ visitor: Int64, wish: String, of id: String, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_scan SET visitor = ?2, wish = ?3 WHERE id = ?1", .text(id), .integer(visitor), .text(wish))
    }
}
