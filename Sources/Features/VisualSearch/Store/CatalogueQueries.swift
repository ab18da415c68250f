import Basics
import Storage

/// A row of `vis_catalogue`.
struct CatalogueRecord: Sendable, Hashable {
    let number: Int64
    let name: String
    let createdMilliseconds: Int64
    /// The generation that answers; nil before the first embedding.
    let serving: Int64?
    /// The one that answered before it, to go back to.
    let previous: Int64?
}

/// A category of a catalogue.
public struct CatalogueCategory: Sendable, Hashable {
    let number: Int64
    /// The number that vectors carry.
    let ordinal: UInt16
    /// Its name, unique in the catalogue.
    public let name: String
    /// The top category that it stands under; itself for a top category.
    let top: Int64
}

/// Reads and writes of catalogues, their categories and shops.
enum CatalogueQueries {
    /// The top categories that a catalogue begins with; everything unknown belongs to the last.
    static let firstCategories = [
        "shoes", "bags", "cosmetics", "clothing", "appliances", "toys", "books", "food", "jewellery", "furniture",
        "other",
    ]
    static let otherCategory = "other"

    private static let columns = "cat_no, name, created_ms, serving_no, previous_no"

    private static func record(_ row: Row) -> CatalogueRecord {
        CatalogueRecord(
            number: row.int(0), name: row.text(1), createdMilliseconds: row.int(2), serving: row.intOrNil(3),
            previous: row.intOrNil(4))
    }

    static func all(_ connection: Connection) throws -> [CatalogueRecord] {
        try connection.rows("SELECT \(columns) FROM vis_catalogue ORDER BY name", map: record)
    }

    static func named(_ name: String, _ connection: Connection) throws -> CatalogueRecord? {
        try connection.first("SELECT \(columns) FROM vis_catalogue WHERE name = ?1", .text(name), map: record)
    }

    static func numbered(_ number: Int64, _ connection: Connection) throws -> CatalogueRecord? {
        try connection.first("SELECT \(columns) FROM vis_catalogue WHERE cat_no = ?1", .integer(number), map: record)
    }

    /// Makes a catalogue with the categories that every one begins with.
    static func insert(_ name: String, in context: WriteContext) throws -> Int64 {
        let number = try context.first(
            "INSERT INTO vis_catalogue(name, created_ms) VALUES (?1, ?2) RETURNING cat_no", .text(name),
            .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The catalogue was not stored.") }
        for category in firstCategories { _ = try addCategory(category, under: nil, of: number, in: context) }
        return number
    }

    static func setServing(_ generation: Int64, of catalogue: Int64, in context: WriteContext) throws {
        try context.run(
            """
            UPDATE vis_catalogue SET previous_no = serving_no, serving_no = ?2
            WHERE cat_no = ?1 AND (serving_no IS NULL OR serving_no <> ?2)
            """, .integer(catalogue), .integer(generation))
    }

    // MARK: Categories

    static func categories(of catalogue: Int64, _ connection: Connection) throws -> [CatalogueCategory] {
        try connection.rows(
            "SELECT category_no, ordinal, name, top_no FROM vis_category WHERE cat_no = ?1 ORDER BY ordinal",
            .integer(catalogue)
        ) { row in
            CatalogueCategory(
                number: row.int(0), ordinal: UInt16(clamping: row.int(1)), name: row.text(2),
                top: row.intOrNil(3) ?? row.int(0))
        }
    }

    /// Adds a category, or finds the one of that name.
    static func addCategory(
        _ name: String, under top: Int64?, of catalogue: Int64, in context: WriteContext
    ) throws -> Int64 {
        let known = try context.first(
            "SELECT category_no FROM vis_category WHERE cat_no = ?1 AND name = ?2", .integer(catalogue), .text(name)
        ) { $0.int(0) }
        if let known { return known }
        let ordinal =
            try context.first(
                "SELECT COALESCE(MAX(ordinal), 0) + 1 FROM vis_category WHERE cat_no = ?1", .integer(catalogue)
            ) { $0.int(0) } ?? 1
        guard ordinal <= Int64(UInt16.max) else {
            throw RequestError.resourceLimit("A catalogue can have \(UInt16.max) categories.")
        }
        let number = try context.first(
            """
            INSERT INTO vis_category(cat_no, ordinal, name, top_no) VALUES (?1, ?2, ?3, ?4) RETURNING category_no
            """, .integer(catalogue), .integer(ordinal), .text(name), .optional(top)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The category was not stored.") }
        return number
    }

    // MARK: Shops

    static func shop(_ name: String, in context: WriteContext) throws -> Int64 {
        if let known = try shop(name, context.connection) { return known }
        let number = try context.first(
            "INSERT INTO vis_shop(name) VALUES (?1) RETURNING shop_no", .text(name)
        ) { $0.int(0) }
        guard let number, number <= Int64(UInt32.max) else { throw StorageError(.other, "The shop was not stored.") }
        return number
    }

    static func shop(_ name: String, _ connection: Connection) throws -> Int64? {
        try connection.first("SELECT shop_no FROM vis_shop WHERE name = ?1", .text(name)) { $0.int(0) }
    }
}
