import Basics
import Storage

/// Queues, agents, rosters and rules.
enum DeskQueries {
    // MARK: Queues

    static func queues(_ connection: Connection) throws -> [DeskQueue] {
        try connection.rows(
            """
            SELECT queue_no, shop_no, name, mode, policy, offset_ms, target_ms, hours, overflow_no, active
            FROM desk_queue ORDER BY queue_no
            """
        ) { row in
            var queue = DeskQueue(
                number: row.int(0), shop: row.int(1), name: row.text(2), mode: QueueMode(rawValue: row.int(3)) ?? .push,
                policy: ChoicePolicy(rawValue: row.int(4)) ?? .leastLoaded, offset: row.int(5), target: row.int(6),
                hours: HoursText.stored(row.textOrNil(7)), overflow: row.intOrNil(8))
            queue.isActive = row.bool(9)
            return queue
        }
    }

    /// The queues of one shop.
    static func queues(of shop: Int64, _ connection: Connection) throws -> [DeskQueue] {
        try queues(connection).filter { $0.shop == shop }
    }

    /// The hours of queues as they were written.
    static func hours(_ connection: Connection) throws -> [Int64: JSON] {
        let rows = try connection.rows("SELECT queue_no, hours FROM desk_queue WHERE hours IS NOT NULL") {
            ($0.int(0), Texts.json($0.text(1)))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    static func nextQueue(_ connection: Connection) throws -> Int64 {
        try connection.first("SELECT COALESCE(MAX(queue_no), 0) + 1 FROM desk_queue") { $0.int(0) } ?? 1
    }

    static func upsert(_ queue: DeskQueue, hours: JSON?, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_queue(queue_no, shop_no, name, mode, policy, offset_ms, target_ms, hours, overflow_no, active)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT (queue_no) DO UPDATE SET name = ?3, mode = ?4, policy = ?5, offset_ms = ?6, target_ms = ?7,
              hours = ?8, overflow_no = ?9, active = ?10
            """,
            arguments: [
                .integer(queue.number), .integer(queue.shop), .text(queue.name), .integer(queue.mode.rawValue),
                .integer(queue.policy.rawValue), .integer(queue.offset), .integer(queue.target),
                .optional(hours.map(Texts.text)), .optional(queue.overflow), .bool(queue.isActive),
            ])
    }

    // MARK: Agents

    static func agents(_ connection: Connection) throws -> [DeskAgent] {
        var rosters: [Int64: Set<Int64>] = [:]
        try connection.forEach("SELECT user_no, queue_no FROM desk_roster") { row in
            rosters[row.int(0), default: []].insert(row.int(1))
            return true
        }
        return try connection.rows(
            """
            SELECT user_no, status, capacity, skills, hours, load, last_assigned, misses, lost_ms
            FROM desk_agent ORDER BY user_no
            """
        ) { row in
            var agent = DeskAgent(
                number: row.int(0), status: AgentStatus(rawValue: row.int(1)) ?? .offline, capacity: row.int(2),
                skills: Set(Texts.words(row.text(3))), queues: rosters[row.int(0)] ?? [],
                shift: HoursText.stored(row.textOrNil(4)))
            agent.load = row.int(5)
            agent.lastAssigned = row.int(6)
            agent.misses = row.int(7)
            agent.lostAt = row.intOrNil(8)
            return agent
        }
    }

    static func update(_ agent: DeskAgent, in context: WriteContext) throws {
        try context.connection.run(
            """
            UPDATE desk_agent SET status = ?2, load = ?3, last_assigned = ?4, misses = ?5, lost_ms = ?6
            WHERE user_no = ?1
            """, .integer(agent.number), .integer(agent.status.rawValue), .integer(agent.load),
            .integer(agent.lastAssigned), .integer(agent.misses), .optional(agent.lostAt))
    }

    /// Stores an agent's settings; status and load stay.
    static func set(_ agent: DeskAgent, hours: JSON?, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_agent(user_no, status, capacity, skills, hours) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (user_no) DO UPDATE SET capacity = ?3, skills = ?4, hours = ?5
            """, .integer(agent.number), .integer(agent.status.rawValue), .integer(agent.capacity),
            .text(Texts.words(agent.skills)), .optional(hours.map(Texts.text)))
        try setRoster(agent, in: context)
    }

    /// Stores which queues an agent serves.
    static func setRoster(_ agent: DeskAgent, in context: WriteContext) throws {
        try context.connection.run("DELETE FROM desk_roster WHERE user_no = ?1", .integer(agent.number))
        for queue in agent.queues.sorted() {
            try context.connection.run(
                "INSERT INTO desk_roster(queue_no, user_no) VALUES (?1, ?2)", .integer(queue), .integer(agent.number))
        }
    }

    /// The queues that somebody serves.
    static func queues(servedBy user: Int64, _ connection: Connection) throws -> Set<Int64> {
        Set(try connection.rows("SELECT queue_no FROM desk_roster WHERE user_no = ?1", .integer(user)) { $0.int(0) })
    }

    // MARK: Rules

    static func rules(of shop: Int64, _ connection: Connection) throws -> [JSON] {
        try connection.rows("SELECT rule FROM desk_rule WHERE shop_no = ?1 ORDER BY position", .integer(shop)) {
            Texts.json($0.text(0))
        }
    }

    static func setRules(_ rules: [JSON], of shop: Int64, in context: WriteContext) throws {
        try context.connection.run("DELETE FROM desk_rule WHERE shop_no = ?1", .integer(shop))
        for (position, rule) in rules.enumerated() {
            try context.connection.run(
                "INSERT INTO desk_rule(shop_no, position, rule) VALUES (?1, ?2, ?3)", .integer(shop), .int(position),
                .text(Texts.text(rule)))
        }
    }
}
