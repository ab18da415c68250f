import Basics
import Storage

/// The rows of what somebody is to look at again, of robots' drafts, and of what businesses have told.
enum ReviewQueries {
    // MARK: Flags

    struct Flag: Sendable {
        var number: Int64
        var conversation: Int64
        var room: Int64?
        var seq: Int64?
        var user: Int64
        var found: [String]
        var at: Int64
        var state: ReviewState
        var by: Int64?
        var note: String?
        var done: Int64?
    }

    /// - Parameter place: the message; nil for a flag that somebody raised by hand.
    static func insert(
        _ found: [String], conversation: Int64, place: (room: Int64, seq: Int64)?, user: Int64, note: String? = nil,
        in context: WriteContext
    ) throws -> Int64 {
        try context.connection.first(
            """
            INSERT INTO desk_flag(conv_no, room_no, seq, user_no, found, at_ms, note)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING flag_no
            """, .integer(conversation), .optional(place?.room), .optional(place?.seq), .integer(user),
            .text(Texts.text(.array(found.map(JSON.string)))), .integer(context.now), .optional(note)
        ) { $0.int(0) } ?? 0
    }

    private static let columns =
        "flag_no, conv_no, room_no, seq, user_no, found, at_ms, state, by_no, note, done_ms FROM desk_flag"

    /// Flags before a number, the newest first; those of a state or conversation where one is named.
    static func flags(
        of shop: Int64, before: Int64, state: ReviewState?, conversation: Int64?, limit: Int, _ connection: Connection
    ) throws -> [Flag] {
        try connection.rows(
            """
            SELECT \(columns) WHERE flag_no < ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR conv_no = ?3)
              AND conv_no IN (SELECT conv_no FROM desk_conversation WHERE shop_no = ?5)
            ORDER BY flag_no DESC LIMIT ?4
            """, .integer(before), .optional(state?.rawValue), .optional(conversation), .int(limit), .integer(shop),
            map: flag)
    }

    static func flag(_ number: Int64, _ connection: Connection) throws -> Flag? {
        try connection.first("SELECT \(columns) WHERE flag_no = ?1", .integer(number), map: flag)
    }

    private static func flag(_ row: Row) throws -> Flag {
        guard let state = ReviewState(rawValue: row.int(7)) else {
            throw StorageError(.damaged, "Flag \(row.int(0)) has the unknown state \(row.int(7)).")
        }
        return Flag(
            number: row.int(0), conversation: row.int(1), room: row.intOrNil(2), seq: row.intOrNil(3),
            user: row.int(4), found: (Texts.json(row.text(5)).arrayValue ?? []).compactMap(\.stringValue),
            at: row.int(6), state: state, by: row.intOrNil(8), note: row.textOrNil(9), done: row.intOrNil(10))
    }

    static func end(
        _ number: Int64, _ state: ReviewState, by user: Int64, note: String?, in context: WriteContext
    ) throws {
        try context.connection.run(
            "UPDATE desk_flag SET state = ?2, by_no = ?3, note = COALESCE(?4, note), done_ms = ?5 WHERE flag_no = ?1",
            .integer(number), .integer(state.rawValue), .integer(user), .optional(note), .integer(context.now))
    }

    // MARK: Drafts

    static func insertDraft(
        _ text: String, on conversation: Int64, by robot: Int64, in context: WriteContext
    ) throws -> Int64 {
        try context.connection.first(
            """
            INSERT INTO desk_draft(conv_no, robot_no, text, at_ms) VALUES (?1, ?2, ?3, ?4) RETURNING draft_no
            """, .integer(conversation), .integer(robot), .text(text), .integer(context.now)
        ) { $0.int(0) } ?? 0
    }

    /// The newest drafts for a conversation, the newest first.
    static func drafts(
        of conversation: Int64, _ connection: Connection
    ) throws -> [(number: Int64, robot: Int64, text: String, at: Int64)] {
        try connection.rows(
            """
            SELECT draft_no, robot_no, text, at_ms FROM desk_draft WHERE conv_no = ?1
            ORDER BY draft_no DESC LIMIT 20
            """, .integer(conversation)
        ) { ($0.int(0), $0.int(1), $0.text(2), $0.int(3)) }
    }

    // MARK: What businesses tell

    struct Told: Sendable {
        var adapter: String
        var what: String
        var user: Int64?
        var conversation: Int64?
        var text: String?
        /// When it happened, by the business's own account.
        var happened: Int64
    }

    /// Keeps what a business told, at a place of the one log of its own.
    static func insert(_ told: Told, in context: WriteContext) throws -> Int64 {
        let position = context.nextPosition()
        try context.connection.run(
            """
            INSERT INTO desk_business(pos, adapter, what, user_no, conv_no, text, at_ms, happened_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """, .integer(position), .text(told.adapter), .text(told.what), .optional(told.user),
            .optional(told.conversation), .optional(told.text), .integer(context.now), .integer(told.happened))
        return position
    }

    private static let told = """
        SELECT pos, adapter, what, user_no, conv_no, text, at_ms, happened_ms FROM desk_business
        """

    /// What businesses told at places of the log.
    static func told(positions: ClosedRange<Int64>, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            "\(told) WHERE pos >= ?1 AND pos <= ?2 ORDER BY pos", .integer(positions.lowerBound),
            .integer(positions.upperBound), map: line)
    }

    /// What businesses told of some users and conversations, in order.
    static func told(users: [Int64], conversations: [Int64], _ connection: Connection) throws -> [JSON] {
        var found: [Int64: JSON] = [:]
        for user in users {
            for line in try connection.rows(
                "\(told) WHERE user_no = ?1 ORDER BY pos DESC LIMIT 200", .integer(user), map: line)
            {
                found[line["pos"]?.intValue ?? 0] = line
            }
        }
        for conversation in conversations {
            for line in try connection.rows(
                "\(told) WHERE conv_no = ?1 ORDER BY pos DESC LIMIT 200", .integer(conversation), map: line)
            {
                found[line["pos"]?.intValue ?? 0] = line
            }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func line(_ row: Row) -> JSON {
        [
            "kind": "business", "pos": .int(row.int(0)), "adapter": .string(row.text(1)), "what": .string(row.text(2)),
            "user": row.intOrNil(3).map(JSON.int) ?? .null, "conversation": row.intOrNil(4).map(JSON.int) ?? .null,
            "text": row.textOrNil(5).map(JSON.string) ?? .null, "told_ts": .int(row.int(6)), "ts": .int(row.int(7)),
        ]
    }
}
