import Storage

/// A site whose products are fetched, because the operator listed it.
public struct CrawlSource: Sendable, Hashable {
    /// Its number.
    public let number: Int64
    /// Its own list of pages, or its first page.
    public let address: String
    /// Whose items these are.
    public let shop: String
    /// When it was last gone through, in milliseconds since 1970.
    public let ranMilliseconds: Int64?
    /// Whether its address holds a feed of products, which is asked for anew each day.
    public let isFeed: Bool
    /// How many pages stand how.
    public internal(set) var pages: [String: Int64] = [:]
}

/// Reads and writes of `vis_crawl_source` and `vis_crawl_page`.
enum CrawlQueries {
    static func insert(
        _ address: String, shop: String, of catalogue: Int64, in context: WriteContext
    ) throws -> Int64 {
        let number = try context.first(
            """
            INSERT INTO vis_crawl_source(cat_no, address, shop, made_ms) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (cat_no, address) DO UPDATE SET shop = excluded.shop RETURNING source_no
            """, .integer(catalogue), .text(address), .text(shop), .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The site was not stored.") }
        return number
    }

    static func sources(of catalogue: Int64, _ connection: Connection) throws -> [CrawlSource] {
        var sources = try connection.rows(
            "SELECT source_no, address, shop, ran_ms, is_feed FROM vis_crawl_source WHERE cat_no = ?1 ORDER BY source_no",
            .integer(catalogue)
        ) { row in
            CrawlSource(
                number: row.int(0), address: row.text(1), shop: row.text(2), ranMilliseconds: row.intOrNil(3),
                isFeed: row.bool(4))
        }
        for place in sources.indices {
            try connection.forEach(
                "SELECT state, COUNT(*) FROM vis_crawl_page WHERE source_no = ?1 GROUP BY state",
                .integer(sources[place].number)
            ) { row in
                sources[place].pages[row.text(0)] = row.int(1)
                return true
            }
        }
        return sources
    }

    static func remove(_ source: Int64, of catalogue: Int64, in context: WriteContext) throws -> Bool {
        let count = try context.run(
            "DELETE FROM vis_crawl_source WHERE source_no = ?1 AND cat_no = ?2", .integer(source), .integer(catalogue))
        if count > 0 { try context.run("DELETE FROM vis_crawl_page WHERE source_no = ?1", .integer(source)) }
        return count > 0
    }

    // MARK: Pages

    /// Notes pages that are to be asked for.
    static func list(_ addresses: [String], of source: Int64, in context: WriteContext) throws {
        for address in addresses {
            try context.run(
                """
                INSERT INTO vis_crawl_page(source_no, address, state, changed_ms) VALUES (?1, ?2, 'waiting', ?3)
                ON CONFLICT (source_no, address) DO UPDATE SET state = 'waiting', cause = NULL
                """, .integer(source), .text(address), .integer(context.now))
        }
    }

    static func waiting(of source: Int64, _ connection: Connection) throws -> String? {
        try connection.first(
            "SELECT address FROM vis_crawl_page WHERE source_no = ?1 AND state = 'waiting' ORDER BY address LIMIT 1",
            .integer(source)
        ) { $0.text(0) }
    }

    static func end(
        _ address: String, of source: Int64, state: String, cause: String?, in context: WriteContext
    ) throws {
        try context.run(
            """
            UPDATE vis_crawl_page SET state = ?3, cause = ?4, changed_ms = ?5 WHERE source_no = ?1 AND address = ?2
            """, .integer(source), .text(address), .text(state), .optional(cause), .integer(context.now))
    }

    static func ended(_ source: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_crawl_source SET ran_ms = ?2 WHERE source_no = ?1", .integer(source), .integer(context.now))
    }

    static func setFeed(_ source: Int64, in context: WriteContext) throws {
        try context.run("UPDATE vis_crawl_source SET is_feed = 1 WHERE source_no = ?1", .integer(source))
    }

    /// Pages that brought no item, with the reason.
    static func refused(
        of source: Int64, limit: Int, _ connection: Connection
    ) throws -> [(address: String, cause: String)] {
        try connection.rows(
            """
            SELECT address, COALESCE(cause, '') FROM vis_crawl_page WHERE source_no = ?1 AND state = 'refused'
            ORDER BY address LIMIT ?2
            """, .integer(source), .int(limit)
        ) { ($0.text(0), $0.text(1)) }
    }
}
