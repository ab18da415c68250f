import Basics
import Storage

/// A customer's photo beside an item, and whether it shows it.
struct JudgedPhoto: Sendable {
    let scan: Int64
    let photo: BlobHash
    let answer: ScanAnswer
    let visitor: Int64
    let atMilliseconds: Int64
    /// The item's SKU.
    let sku: String
    /// Whether the photo shows it.
    let isSame: Bool
    /// Whether a person of the shop said so, and not the customer alone.
    let isReviewed: Bool
}

/// Reads of what people said about scans, for those who train models.
enum TrainingQueries {
    /// Judged photos by scans after a number. What a person of the shop decided stands above the customer's word.
    ///
    /// - Returns: The pairs, and the number of the last scan that was looked at; nil after the last one.
    static func judged(
        of catalogue: Int64, after number: Int64, limit: Int, _ connection: Connection
    ) throws -> (pairs: [JudgedPhoto], last: Int64?) {
        var last: Int64?
        let rows = try connection.rows(
            """
            SELECT s.scan_no, s.sha256, s.answer, s.visitor, s.at_ms, f.verdict, f.sku FROM vis_scan s
            LEFT JOIN vis_feedback f ON f.scan_no = s.scan_no
            WHERE s.cat_no = ?1 AND s.scan_no > ?2 ORDER BY s.scan_no LIMIT ?3
            """, .integer(catalogue), .integer(number), .int(limit)
        ) { row -> Said? in
            last = row.int(0)
            return Said(row)
        }
        var pairs: [JudgedPhoto] = []
        for said in rows.compactMap({ $0 }) {
            var known = said.pairs
            for (sku, isSame) in try decided(about: said.scan, of: catalogue, connection) {
                known[sku] = (isSame, true)
            }
            pairs += known.sorted { $0.key < $1.key }.map { sku, judgement in
                said.pair(sku, isSame: judgement.isSame, isReviewed: judgement.isReviewed)
            }
        }
        return (pairs, last)
    }

    /// A scan with what the customer said.
    private struct Said {
        let scan: Int64
        let photo: BlobHash
        let answer: ScanAnswer
        let visitor: Int64
        let at: Int64
        let verdict: ScanFeedback?
        let sku: String?

        init?(_ row: Row) {
            guard let photo = BlobHash(row.blob(1)),
                let answer = (try? JSON(parsing: row.bytesOfText(2))).flatMap(ScanAnswer.init)
            else { return nil }
            (scan, self.photo, self.answer) = (row.int(0), photo, answer)
            (visitor, at) = (row.int(3), row.int(4))
            verdict = row.textOrNil(5).flatMap(ScanFeedback.init(rawValue:))
            sku = row.textOrNil(6)
        }

        /// What the customer's word means: of a right answer and of a wrong one the item that was told first, and the
        /// one that the customer named.
        var pairs: [String: (isSame: Bool, isReviewed: Bool)] {
            var pairs: [String: (isSame: Bool, isReviewed: Bool)] = [:]
            let told = (answer.groups.first ?? answer.similar.first)?.style
            if let told, verdict == .right { pairs[told] = (true, false) }
            if let told, verdict == .wrongItem { pairs[told] = (false, false) }
            if let sku, !sku.isEmpty { pairs[sku] = (true, false) }
            return pairs
        }

        func pair(_ sku: String, isSame: Bool, isReviewed: Bool) -> JudgedPhoto {
            JudgedPhoto(
                scan: scan, photo: photo, answer: answer, visitor: visitor, atMilliseconds: at, sku: sku,
                isSame: isSame, isReviewed: isReviewed)
        }
    }

    /// What people of the shop decided about a scan: "is it this?" with yes, or "is it not this?" with no, is the item.
    private static func decided(
        about scan: Int64, of catalogue: Int64, _ connection: Connection
    ) throws -> [(sku: String, isSame: Bool)] {
        let reviews = try connection.rows(
            """
            SELECT \(ReviewQueries.columns) FROM vis_review
            WHERE cat_no = ?1 AND kind = 'feedback' AND subject = ?2 AND decision IN ('yes', 'no') ORDER BY review_no
            """, .integer(catalogue), .integer(scan), map: ReviewQueries.review)
        return try reviews.compactMap { review in
            let isAbout = review.evidence["asks"]?.stringValue == "is_it_this"
            // A wrong box or category says nothing about the item.
            let verdict = review.evidence["verdict"]?.stringValue
            guard isAbout || verdict == nil || verdict == ScanFeedback.wrongItem.rawValue,
                let item = try ItemQueries.item(review.other, connection)
            else { return nil }
            return (item.draft.sku, (review.decision == .yes) == isAbout)
        }
    }
}
