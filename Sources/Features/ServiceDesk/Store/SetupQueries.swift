import Basics
import Storage

/// The rows behind the page of settings: entrances, agents with all that is set, robots, macros.
enum SetupQueries {
    static let migration = Migration("desk-setup") { connection in
        try connection.script(
            """
            ALTER TABLE desk_agent ADD COLUMN role TEXT;
            ALTER TABLE card_adapter ADD COLUMN retired_ms INTEGER;
            CREATE TABLE desk_robot(id TEXT PRIMARY KEY, registration TEXT NOT NULL, at_ms INTEGER NOT NULL,
              retired_ms INTEGER) STRICT, WITHOUT ROWID;
            CREATE TABLE desk_macro(name TEXT PRIMARY KEY, steps TEXT NOT NULL, by_no INTEGER NOT NULL,
              at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            """)
    }

    // MARK: Entrances

    /// From where visitors came, the most used first.
    static func entrances(since: Int64, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            """
            SELECT entry, COUNT(*), MAX(created_ms) FROM desk_scene WHERE created_ms >= ?1
            GROUP BY entry ORDER BY COUNT(*) DESC, entry LIMIT 200
            """, .integer(since)
        ) { ["entry": .string($0.text(0)), "count": .int($0.int(1)), "last_ts": .int($0.int(2))] }
    }

    // MARK: Agents

    struct AgentExtra: Sendable {
        var hours: JSON?
        var isSupervisor: Bool
        var role: String?
    }

    static func extras(_ connection: Connection) throws -> [Int64: AgentExtra] {
        let rows = try connection.rows("SELECT user_no, hours, supervisor, role FROM desk_agent") { row in
            (
                row.int(0),
                AgentExtra(
                    hours: row.textOrNil(1).map(Texts.json), isSupervisor: row.bool(2), role: row.textOrNil(3))
            )
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// What an agent's part in conversations is, and whether it is a supervisor; nil for who is no agent.
    static func part(of user: Int64, _ connection: Connection) throws -> (part: String?, isSupervisor: Bool)? {
        try connection.first("SELECT role, supervisor FROM desk_agent WHERE user_no = ?1", .integer(user)) {
            ($0.textOrNil(0), $0.bool(1))
        }
    }

    static func setRole(_ role: String?, of user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE desk_agent SET role = ?2 WHERE user_no = ?1", .integer(user), .optional(role))
    }

    // MARK: Robots

    struct Robot: Sendable {
        var id: String
        var registration: JSON
        var retired: Int64?
    }

    static func robots(_ connection: Connection) throws -> [Robot] {
        try connection.rows("SELECT id, registration, retired_ms FROM desk_robot ORDER BY id") {
            Robot(id: $0.text(0), registration: Texts.json($0.text(1)), retired: $0.intOrNil(2))
        }
    }

    static func insertRobot(_ id: String, _ registration: JSON, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_robot(id, registration, at_ms) VALUES (?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET registration = ?2, at_ms = ?3, retired_ms = NULL
            """, .text(id), .text(Texts.text(registration)), .integer(context.now))
    }

    static func retireRobot(_ id: String, _ isRetired: Bool, in context: WriteContext) throws -> Bool {
        try context.connection.first(
            "UPDATE desk_robot SET retired_ms = ?2 WHERE id = ?1 RETURNING id", .text(id),
            .optional(isRetired ? context.now : nil)
        ) { $0.text(0) } != nil
    }

    // MARK: Macros

    static func macros(_ connection: Connection) throws -> [(name: String, steps: JSON)] {
        try connection.rows("SELECT name, steps FROM desk_macro ORDER BY name LIMIT 1000") {
            ($0.text(0), Texts.json($0.text(1)))
        }
    }

    static func macro(_ name: String, _ connection: Connection) throws -> JSON? {
        try connection.first("SELECT steps FROM desk_macro WHERE name = ?1", .text(name)) { Texts.json($0.text(0)) }
    }

    static func setMacro(_ name: String, _ steps: JSON, by user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_macro(name, steps, by_no, at_ms) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (name) DO UPDATE SET steps = ?2, by_no = ?3, at_ms = ?4
            """, .text(name), .text(Texts.text(steps)), .integer(user), .integer(context.now))
    }

    static func removeMacro(_ name: String, in context: WriteContext) throws {
        try context.connection.run("DELETE FROM desk_macro WHERE name = ?1", .text(name))
    }
}
