import Storage

/// When agents came, went aside and left, at their places of the log; and how they stand in the file of statistics.
enum PresenceQueries {
    static let migration = Migration("desk-presence") { connection in
        try connection.script(
            """
            CREATE TABLE desk_presence(pos INTEGER PRIMARY KEY, user_no INTEGER NOT NULL, status INTEGER NOT NULL,
              at_ms INTEGER NOT NULL) STRICT;
            CREATE INDEX desk_presence_at ON desk_presence(at_ms, user_no, pos);
            """)
    }

    /// Writes down that an agent's state is another one than the table says; to be called before the table is changed.
    static func note(_ agent: DeskAgent, in context: WriteContext) throws {
        let known = try context.connection.first(
            "SELECT status FROM desk_agent WHERE user_no = ?1", .integer(agent.number)
        ) { $0.int(0) }
        guard let known, known != agent.status.rawValue else { return }
        try context.connection.run(
            "INSERT INTO desk_presence(pos, user_no, status, at_ms) VALUES (?1, ?2, ?3, ?4)",
            .integer(context.nextPosition()), .integer(agent.number), .integer(agent.status.rawValue),
            .integer(context.now))
    }

    // MARK: Facts

    private static let columns = "SELECT pos, at_ms, user_no, status FROM desk_presence"

    static func facts(positions: ClosedRange<Int64>, _ connection: Connection) throws -> [DeskFact] {
        try connection.rows(
            "\(columns) WHERE pos >= ?1 AND pos <= ?2", .integer(positions.lowerBound),
            .integer(positions.upperBound), map: fact)
    }

    /// What is to be known for the time from a moment on: what was told since, and what held at that moment.
    static func facts(since moment: Int64, upTo end: Int64, _ connection: Connection) throws -> [DeskFact] {
        try connection.rows(
            """
            \(columns) WHERE pos <= ?1 AND (at_ms >= ?2 OR pos IN
              (SELECT MAX(pos) FROM desk_presence WHERE at_ms < ?2 AND pos <= ?1 GROUP BY user_no))
            """, .integer(end), .integer(moment), map: fact)
    }

    private static func fact(_ row: Row) throws -> DeskFact {
        guard let status = AgentStatus(rawValue: row.int(3)) else {
            throw StorageError(.damaged, "An agent has the unknown state \(row.int(3)).")
        }
        return DeskFact(position: row.int(0), at: row.int(1), .presence(agent: row.int(2), status))
    }

    // MARK: How agents stand, in the file of statistics

    static func standing(of agent: Int64, _ connection: Connection) throws -> AgentStanding {
        try connection.first(
            "SELECT agent_no, status, since_ms FROM stat_agent WHERE agent_no = ?1", .integer(agent), map: standing)
            ?? AgentStanding(agent: agent)
    }

    /// Agents who are not offline.
    static func present(_ connection: Connection) throws -> [AgentStanding] {
        try connection.rows(
            "SELECT agent_no, status, since_ms FROM stat_agent WHERE status <> 0 ORDER BY agent_no", map: standing)
    }

    static func store(_ standing: AgentStanding, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO stat_agent(agent_no, status, since_ms) VALUES (?1, ?2, ?3)
            ON CONFLICT (agent_no) DO UPDATE SET status = ?2, since_ms = ?3
            """, .integer(standing.agent), .integer(standing.status.rawValue), .integer(standing.since))
    }

    private static func standing(_ row: Row) throws -> AgentStanding {
        guard let status = AgentStatus(rawValue: row.int(1)) else {
            throw StorageError(.damaged, "An agent of statistics has the unknown state \(row.int(1)).")
        }
        var standing = AgentStanding(agent: row.int(0))
        (standing.status, standing.since) = (status, row.int(2))
        return standing
    }
}
