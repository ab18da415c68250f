import Storage

/// A line of the log of decisions. Lines are added and never changed: taking a decision back is a line of its own.
public struct ReviewLogLine: Sendable, Hashable {
    /// What somebody did.
    public enum Act: String, Sendable, Hashable {
        /// Said yes.
        case yes
        /// Said no.
        case no
        /// Left it for somebody else.
        case skip
        /// Left it, and came back to it.
        case unskip
        /// Took the decision back.
        case undo
        /// Nobody did: what it was about has gone.
        case gone
    }

    /// Its number.
    public let number: Int64
    /// The question.
    public let review: Int64
    /// What that is about.
    public let kind: CatalogueReview.Kind
    /// What was done.
    public let act: Act
    /// By whom.
    public let by: String
    /// Why, in their words.
    public let why: String
    /// How long it was looked at, in milliseconds.
    public let tookMilliseconds: Int64?
    /// Whether it is a second opinion, which changes nothing.
    public let isSecond: Bool
    /// When, in milliseconds since 1970.
    public let atMilliseconds: Int64
}

/// How far people have come with one kind of questions.
public struct ReviewProgress: Sendable, Hashable {
    /// The kind.
    public let kind: CatalogueReview.Kind
    /// Questions that wait.
    public var open: Int64 = 0
    /// Those of them that somebody has before them.
    public var held: Int64 = 0
    /// Answered with yes.
    public var yes: Int64 = 0
    /// Answered with no.
    public var no: Int64 = 0
    /// The mean time of a decision in seconds; nil before the first.
    public var seconds: Double?
    /// Second opinions.
    public var opinions: Int64 = 0
    /// Those that agree with the first.
    public var agreeing: Int64 = 0
}

/// Reads and writes of who has what before them, and of the log.
enum ReviewDeskQueries {
    /// What somebody skipped is not shown to them again for so long: 12 hours.
    static let skippedMilliseconds: Int64 = 12 * 3_600_000

    /// Not skipped by ?3 since ?5, unless they came back to it.
    private static let isNotSkipped = """
        NOT EXISTS (SELECT 1 FROM vis_decision d WHERE d.review_no = r.review_no AND d.act = 'skip' AND d.by_whom = ?3
          AND d.at_ms > ?5 AND NOT EXISTS (SELECT 1 FROM vis_decision u WHERE u.review_no = d.review_no
            AND u.by_whom = d.by_whom AND u.act = 'unskip' AND u.decision_no > d.decision_no))
        """

    /// Which questions somebody wants.
    struct Wish {
        let kind: CatalogueReview.Kind?
        let whom: String
        let limit: Int
        /// Whether those that they skipped come again.
        let again: Bool
    }

    /// Open questions that nobody else has before them, in the order in which they came.
    static func free(
        _ wish: Wish, of catalogue: Int64, at now: Int64, _ connection: Connection
    ) throws -> [CatalogueReview] {
        try connection.rows(
            """
            SELECT \(ReviewQueries.columns) FROM vis_review r
            WHERE cat_no = ?1 AND decision IS NULL AND (?2 = '' OR kind = ?2)
              AND (held_by IS NULL OR held_by = ?3 OR held_until_ms <= ?4)
              AND \(isNotSkipped)
            ORDER BY review_no LIMIT ?6
            """, .integer(catalogue), .text(wish.kind?.rawValue ?? ""), .text(wish.whom), .integer(now),
            .integer(wish.again ? Int64.max : now - skippedMilliseconds), .int(wish.limit), map: ReviewQueries.review)
    }

    /// Decided questions of others on which nobody has given a second opinion, the newest first.
    static func decided(
        _ wish: Wish, of catalogue: Int64, at now: Int64, _ connection: Connection
    ) throws -> [CatalogueReview] {
        try connection.rows(
            """
            SELECT \(ReviewQueries.columns) FROM vis_review r
            WHERE cat_no = ?1 AND decision IN ('yes', 'no') AND by_whom <> ?3 AND (?2 = '' OR kind = ?2)
              AND (held_by IS NULL OR held_by = ?3 OR held_until_ms <= ?4)
              AND NOT EXISTS (SELECT 1 FROM vis_decision d WHERE d.review_no = r.review_no AND d.is_second = 1)
              AND \(isNotSkipped)
            ORDER BY decided_ms DESC, review_no DESC LIMIT ?6
            """, .integer(catalogue), .text(wish.kind?.rawValue ?? ""), .text(wish.whom), .integer(now),
            .integer(wish.again ? Int64.max : now - skippedMilliseconds), .int(wish.limit), map: ReviewQueries.review)
    }

