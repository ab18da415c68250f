import Storage

/// What became of a line or a picture of an import.
public enum ImportOutcome: String, Sendable, Hashable, CaseIterable {
    /// It is new, or was changed.
    case accepted
    /// It was there already, exactly so.
    case unchanged
    /// A picture that is a copy; another one answers for it.
    case alias
    /// A picture that may be a copy: it is searchable, and a person is asked.
    case review
    /// It was not taken, for the reason beside.
    case refused
}

/// A line of an import's report.
public struct ImportLine: Sendable, Hashable {
    /// The number of the line in the file, from 1; for a folder the number of the sub-folder.
    public let line: Int
    /// The item's key, as far as it could be read.
    public let sku: String
    /// What became of the item.
    public let outcome: ImportOutcome
    /// Why it was refused.
    public let cause: String?
    /// The item.
    public let item: Int64?
}

/// A picture of an import's report.
public struct ImportPicture: Sendable, Hashable {
    /// The line that names it.
    public let line: Int
    /// Its place among the line's pictures, from 0.
    public let place: Int
    /// Its file or address.
    public let name: String
    /// What became of it.
    public let outcome: ImportOutcome
    /// Why it was refused.
    public let cause: String?
    /// The picture in the catalogue.
    public let picture: Int64?
    /// The picture that it is, or may be, a copy of.
    public let other: Int64?
}

/// Reads and writes of `vis_import` and its lines.
enum ImportQueries {
    static func begin(job: Int64, source: String, of catalogue: Int64, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO vis_import(job_no, cat_no, source, made_ms) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (job_no) DO NOTHING
            """, .integer(job), .integer(catalogue), .text(source), .integer(context.now))
    }

    static func source(of job: Int64, _ connection: Connection) throws -> String? {
        try connection.first("SELECT source FROM vis_import WHERE job_no = ?1", .integer(job)) { $0.text(0) }
    }

    /// Writes down what became of a line and its pictures, in one step: a line that is here is never worked on again.
    static func put(
        _ line: ImportLine, pictures: [ImportPicture], job: Int64, in context: WriteContext
    ) throws {
        try context.run(
            """
            INSERT INTO vis_import_line(job_no, line, sku, outcome, cause, item_no) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (job_no, line) DO NOTHING
            """, .integer(job), .int(line.line), .text(line.sku), .text(line.outcome.rawValue), .optional(line.cause),
            .optional(line.item))
        for picture in pictures {
            try context.run(
                """
                INSERT INTO vis_import_picture(job_no, line, place, name, outcome, cause, picture_no, other_no)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (job_no, line, place) DO NOTHING
                """, .integer(job), .int(picture.line), .int(picture.place), .text(picture.name),
                .text(picture.outcome.rawValue), .optional(picture.cause), .optional(picture.picture),
                .optional(picture.other))
        }
    }

    static func doneLines(of job: Int64, _ connection: Connection) throws -> Set<Int> {
        Set(try connection.rows("SELECT line FROM vis_import_line WHERE job_no = ?1", .integer(job)) { Int($0.int(0)) })
    }

    static func lines(of job: Int64, after line: Int, limit: Int, _ connection: Connection) throws -> [ImportLine] {
        try connection.rows(
            """
            SELECT line, sku, outcome, cause, item_no FROM vis_import_line WHERE job_no = ?1 AND line > ?2
            ORDER BY line LIMIT ?3
            """, .integer(job), .int(line), .int(limit)
        ) { row in
            ImportLine(
                line: Int(clamping: row.int(0)), sku: row.text(1),
                outcome: ImportOutcome(rawValue: row.text(2)) ?? .refused, cause: row.textOrNil(3),
                item: row.intOrNil(4))
        }
    }

    static func pictures(of job: Int64, lines: ClosedRange<Int>, _ connection: Connection) throws -> [ImportPicture] {
        try connection.rows(
            """
            SELECT line, place, name, outcome, cause, picture_no, other_no FROM vis_import_picture
            WHERE job_no = ?1 AND line BETWEEN ?2 AND ?3 ORDER BY line, place
            """, .integer(job), .int(lines.lowerBound), .int(lines.upperBound)
        ) { row in
            ImportPicture(
                line: Int(clamping: row.int(0)), place: Int(clamping: row.int(1)), name: row.text(2),
                outcome: ImportOutcome(rawValue: row.text(3)) ?? .refused, cause: row.textOrNil(4),
                picture: row.intOrNil(5), other: row.intOrNil(6))
        }
    }

    static func counts(
        of job: Int64, _ connection: Connection
    ) throws -> (lines: [ImportOutcome: Int], pictures: [ImportOutcome: Int]) {
        func counts(_ sql: String) throws -> [ImportOutcome: Int] {
            var counts: [ImportOutcome: Int] = [:]
            try connection.forEach(sql, .integer(job)) { row in
                if let outcome = ImportOutcome(rawValue: row.text(0)) { counts[outcome] = Int(clamping: row.int(1)) }
                return true
            }
            return counts
        }
        return (
            try counts("SELECT outcome, COUNT(*) FROM vis_import_line WHERE job_no = ?1 GROUP BY outcome"),
            try counts("SELECT outcome, COUNT(*) FROM vis_import_picture WHERE job_no = ?1 GROUP BY outcome")
        )
    }
}
