import Basics
import Storage

/// What is written at a place of the log of its own, for statistics: opinions, and what queues promise.
enum RatingQueries {
    /// Keeps an opinion with the agent, queue and entrance that it is about.
    static func insert(_ stars: Int64, _ conversation: Conversation, in context: WriteContext) throws {
        let number = SQLValue.integer(conversation.number)
        let connection = context.connection
        let before = try connection.first(
            "SELECT stars, at_ms FROM desk_rating WHERE conv_no = ?1 ORDER BY pos DESC LIMIT 1", number
        ) { ($0.int(0), $0.int(1)) }
        let agent = try connection.first(
            """
            SELECT owner_no FROM desk_transition WHERE conv_no = ?1 AND owner_kind = 0 ORDER BY n DESC LIMIT 1
            """, number
        ) { $0.int(0) }
        let scene = try connection.first(
            "SELECT COALESCE(scene, '') FROM desk_transition WHERE conv_no = ?1 ORDER BY n DESC LIMIT 1", number
        ) { $0.text(0) }
        try connection.run(
            """
            INSERT INTO desk_rating(pos, conv_no, stars, at_ms, before_stars, before_ms, queue_no, agent_no, scene)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """, .integer(context.nextPosition()), number, .integer(stars), .integer(context.now),
            .optional(before?.0), .optional(before?.1), .integer(conversation.queue), .integer(agent ?? 0),
            .text(scene ?? ""))
    }

    static func insert(_ queue: DeskQueue, hours: JSON?, in context: WriteContext) throws {
        try context.connection.run(
            "INSERT INTO desk_queue_change(pos, queue_no, target_ms, hours, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            .integer(context.nextPosition()), .integer(queue.number), .integer(queue.target),
            .optional(hours.map(Texts.text)), .integer(context.now))
    }

    // MARK: Reading

    private static let ratings = """
        SELECT pos, at_ms, stars, before_stars, before_ms, queue_no, agent_no, scene FROM desk_rating
        """
    private static let changes = "SELECT pos, at_ms, queue_no, target_ms, hours FROM desk_queue_change"

    static func facts(positions: ClosedRange<Int64>, _ connection: Connection) throws -> [DeskFact] {
        let (from, to) = (SQLValue.integer(positions.lowerBound), SQLValue.integer(positions.upperBound))
        return try connection.rows("\(ratings) WHERE pos >= ?1 AND pos <= ?2", from, to, map: rating)
            + connection.rows("\(changes) WHERE pos >= ?1 AND pos <= ?2", from, to, map: setting)
    }

    /// The opinions that concern a span of time, and all settings of queues, up to a position.
    static func facts(during bounds: Range<Int64>, upTo end: Int64, _ connection: Connection) throws -> [DeskFact] {
        try connection.rows(
            """
            \(ratings) WHERE pos <= ?1
              AND ((at_ms >= ?2 AND at_ms < ?3) OR (before_ms >= ?2 AND before_ms < ?3))
            """, .integer(end), .integer(bounds.lowerBound), .integer(bounds.upperBound), map: rating)
            + connection.rows("\(changes) WHERE pos <= ?1", .integer(end), map: setting)
    }

    private static func rating(_ row: Row) -> DeskFact {
        var before: Rating.Earlier?
        if let stars = row.intOrNil(3), let at = row.intOrNil(4) { before = .init(stars: stars, at: at) }
        let rating = Rating(
            stars: row.int(2), before: before,
            dimensions: Dimensions(queue: row.int(5), agent: row.int(6), scene: row.text(7)))
        return DeskFact(position: row.int(0), at: row.int(1), .rated(rating))
    }

    private static func setting(_ row: Row) -> DeskFact {
        let text = row.textOrNil(4)
        let setting = QueueSetting(queue: row.int(2), target: row.int(3), hours: HoursText.stored(text), text: text)
        return DeskFact(position: row.int(0), at: row.int(1), .queueSet(setting))
    }
}
