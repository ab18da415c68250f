public import Basics
import Storage

/// What is known of an item beside its pictures.
public struct ItemDraft: Sendable, Hashable {
    /// The shop's own key of it; one item for each shop and SKU.
    public var sku: String
    /// Whose it is.
    public var shop: String
    /// What it is called.
    public var title: String
    /// The name of a category; unknown names count as `other`.
    public var category: String
    /// Price in the smallest unit of the currency; nil when it is not known.
    public var price: Int64?
    /// ISO 4217 code, or empty.
    public var currency: String
    /// How many there are; nil when it is not known.
    public var stock: Int64?
    /// Where it can be ordered.
    public var link: String
    /// Anything else, by name.
    public var attributes: JSONObject

    /// An item of the given values.
    public init(
        sku: String, shop: String = "", title: String = "", category: String = "", price: Int64? = nil,
        currency: String = "", stock: Int64? = nil, link: String = "", attributes: JSONObject = [:]
    ) {
        self.sku = sku
        self.shop = shop
        self.title = title
        self.category = category
        self.price = price
        self.currency = currency
        self.stock = stock
        self.link = link
        self.attributes = attributes
    }

    /// The code on its package, as bar codes are read: an attribute `barcode`, `ean` or `gtin` whose check digit is
    /// right. Codes of 12 digits are those of 13 that begin with 0.
    var code: String? {
        for name in ["barcode", "ean", "gtin"] {
            let value = attributes[name]
            let digits = value?.stringValue ?? value?.intValue.map { String($0) } ?? ""
            guard Barcode1D.isValid(digits) else { continue }
            return digits.utf8.count == 12 ? "0" + digits : digits
        }
        return nil
    }

    /// - Throws: ``RequestError`` 400 naming the member that is wrong.
    func check() throws(RequestError) {
        guard !sku.isEmpty, sku.utf8.count <= 200 else {
            throw .invalidParam("An item needs a sku of at most 200 bytes.")
        }
        guard title.count <= 500 else { throw .invalidParam("The title of \(sku) is over 500 characters.") }
        guard link.utf8.count <= 2_000, shop.utf8.count <= 200, category.utf8.count <= 200, currency.utf8.count <= 8
        else { throw .invalidParam("A text of \(sku) is too long.") }
        guard (price ?? 0) >= 0, (stock ?? 0) >= 0 else {
            throw .invalidParam("Price and stock of \(sku) cannot be below zero.")
        }
        guard JSON.object(attributes).encoded().count <= 16_384 else {
            throw .invalidParam("The attributes of \(sku) are over 16 KiB.")
        }
    }
}

/// An item as it is stored.
public struct CatalogueItem: Sendable, Hashable {
    /// Its number.
    public let number: Int64
    /// What is known of it; the category is the resolved one.
    public let draft: ItemDraft
    /// Grows with every change of the catalogue.
    public let revision: Int64
    /// When it last changed, in milliseconds since 1970.
    public let updatedMilliseconds: Int64
    /// The removal that took it away; nil while it is there.
    public let removal: Int64?
    let shop: Int64
    let category: Int64
}

/// What a search needs of a picture that it found.
struct FoundPicture {
    let item: CatalogueItem
    /// Its exact vector; empty when there is none of the generation.
    let vector: [Float]
    let group: Int64?
    let hasAliases: Bool
}

/// Reads and writes of `vis_item`.
enum ItemQueries {
    private static let columns = """
        i.item_no, i.sku, s.name, i.title, c.name, i.price, i.currency, i.stock, i.link, i.attributes, i.revision,
        i.updated_ms, i.removal_no, i.shop_no, i.category_no
        """
    private static let tables = """
        vis_item i JOIN vis_shop s ON s.shop_no = i.shop_no JOIN vis_category c ON c.category_no = i.category_no
        """

    private static func item(_ row: Row) -> CatalogueItem {
        let attributes = (try? JSON(parsing: row.bytesOfText(9)))?.objectValue ?? [:]
        return CatalogueItem(
            number: row.int(0),
            draft: ItemDraft(
                sku: row.text(1), shop: row.text(2), title: row.text(3), category: row.text(4), price: row.intOrNil(5),
                currency: row.text(6), stock: row.intOrNil(7), link: row.text(8), attributes: attributes),
            revision: row.int(10), updatedMilliseconds: row.int(11), removal: row.intOrNil(12), shop: row.int(13),
            category: row.int(14))
    }

    static func item(_ number: Int64, _ connection: Connection) throws -> CatalogueItem? {
        try connection.first("SELECT \(columns) FROM \(tables) WHERE i.item_no = ?1", .integer(number), map: item)
    }

    static func item(
        sku: String, shop: Int64, of catalogue: Int64, _ connection: Connection
    ) throws -> CatalogueItem? {
        try connection.first(
            "SELECT \(columns) FROM \(tables) WHERE i.cat_no = ?1 AND i.shop_no = ?2 AND i.sku = ?3",
            .integer(catalogue), .integer(shop), .text(sku), map: item)
    }

    static func items(sku: String, of catalogue: Int64, _ connection: Connection) throws -> [CatalogueItem] {
        try connection.rows(
            """
            SELECT \(columns) FROM \(tables) WHERE i.cat_no = ?1 AND i.sku = ?2 AND i.removal_no IS NULL
            ORDER BY i.item_no
            """, .integer(catalogue), .text(sku), map: item)
    }

