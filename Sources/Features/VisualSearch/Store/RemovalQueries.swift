import Storage

/// Something that was taken out of a catalogue in one step and can be brought back.
public struct CatalogueRemoval: Sendable, Hashable {
    /// Its number.
    public let number: Int64
    /// What it was: `item`, `picture`, `shop`, `replaced`, `noise`.
    public let kind: String
    /// What it was about, for people.
    public let subject: String
    /// Who did it.
    public let by: String
    /// When, in milliseconds since 1970.
    public let madeMilliseconds: Int64
    /// When it was undone, in milliseconds since 1970.
    public let undoneMilliseconds: Int64?
}

/// Reads and writes of `vis_removal`, and the marks of removals on items and pictures.
enum RemovalQueries {
    static func insert(
        kind: String, subject: String, by whom: String, of catalogue: Int64, in context: WriteContext
    ) throws -> Int64 {
        let number = try context.first(
            """
            INSERT INTO vis_removal(cat_no, kind, subject, by_whom, made_ms) VALUES (?1, ?2, ?3, ?4, ?5)
            RETURNING removal_no
            """, .integer(catalogue), .text(kind), .text(subject), .text(whom), .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The removal was not stored.") }
        return number
    }

    static func removal(
        _ number: Int64, of catalogue: Int64, _ connection: Connection
    ) throws -> CatalogueRemoval? {
        try connection.first(
            """
            SELECT removal_no, kind, subject, by_whom, made_ms, undone_ms FROM vis_removal
            WHERE removal_no = ?1 AND cat_no = ?2
            """, .integer(number), .integer(catalogue), map: removal)
    }

    static func page(
        of catalogue: Int64, before number: Int64, limit: Int, _ connection: Connection
    ) throws -> [CatalogueRemoval] {
        try connection.rows(
            """
            SELECT removal_no, kind, subject, by_whom, made_ms, undone_ms FROM vis_removal
            WHERE cat_no = ?1 AND removal_no < ?2 ORDER BY removal_no DESC LIMIT ?3
            """, .integer(catalogue), .integer(number), .int(limit), map: removal)
    }

    private static func removal(_ row: Row) -> CatalogueRemoval {
        CatalogueRemoval(
            number: row.int(0), kind: row.text(1), subject: row.text(2), by: row.text(3), madeMilliseconds: row.int(4),
            undoneMilliseconds: row.intOrNil(5))
    }

    // MARK: Marks

    static func markItem(_ item: Int64, removal: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_item SET removal_no = ?2, updated_ms = ?3 WHERE item_no = ?1 AND removal_no IS NULL",
            .integer(item), .integer(removal), .integer(context.now))
    }

    static func markShop(
        _ shop: Int64, removal: Int64, of catalogue: Int64, in context: WriteContext
    ) throws -> Int {
        try context.run(
            """
            UPDATE vis_item SET removal_no = ?3, updated_ms = ?4
            WHERE cat_no = ?1 AND shop_no = ?2 AND removal_no IS NULL
            """, .integer(catalogue), .integer(shop), .integer(removal), .integer(context.now))
    }

    static func markPicture(_ picture: Int64, removal: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_picture SET removal_no = ?2 WHERE picture_no = ?1 AND removal_no IS NULL", .integer(picture),
            .integer(removal))
    }

    /// Takes the marks of a removal away.
    ///
    /// - Returns: The items and the pictures that are back.
    static func undo(_ number: Int64, in context: WriteContext) throws -> (items: [Int64], pictures: [Int64]) {
        let items = try context.rows(
            "UPDATE vis_item SET removal_no = NULL, updated_ms = ?2 WHERE removal_no = ?1 RETURNING item_no",
            .integer(number), .integer(context.now)
        ) { $0.int(0) }
        let pictures = try context.rows(
            "UPDATE vis_picture SET removal_no = NULL WHERE removal_no = ?1 RETURNING picture_no", .integer(number)
        ) { $0.int(0) }
        try context.run(
            "UPDATE vis_removal SET undone_ms = ?2 WHERE removal_no = ?1", .integer(number), .integer(context.now))
        return (items, pictures)
    }

    /// Searchable pictures of a removal for which copies elsewhere still stand: somebody else must answer for those.
    static func orphans(_ number: Int64, in context: WriteContext) throws -> [(kept: Int64, alias: Int64)] {
        try context.rows(
            """
            SELECT a.alias_of, MIN(a.picture_no) FROM vis_picture a JOIN vis_item ai ON ai.item_no = a.item_no
            JOIN vis_picture p ON p.picture_no = a.alias_of JOIN vis_item i ON i.item_no = p.item_no
            WHERE (p.removal_no = ?1 OR i.removal_no = ?1) AND a.removal_no IS NULL AND ai.removal_no IS NULL
            GROUP BY a.alias_of
            """, .integer(number)
        ) { ($0.int(0), $0.int(1)) }
    }

    /// Lets another picture answer for the copies of one that went.
    static func promote(
        _ alias: Int64, insteadOf kept: Int64, of catalogue: Int64, in context: WriteContext
    ) throws {
        try GenerationQueries.copy(from: kept, to: alias, in: context)
        try context.run(
            "UPDATE vis_picture SET state = ?2, alias_of = NULL WHERE picture_no = ?1", .integer(alias),
            .integer(IngestPicture.Stage.embedded.code))
        try context.run(
            "UPDATE vis_picture SET alias_of = ?2 WHERE alias_of = ?1", .integer(kept), .integer(alias))
        try CatalogueEvent.picture(alias).append(to: catalogue, in: context)
    }

    // MARK: For good

    /// Deletes some pictures of removals that are older than a moment, and returns their contents.
    static func purge(of catalogue: Int64, before: Int64, limit: Int, in context: WriteContext) throws -> Int {
        let pictures = try context.rows(
            """
            SELECT p.picture_no, p.sha256 FROM vis_picture p JOIN vis_removal r ON r.removal_no = p.removal_no
            WHERE p.cat_no = ?1 AND r.made_ms < ?2
            UNION SELECT p.picture_no, p.sha256 FROM vis_item i JOIN vis_removal r ON r.removal_no = i.removal_no
            JOIN vis_picture p ON p.item_no = i.item_no WHERE i.cat_no = ?1 AND r.made_ms < ?2 LIMIT ?3
            """, .integer(catalogue), .integer(before), .int(limit)
        ) { ($0.int(0), BlobHash($0.blob(1))) }
        for (number, blob) in pictures {
            if let blob { try BlobStore.release(blob, in: context) }
            try LabelPictureQueries.purge(picture: number, in: context)
            for table in ["vis_embedding", "vis_fingerprint", "vis_box", "vis_pending", "vis_picture"] {
                try context.run("DELETE FROM \(table) WHERE picture_no = ?1", .integer(number))
            }
        }
        return pictures.count
    }

    /// Deletes items of removals that are older than a moment and have no pictures any more.
    static func purgeItems(of catalogue: Int64, before: Int64, in context: WriteContext) throws {
        try context.run(
            """
            DELETE FROM vis_item WHERE cat_no = ?1 AND item_no IN
              (SELECT i.item_no FROM vis_item i JOIN vis_removal r ON r.removal_no = i.removal_no
               WHERE i.cat_no = ?1 AND r.made_ms < ?2
               AND NOT EXISTS (SELECT 1 FROM vis_picture p WHERE p.item_no = i.item_no))
            """, .integer(catalogue), .integer(before))
    }
}
