import Storage

/// The rows of conversations.
enum ConversationQueries {
    private static let columns = """
        conv_no, room_no, shop_no, topic, person_no, scene_no, queue_no, status, owner_kind, owner_no, priority, skills,
        enqueued_ms, deadline_ms, deadline_kind, prefer_no, hold_ms, exclusions, n, opened_ms, resolved_ms, successor_no,
        answered, robot_run, rating
        """

    static func conversation(_ number: Int64, _ connection: Connection) throws -> Conversation? {
        try connection.first(
            "SELECT \(columns) FROM desk_conversation WHERE conv_no = ?1", .integer(number), map: conversation)
    }

    static func unresolved(_ connection: Connection) throws -> [Conversation] {
        try connection.rows(
            "SELECT \(columns) FROM desk_conversation WHERE status <> 6 ORDER BY conv_no", map: conversation)
    }

    /// The newest conversation in a room.
    static func newest(inRoom room: Int64, _ connection: Connection) throws -> Conversation? {
        try connection.first(
            "SELECT \(columns) FROM desk_conversation WHERE room_no = ?1 ORDER BY conv_no DESC LIMIT 1",
            .integer(room), map: conversation)
    }

    /// The newest conversation that a user opened about a topic.
    static func newest(
        of user: Int64, shop: Int64, topic: String, _ connection: Connection
    ) throws -> Conversation? {
        try connection.first(
            """
            SELECT \(columns) FROM desk_conversation WHERE user_no = ?1 AND shop_no = ?2 AND topic = ?3
            ORDER BY conv_no DESC LIMIT 1
            """, .integer(user), .integer(shop), .text(topic), map: conversation)
    }

    /// What users opened, the newest first.
    static func opened(by users: [Int64], limit: Int, _ connection: Connection) throws -> [Conversation] {
        try users.flatMap { user in
            try connection.rows(
                "SELECT \(columns) FROM desk_conversation WHERE user_no = ?1 ORDER BY conv_no DESC LIMIT ?2",
                .integer(user), .int(limit), map: conversation)
        }.sorted { $0.number > $1.number }
    }

    /// Conversations before a number, the newest first; those of a state, queue or owner where one is named.
    static func list(
        _ filter: ConversationFilter, _ connection: Connection
    ) throws -> [Conversation] {
        let shops = filter.shops.sorted().map(String.init).joined(separator: ", ")
        return try connection.rows(
            """
            SELECT \(columns) FROM desk_conversation WHERE conv_no < ?1 AND (?2 IS NULL OR status = ?2)
              AND (?3 IS NULL OR queue_no = ?3) AND (?4 IS NULL OR owner_no = ?4)
              \(filter.shops.isEmpty ? "" : "AND shop_no IN (\(shops))") \(filter.isUnresolved ? "AND status <> 6" : "")
            ORDER BY conv_no DESC LIMIT ?5
            """, .integer(filter.before ?? .max), .optional(filter.status?.rawValue), .optional(filter.queue),
            .optional(filter.owner), .int(filter.limit), map: conversation)
    }

    /// What was opened within a time: how it stands and what was thought of it.
    static func opened(
        of shop: Int64, from: Int64, to: Int64, _ connection: Connection
    ) throws -> [(number: Int64, isEnded: Bool, rating: Int64?)] {
        try connection.rows(
            """
            SELECT conv_no, status, rating FROM desk_conversation
            WHERE opened_ms >= ?1 AND opened_ms < ?2 AND shop_no = ?3 ORDER BY conv_no
            """, .integer(from), .integer(to), .integer(shop)
        ) { ($0.int(0), $0.int(1) == ConversationStatus.resolved.rawValue, $0.intOrNil(2)) }
    }

    static func nextNumber(_ connection: Connection) throws -> Int64 {
        try connection.first("SELECT COALESCE(MAX(conv_no), 0) + 1 FROM desk_conversation") { $0.int(0) } ?? 1
    }

