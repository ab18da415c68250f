import Basics
import Storage

/// The rows by which staff works: notes, tags, canned replies, and who looked into a conversation.
enum WorkQueries {
    static let migration = Migration("desk-3") { connection in
        try connection.script(
            """
            CREATE TABLE desk_tag(conv_no INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY(conv_no, tag))
              STRICT, WITHOUT ROWID;
            CREATE TABLE desk_canned(name TEXT PRIMARY KEY, text TEXT NOT NULL, by_no INTEGER NOT NULL,
              at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TABLE desk_access(access_no INTEGER PRIMARY KEY, conv_no INTEGER NOT NULL, user_no INTEGER NOT NULL,
              at_ms INTEGER NOT NULL) STRICT;
            CREATE INDEX desk_access_conv ON desk_access(conv_no, access_no);
            CREATE TABLE card_adapter(name TEXT PRIMARY KEY, config TEXT NOT NULL, secret TEXT NOT NULL,
              at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TABLE card_inbound(adapter TEXT NOT NULL, event_key TEXT NOT NULL, body_hash BLOB NOT NULL,
              response TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY(adapter, event_key)) STRICT, WITHOUT ROWID;
            CREATE TABLE card_try(room_no INTEGER NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL,
              answer TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY(room_no, seq, n)) STRICT, WITHOUT ROWID;
            CREATE TABLE card_answer(room_no INTEGER NOT NULL, seq INTEGER NOT NULL, outcome TEXT NOT NULL,
              took_ms INTEGER NOT NULL, PRIMARY KEY(room_no, seq)) STRICT, WITHOUT ROWID;
            CREATE INDEX card_action_card ON card_action(room_no, card_seq);
            CREATE INDEX card_action_dead ON card_action(done_ms) WHERE outcome = 'dead';
            """)
    }

    // MARK: Notes and tags

    struct Note: Sendable {
        var number: Int64
        var author: Int64
        var at: Int64
        var text: String
        /// The one agent who may read it beside its author and supervisors; nil for all who see the conversation.
        var whisperedTo: Int64?
    }

    static func insertNote(
        _ text: String, on number: Int64, by author: Int64, to agent: Int64? = nil, in context: WriteContext
    ) throws {
        try context.connection.run(
            "INSERT INTO desk_note(conv_no, author_no, at_ms, text, whispered_to) VALUES (?1, ?2, ?3, ?4, ?5)",
            .integer(number), .integer(author), .integer(context.now), .text(text), .optional(agent))
    }

    static func notes(of number: Int64, _ connection: Connection) throws -> [Note] {
        try connection.rows(
            """
            SELECT note_no, author_no, at_ms, text, whispered_to FROM desk_note WHERE conv_no = ?1
            ORDER BY note_no LIMIT 500
            """, .integer(number)
        ) { row in
            Note(
                number: row.int(0), author: row.int(1), at: row.int(2), text: row.text(3),
                whisperedTo: row.intOrNil(4))
        }
    }

    static func tags(of number: Int64, _ connection: Connection) throws -> [String] {
        try connection.rows("SELECT tag FROM desk_tag WHERE conv_no = ?1 ORDER BY tag", .integer(number)) { $0.text(0) }
    }

    static func setTags(_ tags: Set<String>, of number: Int64, in context: WriteContext) throws {
        try context.connection.run("DELETE FROM desk_tag WHERE conv_no = ?1", .integer(number))
        for tag in tags.sorted() {
            try context.connection.run(
                "INSERT INTO desk_tag(conv_no, tag) VALUES (?1, ?2)", .integer(number), .text(tag))
        }
    }

    // MARK: Canned replies

    static func canned(of shop: Int64, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            "SELECT name, text FROM desk_canned WHERE shop_no = ?1 ORDER BY name LIMIT 1000", .integer(shop)
        ) { ["name": .string($0.text(0)), "text": .string($0.text(1))] }
    }

    static func setCanned(
        _ name: String, _ text: String, of shop: Int64, by user: Int64, in context: WriteContext
    ) throws {
        try context.connection.run(
            """
            INSERT INTO desk_canned(shop_no, name, text, by_no, at_ms) VALUES (?5, ?1, ?2, ?3, ?4)
            ON CONFLICT (shop_no, name) DO UPDATE SET text = ?2, by_no = ?3, at_ms = ?4
            """, .text(name), .text(text), .integer(user), .integer(context.now), .integer(shop))
    }

    static func removeCanned(_ name: String, of shop: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "DELETE FROM desk_canned WHERE shop_no = ?1 AND name = ?2", .integer(shop), .text(name))
    }

    // MARK: Looks

    /// When a user looked into a conversation last.
    static func lastAccess(_ number: Int64, by user: Int64, _ connection: Connection) throws -> Int64? {
        try connection.first(
            "SELECT MAX(at_ms) FROM desk_access WHERE conv_no = ?1 AND user_no = ?2", .integer(number), .integer(user)
        ) { $0.intOrNil(0) } ?? nil
    }

    static func insertAccess(_ number: Int64, by user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "INSERT INTO desk_access(conv_no, user_no, at_ms) VALUES (?1, ?2, ?3)", .integer(number), .integer(user),
            .integer(context.now))
    }

    static func accesses(of number: Int64, _ connection: Connection) throws -> [(user: Int64, at: Int64)] {
        try connection.rows(
            "SELECT user_no, at_ms FROM desk_access WHERE conv_no = ?1 ORDER BY access_no DESC LIMIT 200",
            .integer(number)
        ) { ($0.int(0), $0.int(1)) }
    }
}
