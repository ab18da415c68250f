public import Basics
public import Imaging
import Storage

/// A box of the set, with where it comes from.
public struct LabelBox: Sendable, Hashable {
    /// Whether it counts.
    public enum State: String, Sendable, Hashable {
        /// It is a label.
        case accepted
        /// A person has yet to decide.
        case unsure
        /// A person said no.
        case rejected
        /// The model was too unsure: neither thing nor ground, left out of the loss.
        case masked
        /// It was taken away, or its round was.
        case removed
    }

    /// Who drew it first.
    public enum Source: String, Sendable, Hashable {
        /// Somebody by hand.
        case person
        /// A model.
        case model
        /// It came in a file of boxes.
        case imported
    }

    /// Its number.
    public let number: Int64
    /// The picture.
    public let picture: Int64
    /// Where and what, in upright pixels.
    public let box: LabelSet.Box
    /// Who drew it first.
    public let source: Source
    /// The model, or the file's name.
    public let model: String
    /// How sure the model was.
    public let score: Double?
    /// The round of labelling that it came with.
    public let round: Int64?
    /// Whether it counts.
    public let state: State
    /// Who confirmed it, or drew it.
    public let confirmedBy: String?
}

/// Something that happened to a box.
public struct LabelEvent: Sendable, Hashable {
    /// The box.
    public let box: Int64
    /// `drawn`, `proposed`, `imported`, `changed`, `confirmed`, `rejected`, `removed`, `reopened`.
    public let act: String
    /// Who, or which model.
    public let by: String
    /// How the box was afterwards: edges, category, state.
    public let shape: JSON
    /// When, in milliseconds since 1970.
    public let atMilliseconds: Int64
}

/// Reads and writes of `vis_label_box` and `vis_label_event`.
enum LabelBoxQueries {
    private static let columns = """
        box_no, label_no, box_left, box_top, box_right, box_bottom, category, source, model, score, round_no, state,
        confirmed_by
        """

    private static func box(_ row: Row) throws -> LabelBox {
        guard let source = LabelBox.Source(rawValue: row.text(7)), let state = LabelBox.State(rawValue: row.text(11)),
            let box = LabelSet.Box(
                left: row.real(2), top: row.real(3), right: row.real(4), bottom: row.real(5), category: row.text(6))
        else { throw StorageError(.damaged, "The row of box \(row.int(0)) is damaged.") }
        return LabelBox(
            number: row.int(0), picture: row.int(1), box: box, source: source, model: row.text(8),
            score: row.realOrNil(9), round: row.intOrNil(10), state: state, confirmedBy: row.textOrNil(12))
    }

    static func box(_ number: Int64, _ connection: Connection) throws -> LabelBox? {
        try connection.first(
            "SELECT \(columns) FROM vis_label_box WHERE box_no = ?1", .integer(number), map: box)
    }

    /// All boxes of a picture that ever were, in the order in which they came.
    static func boxes(of picture: Int64, _ connection: Connection) throws -> [LabelBox] {
        try connection.rows(
            "SELECT \(columns) FROM vis_label_box WHERE label_no = ?1 ORDER BY box_no", .integer(picture), map: box)
    }

    static func boxes(ofRound round: Int64, _ connection: Connection) throws -> [LabelBox] {
        try connection.rows(
            "SELECT \(columns) FROM vis_label_box WHERE round_no = ?1 ORDER BY box_no", .integer(round), map: box)
    }

    /// What a new box is.
    struct Draft {
        let picture: Int64
        let box: LabelSet.Box
        var source = LabelBox.Source.person
        var model = ""
        var score: Double?
        var round: Int64?
        var state = LabelBox.State.accepted
        var isAudited = false
        var confirmedBy: String?
    }

