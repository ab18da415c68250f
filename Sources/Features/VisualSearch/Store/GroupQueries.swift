import Storage

/// Reads and writes of groups: items of several sellers, or several SKUs, that are one thing.
///
/// A group stands above the items and rewrites none of them. An item without a row stands for itself.
enum GroupQueries {
    static func group(of item: Int64, _ connection: Connection) throws -> Int64? {
        try connection.first("SELECT group_no FROM vis_member WHERE item_no = ?1", .integer(item)) { $0.int(0) }
    }

    static func members(of group: Int64, _ connection: Connection) throws -> [Int64] {
        try connection.rows(
            "SELECT item_no FROM vis_member WHERE group_no = ?1 ORDER BY item_no", .integer(group)
        ) { $0.int(0) }
    }

    static func insert(of catalogue: Int64, in context: WriteContext) throws -> Int64 {
        let number = try context.first(
            "INSERT INTO vis_group(cat_no, made_ms) VALUES (?1, ?2) RETURNING group_no", .integer(catalogue),
            .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The group was not stored.") }
        return number
    }

    static func join(_ item: Int64, to group: Int64, by whom: String, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO vis_member(item_no, group_no, since_ms, by_whom) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (item_no) DO UPDATE SET group_no = excluded.group_no, since_ms = excluded.since_ms,
              by_whom = excluded.by_whom
            """, .integer(item), .integer(group), .integer(context.now), .text(whom))
    }

    static func leave(_ item: Int64, in context: WriteContext) throws {
        try context.run("DELETE FROM vis_member WHERE item_no = ?1", .integer(item))
    }

    static func groups(
        of catalogue: Int64, after group: Int64, limit: Int, _ connection: Connection
    ) throws -> [(group: Int64, count: Int64)] {
        try connection.rows(
            """
            SELECT g.group_no, COUNT(*) FROM vis_group g JOIN vis_member m ON m.group_no = g.group_no
            WHERE g.cat_no = ?1 AND g.group_no > ?2 GROUP BY g.group_no ORDER BY g.group_no LIMIT ?3
            """, .integer(catalogue), .integer(group), .int(limit)
        ) { ($0.int(0), $0.int(1)) }
    }
}
