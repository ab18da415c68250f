import Basics
import Storage

/// The rows of cards and presses.
enum CardQueries {
    static let migration = Migration("desk-2") { connection in
        try connection.script(
            """
            CREATE TABLE card_card(room_no INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL,
              adapter TEXT NOT NULL, state INTEGER NOT NULL, rev INTEGER NOT NULL, person_user INTEGER,
              uses_left INTEGER NOT NULL, expires_ms INTEGER, ref TEXT, layout TEXT NOT NULL, body TEXT NOT NULL,
              sent_by INTEGER NOT NULL, PRIMARY KEY(room_no, seq)) STRICT, WITHOUT ROWID;
            CREATE INDEX card_card_ref ON card_card(adapter, ref) WHERE ref IS NOT NULL;
            CREATE TABLE card_action(room_no INTEGER NOT NULL, seq INTEGER NOT NULL, card_seq INTEGER NOT NULL,
              verb TEXT NOT NULL, user_no INTEGER NOT NULL, txn TEXT NOT NULL, job_no INTEGER NOT NULL UNIQUE,
              outcome TEXT, tries INTEGER NOT NULL DEFAULT 0, answer TEXT, created_ms INTEGER NOT NULL,
              done_ms INTEGER, PRIMARY KEY(room_no, seq), UNIQUE(user_no, txn)) STRICT, WITHOUT ROWID;
            """)
    }

    /// A card as it is stored.
    struct Stored: Sendable {
        var room: Int64
        var seq: Int64
        var kind: String
        var adapter: String
        var machine: CardMachine
        /// Whose person may press it; nil for staff.
        var personUser: Int64?
        var ref: String?
        var layout: JSONObject
        var body: String
        var sentBy: Int64
    }

    static func card(room: Int64, seq: Int64, _ connection: Connection) throws -> Stored? {
        try connection.first(
            """
            SELECT kind, adapter, state, rev, person_user, uses_left, expires_ms, ref, layout, body, sent_by
            FROM card_card WHERE room_no = ?1 AND seq = ?2
            """, .integer(room), .integer(seq)
        ) { row in
            guard let state = CardState(rawValue: row.int(2)) else {
                throw StorageError(.damaged, "A card has the unknown state \(row.int(2)).")
            }
            var machine = CardMachine(uses: 1, expires: row.intOrNil(6))
            (machine.state, machine.rev, machine.usesLeft) = (state, row.int(3), row.int(5))
            return Stored(
                room: room, seq: seq, kind: row.text(0), adapter: row.text(1), machine: machine,
                personUser: row.intOrNil(4), ref: row.textOrNil(7),
                layout: Texts.json(row.text(8)).objectValue ?? [:], body: row.text(9), sentBy: row.int(10))
        }
    }

    static func insert(_ card: Stored, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO card_card(room_no, seq, kind, adapter, state, rev, person_user, uses_left, expires_ms, ref,
              layout, body, sent_by)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """,
            arguments: [
                .integer(card.room), .integer(card.seq), .text(card.kind), .text(card.adapter),
                .integer(card.machine.state.rawValue), .integer(card.machine.rev), .optional(card.personUser),
                .integer(card.machine.usesLeft), .optional(card.machine.expires), .optional(card.ref),
                .text(Texts.text(.object(card.layout))), .text(card.body), .integer(card.sentBy),
            ])
    }

    static func update(_ card: Stored, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE card_card SET state = ?3, rev = ?4, uses_left = ?5 WHERE room_no = ?1 AND seq = ?2",
            .integer(card.room), .integer(card.seq), .integer(card.machine.state.rawValue),
            .integer(card.machine.rev), .integer(card.machine.usesLeft))
    }

    // MARK: Presses

    struct Press: Sendable {
        var room: Int64
        var seq: Int64
        var cardSeq: Int64
        var verb: String
        var user: Int64
        var job: Int64
        var outcome: CardOutcome?
        var tries: Int64
    }

    private static let pressColumns = "room_no, seq, card_seq, verb, user_no, job_no, outcome, tries"

    static func press(user: Int64, transaction: String, _ connection: Connection) throws -> Press? {
        try connection.first(
            "SELECT \(pressColumns) FROM card_action WHERE user_no = ?1 AND txn = ?2", .integer(user),
            .text(transaction), map: press)
    }

    static func press(room: Int64, seq: Int64, _ connection: Connection) throws -> Press? {
        try connection.first(
            "SELECT \(pressColumns) FROM card_action WHERE room_no = ?1 AND seq = ?2", .integer(room), .integer(seq),
            map: press)
    }

    static func insert(_ press: Press, transaction: String, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO card_action(room_no, seq, card_seq, verb, user_no, txn, job_no, created_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """, .integer(press.room), .integer(press.seq), .integer(press.cardSeq), .text(press.verb),
            .integer(press.user), .text(transaction), .integer(press.job), .integer(context.now))
    }

    static func tried(_ press: Press, _ why: String, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE card_action SET tries = tries + 1, answer = ?3 WHERE room_no = ?1 AND seq = ?2",
            .integer(press.room), .integer(press.seq), .text(why))
    }

    static func end(_ press: Press, _ outcome: CardOutcome, answer: String?, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE card_action SET outcome = ?3, answer = ?4, done_ms = ?5 WHERE room_no = ?1 AND seq = ?2",
            .integer(press.room), .integer(press.seq), .text(outcome.rawValue), .optional(answer),
            .integer(context.now))
    }

    static func press(_ row: Row) throws -> Press {
        Press(
            room: row.int(0), seq: row.int(1), cardSeq: row.int(2), verb: row.text(3), user: row.int(4),
            job: row.int(5), outcome: row.textOrNil(6).flatMap(CardOutcome.init(rawValue:)), tries: row.int(7))
    }
}
