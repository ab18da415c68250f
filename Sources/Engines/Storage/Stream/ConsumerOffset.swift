/// How far a consumer has come.
public struct ConsumerOffset: Sendable, Hashable {
    /// The consumer.
    public let name: String
    /// Everything up to here was dealt with.
    public let position: Int64
    /// When it last moved, in milliseconds since 1970.
    public let updatedMilliseconds: Int64

    /// All consumers that this database knows, by name.
    public static func all(_ connection: Connection) throws -> [ConsumerOffset] {
        try connection.rows("SELECT name, pos, updated_ms FROM consumer ORDER BY name") { row in
            ConsumerOffset(name: row.text(0), position: row.int(1), updatedMilliseconds: row.int(2))
        }
    }

    /// How far one has come; nil before its first commit.
    public static func position(of name: String, _ connection: Connection) throws -> Int64? {
        try connection.first("SELECT pos FROM consumer WHERE name = ?1", .text(name)) { $0.int(0) }
    }

    /// Moves a consumer, in either direction.
    public static func set(_ name: String, _ position: Int64, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO consumer(name, pos, updated_ms) VALUES (?1, ?2, ?3)
            ON CONFLICT (name) DO UPDATE SET pos = excluded.pos, updated_ms = excluded.updated_ms
            """, .text(name), .integer(position), .integer(context.now))
    }

    /// Forgets a consumer that no longer exists, so that it holds nothing back.
    public static func remove(_ name: String, in context: WriteContext) throws {
        try context.run("DELETE FROM consumer WHERE name = ?1", .text(name))
    }
}