    static func hold(_ review: Int64, by whom: String, until: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_review SET held_by = ?2, held_until_ms = ?3 WHERE review_no = ?1", .integer(review),
            .text(whom), .integer(until))
    }

    /// Lets go of what somebody has before them; all of it without a number.
    static func release(_ review: Int64?, by whom: String, of catalogue: Int64, in context: WriteContext) throws {
        try context.run(
            """
            UPDATE vis_review SET held_by = NULL, held_until_ms = NULL
            WHERE cat_no = ?1 AND held_by = ?2 AND (?3 IS NULL OR review_no = ?3)
            """, .integer(catalogue), .text(whom), .optional(review))
    }

    // MARK: The log

    static func log(
        _ act: ReviewLogLine.Act, on review: CatalogueReview, by whom: String, why: String = "", took: Int64? = nil,
        isSecond: Bool = false, of catalogue: Int64, in context: WriteContext
    ) throws {
        try context.run(
            """
            INSERT INTO vis_decision(cat_no, review_no, kind, act, by_whom, why, took_ms, is_second, at_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """, .integer(catalogue), .integer(review.number), .text(review.kind.rawValue), .text(act.rawValue),
            .text(whom), .text(why), .optional(took), .bool(isSecond), .integer(context.now))
    }

    /// The newest lines first.
    static func lines(
        of catalogue: Int64, before number: Int64, review: Int64?, limit: Int, _ connection: Connection
    ) throws -> [ReviewLogLine] {
        try connection.rows(
            """
            SELECT decision_no, review_no, kind, act, by_whom, why, took_ms, is_second, at_ms FROM vis_decision
            WHERE cat_no = ?1 AND decision_no < ?2 AND (?3 IS NULL OR review_no = ?3) ORDER BY decision_no DESC LIMIT ?4
            """, .integer(catalogue), .integer(number), .optional(review), .int(limit)
        ) { row -> ReviewLogLine? in
            guard let kind = CatalogueReview.Kind(rawValue: row.text(2)),
                let act = ReviewLogLine.Act(rawValue: row.text(3))
            else { return nil }
            return ReviewLogLine(
                number: row.int(0), review: row.int(1), kind: kind, act: act, by: row.text(4), why: row.text(5),
                tookMilliseconds: row.intOrNil(6), isSecond: row.bool(7), atMilliseconds: row.int(8))
        }.compactMap { $0 }
    }

    /// How far people have come, a row a kind.
    static func progress(of catalogue: Int64, at now: Int64, _ connection: Connection) throws -> [ReviewProgress] {
        var rows: [CatalogueReview.Kind: ReviewProgress] = [:]
        try connection.forEach(
            """
            SELECT kind, COUNT(*) FILTER (WHERE decision IS NULL),
              COUNT(*) FILTER (WHERE decision IS NULL AND held_by IS NOT NULL AND held_until_ms > ?2),
              COUNT(*) FILTER (WHERE decision = 'yes'), COUNT(*) FILTER (WHERE decision = 'no')
            FROM vis_review WHERE cat_no = ?1 GROUP BY kind
            """, .integer(catalogue), .integer(now)
        ) { row in
            guard let kind = CatalogueReview.Kind(rawValue: row.text(0)) else { return true }
            rows[kind] = ReviewProgress(
                kind: kind, open: row.int(1), held: row.int(2), yes: row.int(3), no: row.int(4))
            return true
        }
        try connection.forEach(
            """
            SELECT d.kind, AVG(CASE WHEN d.is_second = 0 THEN d.took_ms END), SUM(d.is_second),
              COUNT(*) FILTER (WHERE d.is_second = 1 AND d.act = r.decision)
            FROM vis_decision d JOIN vis_review r ON r.review_no = d.review_no
            WHERE d.cat_no = ?1 AND d.act IN ('yes', 'no') GROUP BY d.kind
            """, .integer(catalogue)
        ) { row in
            guard let kind = CatalogueReview.Kind(rawValue: row.text(0)) else { return true }
            rows[kind]?.seconds = row.realOrNil(1).map { $0 / 1_000 }
            rows[kind]?.opinions = row.int(2)
            rows[kind]?.agreeing = row.int(3)
            return true
        }
        return CatalogueReview.Kind.allCases.map { rows[$0] ?? ReviewProgress(kind: $0) }
    }
}
