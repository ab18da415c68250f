import Basics
import Storage

/// Reads of scans for coverage, and counts of those that were forgotten.
enum CoverageQueries {
    private static let dayMilliseconds: Int64 = 86_400_000
    private static let columns = "s.id, s.at_ms, s.answer, s.visitor, f.verdict, r.decision"
    private static let tables = """
        vis_scan s LEFT JOIN vis_feedback f ON f.scan_no = s.scan_no
        LEFT JOIN vis_review r ON r.cat_no = s.cat_no AND r.kind = 'feedback' AND r.subject = s.scan_no
          AND r.decision IN ('yes', 'no')
        """

    /// Nil for a row whose answer cannot be read any more.
    private static func record(_ row: Row) -> ScanRecord? {
        guard let json = try? JSON(parsing: row.bytesOfText(2)), let answer = ScanAnswer(json) else { return nil }
        var isFound = false
        if case .sameItem = answer.verdict { isFound = true }
        // A customer who was not right in calling it wrong, by a person of the shop, counts as content.
        let said = row.textOrNil(4).flatMap(ScanFeedback.init(rawValue:)).map {
            $0 == .right || row.textOrNil(5) == "no"
        }
        return ScanRecord(
            id: row.text(0), day: Int(clamping: row.int(1) / dayMilliseconds),
            category: answer.category.final.first?.category ?? "", isFound: isFound, feedback: said,
            visitor: String(row.int(3)))
    }

    /// Scans that are kept, the newest first.
    static func records(of catalogue: Int64, limit: Int, _ connection: Connection) throws -> [ScanRecord] {
        try connection.rows(
            "SELECT \(columns) FROM \(tables) WHERE s.cat_no = ?1 ORDER BY s.scan_no DESC LIMIT ?2",
            .integer(catalogue), .int(limit), map: record
        ).compactMap { $0 }
    }

    /// Counts a scan that is about to be forgotten.
    static func count(_ scan: Int64, in context: WriteContext) throws {
        let found =
            try context.first(
                "SELECT \(columns), s.cat_no FROM \(tables) WHERE s.scan_no = ?1", .integer(scan)
            ) { row in record(row).map { ($0, row.int(6)) } } ?? nil
        guard let (record, catalogue) = found else { return }
        try context.run(
            """
            INSERT INTO vis_coverage(cat_no, week_day, category, scans, found, was_right, was_wrong)
            VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6) ON CONFLICT (cat_no, week_day, category) DO UPDATE SET
              scans = vis_coverage.scans + 1, found = vis_coverage.found + excluded.found,
              was_right = vis_coverage.was_right + excluded.was_right,
              was_wrong = vis_coverage.was_wrong + excluded.was_wrong
            """, .integer(catalogue), .int(monday(of: record.day)), .text(record.category), .bool(record.isFound),
            .bool(record.isFound && record.feedback == true), .bool(record.isFound && record.feedback == false))
    }

    /// The Monday of a day's week; 1 January 1970 was a Thursday.
    private static func monday(of day: Int) -> Int { day - (((day + 3) % 7) + 7) % 7 }

    /// What was counted, week by week.
    static func counted(of catalogue: Int64, _ connection: Connection) throws -> [Coverage.Cell] {
        try connection.rows(
            "SELECT week_day, category, scans, found, was_right, was_wrong FROM vis_coverage WHERE cat_no = ?1",
            .integer(catalogue)
        ) { row in
            Coverage.Cell(
                week: CalendarWeek(day: Int(clamping: row.int(0))), category: row.text(1),
                scans: Int(clamping: row.int(2)), found: Int(clamping: row.int(3)), right: Int(clamping: row.int(4)),
                wrong: Int(clamping: row.int(5)))
        }
    }

    /// Pictures that are there, those of them that another answers for, and the bytes of both.
    static func copies(of catalogue: Int64, _ connection: Connection) throws -> CopyShare {
        try connection.first(
            """
            SELECT COUNT(*), COUNT(p.alias_of), SUM(p.bytes), SUM(CASE WHEN p.alias_of IS NULL THEN 0 ELSE p.bytes END)
            FROM vis_picture p JOIN vis_item i ON i.item_no = p.item_no
            WHERE p.cat_no = ?1 AND p.removal_no IS NULL AND i.removal_no IS NULL
            """, .integer(catalogue)
        ) {
            CopyShare(
                pictures: $0.int(0), copies: $0.int(1), bytes: $0.intOrNil(2) ?? 0, copyBytes: $0.intOrNil(3) ?? 0)
        } ?? CopyShare(pictures: 0, copies: 0, bytes: 0, copyBytes: 0)
    }
}
