internal import Basics
import Storage

/// Changes of a catalogue's tree of categories.
enum CategoryQueries {
    static func rename(_ category: Int64, to name: String, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_category SET name = ?2 WHERE category_no = ?1", .integer(category), .text(name))
    }

    /// Puts a category under another top category, or makes it one; nil is a top category of its own.
    static func move(_ category: Int64, under top: Int64?, of catalogue: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_category SET top_no = ?2 WHERE category_no = ?1", .integer(category), .optional(top))
        try touchItems(of: category, in: catalogue, context)
    }

    /// Takes a category away; its items go to another one.
    static func remove(
        _ category: Int64, itemsTo other: Int64, of catalogue: Int64, in context: WriteContext
    ) throws {
        // Removed items can be brought back: they need a category too.
        let items = try context.rows(
            "UPDATE vis_item SET category_no = ?2, revision = ?3, updated_ms = ?4 WHERE category_no = ?1 RETURNING item_no",
            .integer(category), .integer(other), .integer(context.nextPosition()), .integer(context.now)
        ) { $0.int(0) }
        for item in items { try CatalogueEvent.item(item).append(to: catalogue, in: context) }
        try context.run("DELETE FROM vis_category WHERE category_no = ?1", .integer(category))
    }

    static func hasChildren(_ category: Int64, _ connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM vis_category WHERE top_no = ?1 LIMIT 1", .integer(category)) { _ in true }
            ?? false
    }

    /// How many items stand in each category, by its number.
    static func counts(of catalogue: Int64, _ connection: Connection) throws -> [Int64: Int64] {
        var counts: [Int64: Int64] = [:]
        try connection.forEach(
            "SELECT category_no, COUNT(*) FROM vis_item WHERE cat_no = ?1 AND removal_no IS NULL GROUP BY category_no",
            .integer(catalogue)
        ) { row in
            counts[row.int(0)] = row.int(1)
            return true
        }
        return counts
    }

    /// The parts of the index that the items of a category stand in may be others now.
    private static func touchItems(of category: Int64, in catalogue: Int64, _ context: WriteContext) throws {
        let items = try context.rows(
            "SELECT item_no FROM vis_item WHERE cat_no = ?1 AND category_no = ?2", .integer(catalogue),
            .integer(category)
        ) { $0.int(0) }
        for item in items { try CatalogueEvent.item(item).append(to: catalogue, in: context) }
    }
}
