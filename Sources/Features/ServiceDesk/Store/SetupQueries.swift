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
    static func entrances(of shop: Int64, since: Int64, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            """
            SELECT entry, COUNT(*), MAX(created_ms) FROM desk_scene WHERE shop_no = ?2 AND created_ms >= ?1
            GROUP BY entry ORDER BY COUNT(*) DESC, entry LIMIT 200
            """, .integer(since), .integer(shop)
        ) { ["entry": .string($0.text(0)), "count": .int($0.int(1)), "last_ts": .int($0.int(2))] }
    }

    // MARK: Agents

    /// The hours of agents as they were written.
    static func shifts(_ connection: Connection) throws -> [Int64: JSON] {
        let rows = try connection.rows("SELECT user_no, hours FROM desk_agent WHERE hours IS NOT NULL") {
            ($0.int(0), Texts.json($0.text(1)))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    // MARK: Robots

    struct Robot: Sendable {
        var id: String
        var shop: Int64
        var registration: JSON
        var retired: Int64?
    }

    static func robots(_ connection: Connection) throws -> [Robot] {
        try connection.rows("SELECT id, shop_no, registration, retired_ms FROM desk_robot ORDER BY id") {
            Robot(
                id: $0.text(0), shop: $0.int(1), registration: Texts.json($0.text(2)), retired: $0.intOrNil(3))
        }
    }

    static func insertRobot(_ id: String, _ registration: JSON, of shop: Int64, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_robot(id, shop_no, registration, at_ms) VALUES (?1, ?4, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET registration = ?2, at_ms = ?3, retired_ms = NULL
            """, .text(id), .text(Texts.text(registration)), .integer(context.now), .integer(shop))
    }

    static func retireRobot(_ id: String, _ isRetired: Bool, in context: WriteContext) throws -> Bool {
        try context.connection.first(
            "UPDATE desk_robot SET retired_ms = ?2 WHERE id = ?1 RETURNING id", .text(id),
            .optional(isRetired ? context.now : nil)
        ) { $0.text(0) } != nil
    }

    // MARK: Macros

    static func macros(of shop: Int64, _ connection: Connection) throws -> [(name: String, steps: JSON)] {
        try connection.rows(
            "SELECT name, steps FROM desk_macro WHERE shop_no = ?1 ORDER BY name LIMIT 1000", .integer(shop)
        ) { ($0.text(0), Texts.json($0.text(1))) }
    }

    static func macro(_ name: String, of shop: Int64, _ connection: Connection) throws -> JSON? {
        try connection.first(
            "SELECT steps FROM desk_macro WHERE shop_no = ?1 AND name = ?2", .integer(shop), .text(name)
        ) { Texts.json($0.text(0)) }
    }

    static func setMacro(
        _ name: String, _ steps: JSON, of shop: Int64, by user: Int64, in context: WriteContext
    ) throws {
        try context.connection.run(
            """
            INSERT INTO desk_macro(shop_no, name, steps, by_no, at_ms) VALUES (?5, ?1, ?2, ?3, ?4)
            ON CONFLICT (shop_no, name) DO UPDATE SET steps = ?2, by_no = ?3, at_ms = ?4
            """, .text(name), .text(Texts.text(steps)), .integer(user), .integer(context.now), .integer(shop))
    }

    static func removeMacro(_ name: String, of shop: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "DELETE FROM desk_macro WHERE shop_no = ?1 AND name = ?2", .integer(shop), .text(name))
    }
}