    /// The user who opened a conversation.
    static func user(of number: Int64, _ connection: Connection) throws -> Int64? {
        try connection.first("SELECT user_no FROM desk_conversation WHERE conv_no = ?1", .integer(number)) { $0.int(0) }
    }

    /// - Parameter user: who opened it; only a new row needs it.
    static func upsert(_ conversation: Conversation, user: Int64, in context: WriteContext) throws {
        let c = conversation
        try context.connection.run(
            """
            INSERT INTO desk_conversation(\(columns), user_no)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
              ?23, ?24, ?25, ?26)
            ON CONFLICT (conv_no) DO UPDATE SET person_no = ?5, scene_no = ?6, queue_no = ?7, status = ?8,
              owner_kind = ?9, owner_no = ?10, priority = ?11, skills = ?12, enqueued_ms = ?13, deadline_ms = ?14,
              deadline_kind = ?15, prefer_no = ?16, hold_ms = ?17, exclusions = ?18, n = ?19, opened_ms = ?20,
              resolved_ms = ?21, successor_no = ?22, answered = ?23, robot_run = ?24, rating = ?25
            """,
            arguments: [
                .integer(c.number), .integer(c.room), .integer(c.shop), .text(c.topic), .integer(c.person),
                .optional(c.scene), .integer(c.queue), .integer(c.status.rawValue), .optional(c.owner?.kind),
                .optional(c.owner?.number), .integer(c.priority), .text(Texts.words(c.skills)), .integer(c.enqueued),
                .optional(c.deadline?.at), .optional(c.deadline?.kind.rawValue), .optional(c.prefer),
                .integer(c.holdUntil), .text(Texts.exclusions(c.exclusions)), .integer(c.n), .integer(c.opened),
                .optional(c.resolved), .optional(c.successor), .bool(c.isAnswered), .integer(c.robotRun),
                .optional(c.rating), .integer(user),
            ])
    }

    private static func conversation(_ row: Row) throws -> Conversation {
        guard let status = ConversationStatus(rawValue: row.int(7)) else {
            throw StorageError(.damaged, "Conversation \(row.int(0)) has the unknown state \(row.int(7)).")
        }
        var found = Conversation(
            number: row.int(0), room: row.int(1), shop: row.int(2), topic: row.text(3), person: row.int(4),
            queue: row.int(6), priority: row.int(10), skills: Texts.words(row.text(11)), opened: row.int(19))
        found.scene = row.intOrNil(5)
        found.status = status
        found.owner = row.intOrNil(9).map { Owner(kind: row.int(8), number: $0) }
        found.enqueued = row.int(12)
        if let at = row.intOrNil(13), let kind = DeadlineKind(rawValue: row.int(14)) {
            found.deadline = Deadline(at: at, kind: kind)
        }
        found.prefer = row.intOrNil(15)
        found.holdUntil = row.int(16)
        found.exclusions = Texts.exclusions(row.text(17))
        found.n = row.int(18)
        found.resolved = row.intOrNil(20)
        found.successor = row.intOrNil(21)
        found.isAnswered = row.bool(22)
        found.robotRun = row.int(23)
        found.rating = row.intOrNil(24)
        return found
    }
}

/// Which conversations a list shows.
package struct ConversationFilter: Sendable, Hashable {
    /// Of these shops alone; of all without any named.
    package var shops: Set<Int64> = []
    package var status: ConversationStatus?
    package var queue: Int64?
    package var owner: Int64?
    /// Only those with smaller numbers.
    package var before: Int64?
    package var limit = 50
    /// Only those that have not ended.
    package var isUnresolved = false

    package init() {}
}

extension Owner {
    init(kind: Int64, number: Int64) { self = kind == 1 ? .robot(number) : .agent(number) }

    var kind: Int64 { if case .robot = self { 1 } else { 0 } }

    package var number: Int64 {
        switch self {
        case .agent(let number), .robot(let number): number
        }
    }
}
