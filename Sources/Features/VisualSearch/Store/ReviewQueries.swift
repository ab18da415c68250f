public import Basics
import Storage

/// Something that a person is asked to decide.
public struct CatalogueReview: Sendable, Hashable {
    /// What the question is about.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Are two pictures of one seller one picture? Subject and other are pictures.
        case duplicate
        /// Does a picture not belong to its item? The subject is the picture, the other its item.
        case noise
        /// Are two items one thing? Subject and other are items.
        case merge
        /// Does an item belong to another category than its own, as its title says? The subject is the item, the other
        /// the category.
        case category
        /// Is a customer right who called an answer wrong? The subject is the scan, the other the item that is meant.
        case feedback
        /// Is a detector's box right? The subject is the box, the other its picture.
        case box
    }

    /// What was decided.
    public enum Decision: String, Sendable, Hashable {
        /// Yes: it is carried out.
        case yes
        /// No: everything stays.
        case no
        /// Nobody was asked: what it was about has gone.
        case gone
    }

    /// Its number.
    public let number: Int64
    /// What it is about.
    public let kind: Kind
    /// A picture or an item.
    public let subject: Int64
    /// A picture or an item.
    public let other: Int64
    /// How likely a yes is, by what proposed it.
    public let score: Double
    /// What it was proposed for.
    public let evidence: JSON
    /// What was decided; nil while it is open.
    public let decision: Decision?
    /// Who decided.
    public let by: String?
    /// When it was decided, in milliseconds since 1970.
    public let decidedMilliseconds: Int64?
    /// Who has it before them.
    public let heldBy: String?
    /// Until when, in milliseconds since 1970.
    public let heldUntilMilliseconds: Int64?
    /// What a yes changed, to undo it: the number of a removal, or of a group before.
    let effect: String?

    /// Whether somebody else has it before them.
    func isHeld(against whom: String, at now: Int64) -> Bool {
        guard let heldBy, heldBy != whom else { return false }
        return (heldUntilMilliseconds ?? 0) > now
    }
}

/// Reads and writes of `vis_review`.
enum ReviewQueries {
    static let columns = """
        review_no, kind, subject, other, score, evidence, decision, by_whom, effect, decided_ms, held_by, held_until_ms
        """

    static func review(_ row: Row) throws -> CatalogueReview {
        guard let kind = CatalogueReview.Kind(rawValue: row.text(1)) else {
            throw StorageError(.damaged, "Review \(row.int(0)) has the unknown kind \(row.text(1)).")
        }
        return CatalogueReview(
            number: row.int(0), kind: kind, subject: row.int(2), other: row.int(3), score: row.real(4),
            evidence: (try? JSON(parsing: row.bytesOfText(5))) ?? .null,
            decision: row.textOrNil(6).flatMap(CatalogueReview.Decision.init), by: row.textOrNil(7),
            decidedMilliseconds: row.intOrNil(9), heldBy: row.textOrNil(10), heldUntilMilliseconds: row.intOrNil(11),
            effect: row.textOrNil(8))
    }

    /// Proposes something; what was proposed before stays as it was, decided or not.
    ///
    /// - Returns: Whether it is new.
    @discardableResult
    static func propose(
        _ kind: CatalogueReview.Kind, subject: Int64, other: Int64, score: Double, evidence: JSON,
        of catalogue: Int64, in context: WriteContext
    ) throws -> Bool {
        try context.run(
            """
            INSERT INTO vis_review(cat_no, kind, subject, other, score, evidence, made_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (cat_no, kind, subject, other) DO NOTHING
            """, .integer(catalogue), .text(kind.rawValue), .integer(subject), .integer(other), .real(score),
            .text(evidence.text), .integer(context.now)) > 0
    }

    static func review(_ number: Int64, of catalogue: Int64, _ connection: Connection) throws -> CatalogueReview? {
        try connection.first(
            "SELECT \(columns) FROM vis_review WHERE review_no = ?1 AND cat_no = ?2", .integer(number),
            .integer(catalogue), map: review)
    }

    static func number(
        _ kind: CatalogueReview.Kind, subject: Int64, other: Int64, of catalogue: Int64, _ connection: Connection
    ) throws -> Int64? {
        try connection.first(
            """
            SELECT review_no FROM vis_review WHERE cat_no = ?1 AND kind = ?2 AND subject = ?3 AND other = ?4
            """, .integer(catalogue), .text(kind.rawValue), .integer(subject), .integer(other)
        ) { $0.int(0) }
    }

    /// The merge that made a group.
    static func lastMerge(into group: Int64, of catalogue: Int64, _ connection: Connection) throws -> Int64? {
        var found: Int64?
        try connection.forEach(
            """
            SELECT review_no, effect FROM vis_review WHERE cat_no = ?1 AND kind = 'merge' AND decision = 'yes'
            ORDER BY decided_ms DESC, review_no DESC
            """, .integer(catalogue)
        ) { row in
            let effect = try? JSON(parsing: row.bytesOfText(1))
            if effect?["group"]?.intValue == group { found = row.int(0) }
            return found == nil
        }
        return found
    }

    /// Open questions of a kind, by number.
    static func open(
        _ kind: CatalogueReview.Kind, of catalogue: Int64, after number: Int64, limit: Int, _ connection: Connection
    ) throws -> [CatalogueReview] {
        try connection.rows(
            """
            SELECT \(columns) FROM vis_review WHERE cat_no = ?1 AND kind = ?2 AND review_no > ?3 AND decision IS NULL
            ORDER BY review_no LIMIT ?4
            """, .integer(catalogue), .text(kind.rawValue), .integer(number), .int(limit), map: review)
    }

    static func counts(
        of catalogue: Int64, _ connection: Connection
    ) throws -> [CatalogueReview.Kind: (open: Int64, decided: Int64)] {
        var counts: [CatalogueReview.Kind: (open: Int64, decided: Int64)] = [:]
        try connection.forEach(
            "SELECT kind, COUNT(*), COUNT(decision) FROM vis_review WHERE cat_no = ?1 GROUP BY kind",
            .integer(catalogue)
        ) { row in
            if let kind = CatalogueReview.Kind(rawValue: row.text(0)) {
                counts[kind] = (row.int(1) - row.int(2), row.int(2))
            }
            return true
        }
        return counts
    }

    /// Writes a decision down, unless somebody was first.
    static func decide(
        _ number: Int64, _ decision: CatalogueReview.Decision, by whom: String, effect: String?,
        in context: WriteContext
    ) throws -> Bool {
        try context.run(
            """
            UPDATE vis_review SET decision = ?2, by_whom = ?3, decided_ms = ?4, effect = ?5, held_by = NULL,
              held_until_ms = NULL
            WHERE review_no = ?1 AND decision IS NULL
            """, .integer(number), .text(decision.rawValue), .text(whom), .integer(context.now), .optional(effect)) > 0
    }

    /// Drops open questions about something.
    static func dropOpen(
        _ kind: CatalogueReview.Kind, subject: Int64, of catalogue: Int64, in context: WriteContext
    ) throws {
        try context.run(
            "DELETE FROM vis_review WHERE cat_no = ?1 AND kind = ?2 AND subject = ?3 AND decision IS NULL",
            .integer(catalogue), .text(kind.rawValue), .integer(subject))
    }

    static func reopen(_ number: Int64, in context: WriteContext) throws {
        try context.run(
            """
            UPDATE vis_review SET decision = NULL, by_whom = NULL, decided_ms = NULL, effect = NULL, held_by = NULL,
              held_until_ms = NULL
            WHERE review_no = ?1
            """, .integer(number))
    }
}