    static func items(code: String, of catalogue: Int64, _ connection: Connection) throws -> [CatalogueItem] {
        try connection.rows(
            """
            SELECT \(columns) FROM \(tables) WHERE i.cat_no = ?1 AND i.code = ?2 AND i.removal_no IS NULL
            ORDER BY i.item_no
            """, .integer(catalogue), .text(code), map: item)
    }

    static func items(link: String, of catalogue: Int64, _ connection: Connection) throws -> [CatalogueItem] {
        guard !link.isEmpty else { return [] }
        return try connection.rows(
            """
            SELECT \(columns) FROM \(tables) WHERE i.cat_no = ?1 AND i.link = ?2 AND i.removal_no IS NULL
            ORDER BY i.item_no
            """, .integer(catalogue), .text(link), map: item)
    }

    /// A picture that a search found, with its item and its vector; nil when it is gone, or its item is.
    static func found(
        _ picture: Int64, generation: Int64, _ connection: Connection
    ) throws -> FoundPicture? {
        try connection.first(
            """
            SELECT \(columns), e.vector, m.group_no,
              EXISTS (SELECT 1 FROM vis_picture a WHERE a.alias_of = p.picture_no AND a.removal_no IS NULL)
            FROM \(tables) JOIN vis_picture p ON p.item_no = i.item_no
            LEFT JOIN vis_embedding e ON e.generation_no = ?2 AND e.picture_no = p.picture_no
            LEFT JOIN vis_member m ON m.item_no = i.item_no
            WHERE p.picture_no = ?1 AND p.state BETWEEN 6 AND 8 AND p.removal_no IS NULL AND i.removal_no IS NULL
            """, .integer(picture), .integer(generation)
        ) { row in
            FoundPicture(
                item: item(row), vector: GenerationQueries.floats(row.blob(15)), group: row.intOrNil(16),
                hasAliases: row.bool(17))
        }
    }

    /// Items that are there, by number.
    static func page(
        of catalogue: Int64, after number: Int64, limit: Int, _ connection: Connection
    ) throws -> [CatalogueItem] {
        try connection.rows(
            """
            SELECT \(columns) FROM \(tables) WHERE i.cat_no = ?1 AND i.item_no > ?2 AND i.removal_no IS NULL
            ORDER BY i.item_no LIMIT ?3
            """, .integer(catalogue), .integer(number), .int(max(0, limit)), map: item)
    }

    /// Adds an item or changes the one of its shop and SKU; one that was removed is there again.
    ///
    /// - Returns: Its number, and whether anything is different now.
    static func put(
        _ draft: ItemDraft, category: Int64, shop: Int64, of catalogue: Int64, in context: WriteContext
    ) throws -> (number: Int64, isChanged: Bool) {
        let known = try item(sku: draft.sku, shop: shop, of: catalogue, context.connection)
        if let known, known.removal == nil, known.category == category, isSame(known.draft, draft) {
            return (known.number, false)
        }
        let number = try context.first(
            """
            INSERT INTO vis_item(cat_no, shop_no, sku, title, category_no, attributes, price, currency, stock, link,
              revision, updated_ms, code)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (cat_no, shop_no, sku) DO UPDATE SET title = excluded.title,
              category_no = excluded.category_no, attributes = excluded.attributes, price = excluded.price,
              currency = excluded.currency, stock = excluded.stock, link = excluded.link,
              revision = excluded.revision, updated_ms = excluded.updated_ms, removal_no = NULL,
              code = excluded.code
            RETURNING item_no
            """, .integer(catalogue), .integer(shop), .text(draft.sku), .text(draft.title), .integer(category),
            .text(JSON.object(draft.attributes).text), .optional(draft.price), .text(draft.currency),
            .optional(draft.stock), .text(draft.link), .integer(context.nextPosition()), .integer(context.now),
            .optional(draft.code)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The item was not stored.") }
        try CatalogueEvent.item(number).append(to: catalogue, in: context)
        return (number, true)
    }

    /// Moves an item to another category.
    ///
    /// - Returns: The category before; nil when there is no such item or category in the catalogue.
    static func setCategory(
        _ category: Int64, of number: Int64, in catalogue: Int64, _ context: WriteContext
    ) throws -> Int64? {
        let before = try context.first(
            """
            SELECT i.category_no FROM vis_item i WHERE i.item_no = ?1 AND i.cat_no = ?2 AND i.removal_no IS NULL
            AND EXISTS (SELECT 1 FROM vis_category c WHERE c.category_no = ?3 AND c.cat_no = ?2)
            """, .integer(number), .integer(catalogue), .integer(category)
        ) { $0.int(0) }
        guard let before else { return nil }
        try context.run(
            "UPDATE vis_item SET category_no = ?2, revision = ?3, updated_ms = ?4 WHERE item_no = ?1",
            .integer(number), .integer(category), .integer(context.nextPosition()), .integer(context.now))
        try CatalogueEvent.item(number).append(to: catalogue, in: context)
        return before
    }

    private static func isSame(_ stored: ItemDraft, _ draft: ItemDraft) -> Bool {
        var resolved = draft
        resolved.category = stored.category
        return stored == resolved
    }

    /// Items that are there and hold a word in their title or SKU, for lists of people.
    static func count(of catalogue: Int64, _ connection: Connection) throws -> Int64 {
        try connection.first(
            "SELECT COUNT(*) FROM vis_item WHERE cat_no = ?1 AND removal_no IS NULL", .integer(catalogue)
        ) { $0.int(0) } ?? 0
    }
}
