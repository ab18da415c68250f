import Basics
import Storage

/// What the shop has written down of persons, and whom it takes no messages from.
enum ProfileQueries {
    static let migration = Migration("desk-people") { connection in
        try connection.script(
            """
            CREATE TABLE desk_block(person_no INTEGER PRIMARY KEY, reason TEXT NOT NULL, by_no INTEGER NOT NULL,
              at_ms INTEGER NOT NULL) STRICT;
            """)
    }

    static func profile(of person: Int64, _ connection: Connection) throws -> JSONObject? {
        try connection.first("SELECT profile FROM desk_person WHERE person_no = ?1", .integer(person)) {
            Texts.json($0.text(0)).objectValue ?? [:]
        }
    }

    static func set(_ profile: JSONObject, of person: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE desk_person SET profile = ?2 WHERE person_no = ?1", .integer(person),
            .text(Texts.text(.object(profile))))
    }

    // MARK: Blocks

    static func block(_ person: Int64, _ connection: Connection) throws -> JSON? {
        try connection.first("SELECT reason, by_no, at_ms FROM desk_block WHERE person_no = ?1", .integer(person)) {
            ["reason": .string($0.text(0)), "by": .int($0.int(1)), "ts": .int($0.int(2))]
        }
    }

    static func blocks(of shop: Int64, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            """
            SELECT person_no, b.reason, b.by_no, b.at_ms FROM desk_block b JOIN desk_person USING (person_no)
            WHERE shop_no = ?1 ORDER BY b.at_ms DESC, person_no LIMIT 1000
            """, .integer(shop)
        ) {
            [
                "person": .int($0.int(0)), "reason": .string($0.text(1)), "by": .int($0.int(2)),
                "ts": .int($0.int(3)),
            ]
        }
    }

    static func setBlock(_ person: Int64, reason: String, by user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_block(person_no, reason, by_no, at_ms) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (person_no) DO UPDATE SET reason = ?2, by_no = ?3, at_ms = ?4
            """, .integer(person), .text(reason), .integer(user), .integer(context.now))
    }

    static func removeBlock(_ person: Int64, in context: WriteContext) throws {
        try context.connection.run("DELETE FROM desk_block WHERE person_no = ?1", .integer(person))
    }

    /// A block follows its person into another: a login is no way around it.
    static func carryBlock(from: Int64, to person: Int64, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_block(person_no, reason, by_no, at_ms)
            SELECT ?2, reason, by_no, at_ms FROM desk_block WHERE person_no = ?1
            ON CONFLICT (person_no) DO NOTHING
            """, .integer(from), .integer(person))
    }

    // MARK: Erasing

    /// Removes what was written about a person; the rows that numbers are counted from stay.
    static func erase(_ person: Int64, users: [Int64], by: Int64, in context: WriteContext) throws {
        try set(["erased_ts": .int(context.now), "by": .int(by)], of: person, in: context)
        for user in users {
            try context.connection.run(
                """
                DELETE FROM desk_note WHERE conv_no IN (SELECT conv_no FROM desk_conversation WHERE user_no = ?1)
                """, .integer(user))
            try context.connection.run(
                """
                DELETE FROM desk_draft WHERE conv_no IN (SELECT conv_no FROM desk_conversation WHERE user_no = ?1)
                """, .integer(user))
            for statement in [
                "UPDATE desk_scene SET params = '{}', label = NULL WHERE user_no = ?1",
                "DELETE FROM desk_greeting WHERE user_no = ?1",
                "UPDATE desk_business SET text = NULL WHERE user_no = ?1",
            ] {
                try context.connection.run(statement, .integer(user))
            }
        }
    }
}
