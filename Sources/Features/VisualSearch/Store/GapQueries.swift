internal import Basics
import Storage

/// A gap of a catalogue as it was found in a week.
public struct FoundGap: Sendable, Hashable {
    /// Its number.
    public let number: Int64
    /// The week of the run, such as `2026-W47`.
    public let week: String
    /// The category that most scans were told.
    public let category: String
    /// How many scans.
    public let scans: Int64
    /// By how many visitors.
    public let visitors: Int64
    /// Scans that are kept still and show it best.
    public let samples: [String]
    /// When it was found, in milliseconds since 1970.
    public let madeMilliseconds: Int64
}

/// Reads and writes of `vis_gap`.
enum GapQueries {
    /// Replaces the gaps of a week.
    static func replace(
        _ gaps: [CatalogueGap], week: String, generation: Int64, of catalogue: Int64, in context: WriteContext
    ) throws {
        try context.run("DELETE FROM vis_gap WHERE cat_no = ?1 AND week = ?2", .integer(catalogue), .text(week))
        for gap in gaps {
            try context.run(
                """
                INSERT INTO vis_gap(cat_no, week, category, scans, visitors, generation_no, centre, samples, made_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                """, .integer(catalogue), .text(week), .text(gap.category), .int(gap.count), .int(gap.visitors),
                .integer(generation), .blob(GenerationQueries.bytes(gap.centre)),
                .text(JSON.array(gap.samples.map { .string($0) }).text), .integer(context.now))
        }
    }

    static func weeks(of catalogue: Int64, _ connection: Connection) throws -> [String] {
        try connection.rows(
            "SELECT DISTINCT week FROM vis_gap WHERE cat_no = ?1 ORDER BY week DESC LIMIT 60", .integer(catalogue)
        ) { $0.text(0) }
    }

    /// The gaps of a week; those of most visitors first.
    static func gaps(of catalogue: Int64, week: String, _ connection: Connection) throws -> [FoundGap] {
        try connection.rows(
            """
            SELECT gap_no, week, category, scans, visitors, samples, made_ms FROM vis_gap
            WHERE cat_no = ?1 AND week = ?2 ORDER BY visitors DESC, scans DESC, gap_no LIMIT 1000
            """, .integer(catalogue), .text(week)
        ) { row in
            let samples = (try? JSON(parsing: row.bytesOfText(5)))?.arrayValue?.compactMap(\.stringValue) ?? []
            return FoundGap(
                number: row.int(0), week: row.text(1), category: row.text(2), scans: row.int(3), visitors: row.int(4),
                samples: try samples.filter { try isKept($0, connection) }, madeMilliseconds: row.int(6))
        }
    }

    /// A customer who deletes a scan takes its picture out of the gaps too.
    private static func isKept(_ scan: String, _ connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM vis_scan WHERE id = ?1", .text(scan)) { _ in true } ?? false
    }
}
