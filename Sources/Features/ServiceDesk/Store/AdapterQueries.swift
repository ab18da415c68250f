import Basics
import Storage

/// The rows of businesses, of what they have told, and of presses that nobody answered.
enum AdapterQueries {
    struct Stored: Sendable {
        var name: String
        var shop: Int64
        var config: JSONObject
        var secret: String
        /// When it was taken out of use, in milliseconds since 1970; nil while it is in use.
        var retired: Int64?
    }

    /// All that were ever set up, those out of use too.
    static func adapters(_ connection: Connection) throws -> [Stored] {
        try connection.rows("\(columns) ORDER BY name", map: stored)
    }

    static func adapter(_ name: String, _ connection: Connection) throws -> Stored? {
        try connection.first("\(columns) WHERE name = ?1", .text(name), map: stored)
    }

    private static let columns = "SELECT name, config, secret, retired_ms, shop_no FROM card_adapter"

    private static func stored(_ row: Row) -> Stored {
        Stored(
            name: row.text(0), shop: row.int(4), config: Texts.json(row.text(1)).objectValue ?? [:],
            secret: row.text(2), retired: row.intOrNil(3))
    }

    static func set(_ adapter: Stored, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO card_adapter(name, shop_no, config, secret, at_ms) VALUES (?1, ?5, ?2, ?3, ?4)
            ON CONFLICT (name) DO UPDATE SET config = ?2, secret = ?3, at_ms = ?4, retired_ms = NULL
            """, .text(adapter.name), .text(Texts.text(.object(adapter.config))), .text(adapter.secret),
            .integer(context.now), .integer(adapter.shop))
    }

    /// Takes an adapter out of use, or back into it.
    ///
    /// - Returns: whether there is one of this name.
    static func retire(_ name: String, _ isRetired: Bool, in context: WriteContext) throws -> Bool {
        try context.connection.first(
            "UPDATE card_adapter SET retired_ms = ?2 WHERE name = ?1 RETURNING name", .text(name),
            .optional(isRetired ? context.now : nil)
        ) { $0.text(0) } != nil
    }

    // MARK: Inbound

    static func inbound(
        _ adapter: String, key: String, _ connection: Connection
    ) throws -> (hash: [UInt8], response: JSON)? {
        try connection.first(
            "SELECT body_hash, response FROM card_inbound WHERE adapter = ?1 AND event_key = ?2", .text(adapter),
            .text(key)
        ) { ($0.blob(0), Texts.json($0.text(1))) }
    }

    static func insertInbound(
        _ adapter: String, key: String, hash: [UInt8], response: JSON, in context: WriteContext
    ) throws {
        try context.connection.run(
            "INSERT INTO card_inbound(adapter, event_key, body_hash, response, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            .text(adapter), .text(key), .blob(hash), .text(Texts.text(response)), .integer(context.now))
    }

    // MARK: Presses

    static func insertTry(_ press: CardQueries.Press, _ answer: String, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO card_try(room_no, seq, n, answer, at_ms)
            SELECT ?1, ?2, COALESCE(MAX(n), 0) + 1, ?3, ?4 FROM card_try WHERE room_no = ?1 AND seq = ?2
            """, .integer(press.room), .integer(press.seq), .text(String(answer.prefix(2_000))),
            .integer(context.now))
    }

    static func tries(room: Int64, seq: Int64, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            "SELECT answer, at_ms FROM card_try WHERE room_no = ?1 AND seq = ?2 ORDER BY n", .integer(room),
            .integer(seq)
        ) { ["answer": .string($0.text(0)), "ts": .int($0.int(1))] }
    }

    /// What was told of a press, at the place of its event in the room: it stays as it was when the press goes again.
    ///
    /// - Parameter seq: the event that told it.
    static func insertAnswer(
        _ press: CardQueries.Press, _ outcome: CardOutcome, seq: Int64, in context: WriteContext
    ) throws {
        try context.connection.run(
            """
            INSERT INTO card_answer(room_no, seq, outcome, took_ms)
            SELECT ?1, ?3, ?4, ?5 - created_ms FROM card_action WHERE room_no = ?1 AND seq = ?2
            """, .integer(press.room), .integer(press.seq), .integer(seq), .text(outcome.rawValue),
            .integer(context.now))
    }

    /// What an event told of a press, and how long the press had taken by then, in milliseconds.
    static func answer(
        room: Int64, seq: Int64, _ connection: Connection
    ) throws -> (outcome: CardOutcome, took: Int64)? {
        let found = try connection.first(
            "SELECT outcome, took_ms FROM card_answer WHERE room_no = ?1 AND seq = ?2", .integer(room), .integer(seq)
        ) { (CardOutcome(rawValue: $0.text(0)), $0.int(1)) }
        guard let found, let outcome = found.0 else { return nil }
        return (outcome, found.1)
    }

    /// A press as an auditor reads it.
    struct Record: Sendable {
        var press: CardQueries.Press
        var adapter: String
        var kind: String
        var ref: String?
        var answer: String?
        var created: Int64
        var done: Int64?
    }

    private static let record = """
        SELECT a.room_no, a.seq, a.card_seq, a.verb, a.user_no, a.job_no, a.outcome, a.tries, c.adapter, c.kind, c.ref,
          a.answer, a.created_ms, a.done_ms
        FROM card_action a JOIN card_card c ON c.room_no = a.room_no AND c.seq = a.card_seq
        """

    static func records(room: Int64, cardSeq: Int64, _ connection: Connection) throws -> [Record] {
        try connection.rows(
            "\(record) WHERE a.room_no = ?1 AND a.card_seq = ?2 ORDER BY a.seq LIMIT 1000", .integer(room),
            .integer(cardSeq), map: record)
    }

    /// All presses of a room's cards.
    static func records(room: Int64, _ connection: Connection) throws -> [Record] {
        try connection.rows("\(record) WHERE a.room_no = ?1 ORDER BY a.seq LIMIT 1000", .integer(room), map: record)
    }

    static func deadLetters(of shop: Int64, limit: Int, _ connection: Connection) throws -> [Record] {
        try connection.rows(
            """
            \(record) WHERE a.outcome = 'dead' AND EXISTS
              (SELECT 1 FROM desk_conversation d WHERE d.room_no = a.room_no AND d.shop_no = ?2)
            ORDER BY a.done_ms, a.room_no, a.seq LIMIT ?1
            """, .int(limit), .integer(shop), map: record)
    }

    static func deadCount(_ connection: Connection) throws -> Int64 {
        try connection.first("SELECT COUNT(*) FROM card_action WHERE outcome = 'dead'") { $0.int(0) } ?? 0
    }

    private static func record(_ row: Row) throws -> Record {
        Record(
            press: try CardQueries.press(row), adapter: row.text(8), kind: row.text(9), ref: row.textOrNil(10),
            answer: row.textOrNil(11), created: row.int(12), done: row.intOrNil(13))
    }

    /// A press that was given up goes again, as another job under the same key.
    static func again(_ press: CardQueries.Press, job: Int64, in context: WriteContext) throws {
        try context.connection.run(
            """
            UPDATE card_action SET outcome = NULL, tries = 0, job_no = ?3, done_ms = NULL
            WHERE room_no = ?1 AND seq = ?2
            """, .integer(press.room), .integer(press.seq), .integer(job))
    }

    /// The cards of a business's thing that can still be pressed or are being pressed.
    static func cards(adapter: String, ref: String, _ connection: Connection) throws -> [(room: Int64, seq: Int64)] {
        try connection.rows(
            """
            SELECT room_no, seq FROM card_card WHERE adapter = ?1 AND ref = ?2 AND ref IS NOT NULL AND state IN (0, 1)
            ORDER BY room_no, seq LIMIT 100
            """, .text(adapter), .text(ref)
        ) { ($0.int(0), $0.int(1)) }
    }
}
