public import Basics
import Storage

/// A round of labelling by a model, as it was logged.
public struct LabelRound: Sendable, Hashable {
    /// What became of it.
    public enum State: String, Sendable, Hashable {
        /// Its boxes stand.
        case stands
        /// Its boxes were taken back.
        case rolledBack = "rolled_back"
        /// The loop ended: the model did not get better.
        case stopped
    }

    /// Its number.
    public let number: Int64
    /// The model that drew.
    public let model: String
    /// What became of it.
    public let state: State
    /// Precision of accepted boxes on held-out pictures; nil without any.
    public let precision: Double?
    /// AP50 of the model on held-out pictures; nil without any.
    public let averagePrecision: Double?
    /// How many boxes were accepted, queued, masked, audited, waiting, and from which certainty on.
    public let figures: JSON
    /// Who asked for it.
    public let by: String
    /// When, in milliseconds since 1970.
    public let atMilliseconds: Int64
}

/// Reads and writes of `vis_label_round`.
enum LabelRoundQueries {
    private static func round(_ row: Row) throws -> LabelRound {
        guard let state = LabelRound.State(rawValue: row.text(2)) else {
            throw StorageError(.damaged, "The row of round \(row.int(0)) is damaged.")
        }
        return LabelRound(
            number: row.int(0), model: row.text(1), state: state, precision: row.realOrNil(3),
            averagePrecision: row.realOrNil(4), figures: (try? JSON(parsing: row.bytesOfText(5))) ?? .null,
            by: row.text(6), atMilliseconds: row.int(7))
    }

    /// All rounds, in their order.
    static func all(of catalogue: Int64, _ connection: Connection) throws -> [LabelRound] {
        try connection.rows(
            """
            SELECT round_no, model, state, precision_held, average_precision, figures, by_whom, made_ms
            FROM vis_label_round WHERE cat_no = ?1 ORDER BY round_no
            """, .integer(catalogue), map: round)
    }

    static func insert(
        model: String, state: LabelRound.State, precision: Double?, averagePrecision: Double?, figures: JSON,
        by whom: String, of catalogue: Int64, in context: WriteContext
    ) throws -> Int64 {
        let number = try context.first(
            """
            INSERT INTO vis_label_round(cat_no, model, state, precision_held, average_precision, figures, by_whom, made_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING round_no
            """, .integer(catalogue), .text(model), .text(state.rawValue), precision.map { .real($0) } ?? .null,
            averagePrecision.map { .real($0) } ?? .null, .text(figures.text), .text(whom), .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The round was not stored.") }
        return number
    }

    static func setState(_ state: LabelRound.State, of round: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_label_round SET state = ?2 WHERE round_no = ?1", .integer(round), .text(state.rawValue))
    }
}
