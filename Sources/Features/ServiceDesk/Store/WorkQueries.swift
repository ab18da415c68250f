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
    }

    static func insertNote(_ text: String, on number: Int64, by author: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "INSERT INTO desk_note(conv_no, author_no, at_ms, text) VALUES (?1, ?2, ?3, ?4)", .integer(number),
            .integer(author), .integer(context.now), .text(text))
    }

    static func notes(of number: Int64, _ connection: Connection) throws -> [Note] {
        try connection.rows(
            "SELECT note_no, author_no, at_ms, text FROM desk_note WHERE conv_no = ?1 ORDER BY note_no LIMIT 500",
            .integer(number)
        ) { Note(number: $0.int(0), author: $0.int(1), at: $0.int(2), text: $0.text(3)) }
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

    static func canned(_ connection: Connection) throws -> [JSON] {
        try connection.rows("SELECT name, text FROM desk_canned ORDER BY name LIMIT 1000") {
            ["name": .string($0.text(0)), "text": .string($0.text(1))]
        }
    }

    static func setCanned(_ name: String, _ text: String, by user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_canned(name, text, by_no, at_ms) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (name) DO UPDATE SET text = ?2, by_no = ?3, at_ms = ?4
            """, .text(name), .text(text), .integer(user), .integer(context.now))
    }

    static func removeCanned(_ name: String, in context: WriteContext) throws {
        try context.connection.run("DELETE FROM desk_canned WHERE name = ?1", .text(name))
    }

    // MARK: Looks

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