    @discardableResult
    static func insert(_ draft: Draft, act: String, by whom: String, of catalogue: Int64, in context: WriteContext)
        throws
        -> Int64
    {
        let number = try context.first(
            """
            INSERT INTO vis_label_box(label_no, box_left, box_top, box_right, box_bottom, category, source, model, score,
              round_no, state, is_audited, confirmed_by, at_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) RETURNING box_no
            """, .integer(draft.picture), .real(draft.box.left), .real(draft.box.top), .real(draft.box.right),
            .real(draft.box.bottom), .text(draft.box.category), .text(draft.source.rawValue), .text(draft.model),
            draft.score.map { .real($0) } ?? .null, .optional(draft.round), .text(draft.state.rawValue),
            .bool(draft.isAudited), .optional(draft.confirmedBy), .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The box was not stored.") }
        // What a model was too unsure of is a hint for training, and nothing that a person follows.
        if draft.state != .masked { try log(act, number, by: whom, of: catalogue, in: context) }
        return number
    }

    /// Changes where a box is, what it shows and whether it counts.
    static func change(
        _ number: Int64, to box: LabelSet.Box, state: LabelBox.State, confirmedBy: String?, act: String,
        by whom: String, of catalogue: Int64, in context: WriteContext
    ) throws {
        try context.run(
            """
            UPDATE vis_label_box SET box_left = ?2, box_top = ?3, box_right = ?4, box_bottom = ?5, category = ?6,
              state = ?7, confirmed_by = ?8 WHERE box_no = ?1
            """, .integer(number), .real(box.left), .real(box.top), .real(box.right), .real(box.bottom),
            .text(box.category), .text(state.rawValue), .optional(confirmedBy))
        try log(act, number, by: whom, of: catalogue, in: context)
    }

    // MARK: Decisions

    /// A person's word on a box.
    ///
    /// - Returns: How it stood before.
    static func judge(
        _ number: Int64, isRight: Bool, by whom: String, of catalogue: Int64, in context: WriteContext
    ) throws -> JSON? {
        guard let known = try box(number, context.connection), known.state == .unsure || known.state == .accepted else {
            throw RequestError(
                status: 409, code: "gone", message: "The box was changed or taken away. Go on with the next question.")
        }
        try change(
            number, to: known.box, state: isRight ? .accepted : .rejected, confirmedBy: whom,
            act: isRight ? "confirmed" : "rejected", by: whom, of: catalogue, in: context)
        try touch(known.picture, by: whom, in: context)
        return ["state": .string(known.state.rawValue), "confirmed_by": known.confirmedBy.map { .string($0) } ?? .null]
    }

    /// Takes a person's word back.
    static func unjudge(
        _ number: Int64, _ effect: JSON?, by whom: String, of catalogue: Int64, in context: WriteContext
    ) throws {
        guard let known = try box(number, context.connection),
            let state = effect?["state"]?.stringValue.flatMap(LabelBox.State.init)
        else { return }
        guard known.state == .accepted || known.state == .rejected else {
            throw RequestError(
                status: 409, code: "later_change",
                message: "The box was changed again since then. Open its picture and change it there.")
        }
        try change(
            number, to: known.box, state: state, confirmedBy: effect?["confirmed_by"]?.stringValue, act: "reopened",
            by: whom, of: catalogue, in: context)
        try touch(known.picture, by: whom, in: context)
    }

    private static func touch(_ picture: Int64, by whom: String, in context: WriteContext) throws {
        try context.run(
            """
            UPDATE vis_label_picture SET revision = revision + 1, edited_by = ?2, edited_ms = ?3 WHERE label_no = ?1
            """, .integer(picture), .text(whom), .integer(context.now))
    }

    // MARK: History

    private static func log(
        _ act: String, _ number: Int64, by whom: String, of catalogue: Int64, in context: WriteContext
    ) throws {
        guard let known = try box(number, context.connection) else { return }
        try context.run(
            """
            INSERT INTO vis_label_event(cat_no, label_no, box_no, act, by_whom, shape, at_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, .integer(catalogue), .integer(known.picture), .integer(number), .text(act), .text(whom),
            .text(known.shape.text), .integer(context.now))
    }

    /// What happened to the boxes of a picture, the newest first.
    static func events(of picture: Int64, limit: Int, _ connection: Connection) throws -> [LabelEvent] {
        try connection.rows(
            """
            SELECT box_no, act, by_whom, shape, at_ms FROM vis_label_event WHERE label_no = ?1
            ORDER BY event_no DESC LIMIT ?2
            """, .integer(picture), .int(limit)
        ) { row in
            LabelEvent(
                box: row.int(0), act: row.text(1), by: row.text(2),
                shape: (try? JSON(parsing: row.bytesOfText(3))) ?? .null, atMilliseconds: row.int(4))
        }
    }

    /// Boxes that train, by category.
    static func counts(of catalogue: Int64, _ connection: Connection) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        try connection.forEach(
            """
            SELECT b.category, COUNT(*) FROM vis_label_box b JOIN vis_label_picture p ON p.label_no = b.label_no
            WHERE p.cat_no = ?1 AND b.state = 'accepted' GROUP BY b.category
            """, .integer(catalogue)
        ) { row in
            counts[row.text(0)] = Int(clamping: row.int(1))
            return true
        }
        return counts
    }

    /// What people said to accepted boxes that they were shown without being told: right and wrong ones.
    static func audit(of catalogue: Int64, _ connection: Connection) throws -> (right: Int64, wrong: Int64, open: Int64)
    {
        try connection.first(
            """
            SELECT COUNT(*) FILTER (WHERE r.decision = 'yes'), COUNT(*) FILTER (WHERE r.decision = 'no'),
              COUNT(*) FILTER (WHERE r.decision IS NULL)
            FROM vis_label_box b JOIN vis_review r ON r.kind = 'box' AND r.subject = b.box_no
            WHERE r.cat_no = ?1 AND b.is_audited = 1
            """, .integer(catalogue)
        ) { ($0.int(0), $0.int(1), $0.int(2)) } ?? (0, 0, 0)
    }
}

extension LabelBox {
    /// Edges, category and state.
    var shape: JSON {
        [
            "box": .array([box.left, box.top, box.right - box.left, box.bottom - box.top].map { .double($0) }),
            "category": .string(box.category), "state": .string(state.rawValue),
        ]
    }
}
