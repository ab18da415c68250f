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
}
