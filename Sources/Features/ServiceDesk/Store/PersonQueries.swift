import Basics
import Storage

/// Who belongs to which person. A user has one row; joining persons moves a row and nothing else.
enum PersonQueries {
    static func person(of user: Int64, _ connection: Connection) throws -> Int64? {
        try connection.first("SELECT person_no FROM desk_person_user WHERE user_no = ?1", .integer(user)) { $0.int(0) }
    }

    /// Whose customer a person is; nil where there is no such person.
    static func shop(of person: Int64, _ connection: Connection) throws -> Int64? {
        try connection.first("SELECT shop_no FROM desk_person WHERE person_no = ?1", .integer(person)) { $0.int(0) }
    }

    static func users(of person: Int64, _ connection: Connection) throws -> [Int64] {
        try connection.rows(
            "SELECT user_no FROM desk_person_user WHERE person_no = ?1 ORDER BY since_ms, user_no", .integer(person)
        ) { $0.int(0) }
    }

    /// The person of a user, made on first use.
    ///
    /// - Parameter shop: whose customer a new person is; one that is there stays with its own.
    static func ensure(_ user: Int64, of shop: Int64, isAnonymous: Bool, in context: WriteContext) throws -> Int64 {
        if let known = try person(of: user, context.connection) { return known }
        let number = try context.connection.first(
            "INSERT INTO desk_person(shop_no, created_ms, profile) VALUES (?2, ?1, '{}') RETURNING person_no",
            .integer(context.now), .integer(shop)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The person was not stored.") }
        try context.connection.run(
            "INSERT INTO desk_person_user(user_no, person_no, since_ms, anonymous) VALUES (?1, ?2, ?3, ?4)",
            .integer(user), .integer(number), .integer(context.now), .bool(isAnonymous))
        return number
    }

    /// Moves a user to a person, and marks or clears where an empty person went.
    static func move(_ user: Int64, from: Int64, to person: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE desk_person_user SET person_no = ?2 WHERE user_no = ?1", .integer(user), .integer(person))
        let isEmpty = try users(of: from, context.connection).isEmpty
        try context.connection.run(
            "UPDATE desk_person SET merged_into = ?2 WHERE person_no = ?1", .integer(from),
            .optional(isEmpty ? person : nil))
        try context.connection.run("UPDATE desk_person SET merged_into = NULL WHERE person_no = ?1", .integer(person))
    }

    // MARK: Merges

    struct Merge: Sendable, Hashable {
        var number: Int64
        var user: Int64
        var from: Int64
        var to: Int64
        var evidence: JSON
        var undone: Int64?
    }

    static func insert(
        user: Int64, from: Int64, to: Int64, by: Int64, evidence: JSON, in context: WriteContext
    ) throws -> Int64 {
        try context.connection.first(
            """
            INSERT INTO desk_merge(user_no, from_person, to_person, by_no, evidence, at_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING merge_no
            """, .integer(user), .integer(from), .integer(to), .integer(by), .text(Texts.text(evidence)),
            .integer(context.now)
        ) { $0.int(0) } ?? 0
    }

    static func merge(_ number: Int64, _ connection: Connection) throws -> Merge? {
        try connection.first(
            """
            SELECT merge_no, user_no, from_person, to_person, evidence, undone_ms FROM desk_merge WHERE merge_no = ?1
            """, .integer(number)
        ) { row in
            Merge(
                number: row.int(0), user: row.int(1), from: row.int(2), to: row.int(3),
                evidence: Texts.json(row.text(4)), undone: row.intOrNil(5))
        }
    }

    static func undo(_ number: Int64, reason: String, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE desk_merge SET undone_ms = ?2, reason = ?3 WHERE merge_no = ?1", .integer(number),
            .integer(context.now), .text(reason))
    }

    /// The users of a person as staff sees them: each with when it came and by which merge.
    static func card(of person: Int64, _ connection: Connection) throws -> (users: [JSON], merges: [JSON]) {
        let users: [JSON] = try connection.rows(
            "SELECT user_no, since_ms, anonymous FROM desk_person_user WHERE person_no = ?1 ORDER BY since_ms, user_no",
            .integer(person)
        ) { ["user": .int($0.int(0)), "since_ts": .int($0.int(1)), "anonymous": .bool($0.bool(2))] }
        let merges: [JSON] = try connection.rows(
            """
            SELECT merge_no, user_no, from_person, at_ms, undone_ms FROM desk_merge
            WHERE to_person = ?1 ORDER BY merge_no
            """, .integer(person)
        ) {
            [
                "merge": .int($0.int(0)), "user": .int($0.int(1)), "from": .int($0.int(2)), "ts": .int($0.int(3)),
                "undone_ts": $0.intOrNil(4).map(JSON.int) ?? .null,
            ]
        }
        return (users, merges)
    }
}
