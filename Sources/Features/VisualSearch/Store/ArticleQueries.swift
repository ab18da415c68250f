public import Storage

/// An article as it is stored.
public struct CatalogueArticle: Sendable, Hashable {
    /// A picture of it.
    public struct Picture: Sendable, Hashable {
        /// Its place, from 0.
        public let place: Int
        /// Its content.
        public let blob: BlobHash
        /// What it shows, in words.
        public let caption: String
        let name: String
    }

    /// Its number, which is also its address: `/a/NUMBER`.
    public let number: Int64
    /// What it says; pictures are in ``pictures``.
    public let draft: ArticleDraft
    /// Its pictures, in their order; places whose file could not be used are missing.
    public let pictures: [Picture]
    /// When it last changed, in milliseconds since 1970.
    public let updatedMilliseconds: Int64
    let catalogue: Int64
}

/// Reads and writes of `vis_article` and the tables beside it.
enum ArticleQueries {
    private static let columns = "article_no, key, kind, title, body, link, source, category, updated_ms, cat_no"

    private static func article(_ row: Row, _ connection: Connection) throws -> CatalogueArticle {
        let number = row.int(0)
        let draft = ArticleDraft(
            key: row.text(1), kind: ArticleDraft.Kind(rawValue: row.text(2)) ?? .article, title: row.text(3),
            text: ArticleText(encoded: row.text(4)), link: row.text(5), source: row.text(6), category: row.text(7))
        let (updated, catalogue) = (row.int(8), row.int(9))
        return CatalogueArticle(
            number: number, draft: draft, pictures: try pictures(of: number, connection),
            updatedMilliseconds: updated, catalogue: catalogue)
    }

    private static func pictures(of article: Int64, _ connection: Connection) throws -> [CatalogueArticle.Picture] {
        try connection.rows(
            "SELECT place, sha256, caption, name FROM vis_article_picture WHERE article_no = ?1 ORDER BY place",
            .integer(article)
        ) { row in
            BlobHash(row.blob(1)).map {
                CatalogueArticle.Picture(
                    place: Int(clamping: row.int(0)), blob: $0, caption: row.text(2), name: row.text(3))
            }
        }.compactMap { $0 }
    }

    static func article(_ number: Int64, _ connection: Connection) throws -> CatalogueArticle? {
        try connection.first("SELECT \(columns) FROM vis_article WHERE article_no = ?1", .integer(number)) {
            try article($0, connection)
        }
    }

    static func article(key: String, of catalogue: Int64, _ connection: Connection) throws -> CatalogueArticle? {
        try connection.first(
            "SELECT \(columns) FROM vis_article WHERE cat_no = ?1 AND key = ?2", .integer(catalogue), .text(key)
        ) { try article($0, connection) }
    }

    static func page(
        of catalogue: Int64, after number: Int64, limit: Int, _ connection: Connection
    ) throws -> [CatalogueArticle] {
        try connection.rows(
            "SELECT \(columns) FROM vis_article WHERE cat_no = ?1 AND article_no > ?2 ORDER BY article_no LIMIT ?3",
            .integer(catalogue), .integer(number), .int(limit)
        ) { try article($0, connection) }
    }

    // MARK: Writing

    /// Adds an article or replaces the one of its key; its pictures are stored already, by place.
    ///
    /// - Returns: Its number, and whether anything is different now.
    static func put(
        _ draft: ArticleDraft, pictures: [(place: Int, blob: BlobHash)], of catalogue: Int64, in context: WriteContext
    ) throws -> (number: Int64, isChanged: Bool) {
        let known = try article(key: draft.key, of: catalogue, context.connection)
        if let known, isSame(known, draft, pictures) { return (known.number, false) }
        let number = try context.first(
            """
            INSERT INTO vis_article(cat_no, key, kind, title, body, link, source, category, updated_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (cat_no, key) DO UPDATE SET kind = excluded.kind, title = excluded.title,
              body = excluded.body, link = excluded.link, source = excluded.source, category = excluded.category,
              updated_ms = excluded.updated_ms
            RETURNING article_no
            """, .integer(catalogue), .text(draft.key), .text(draft.kind.rawValue), .text(draft.title),
            .text(draft.text.encoded), .text(draft.link), .text(draft.source), .text(draft.category),
            .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The article was not stored.") }
        if let known { try empty(known, in: context) }
        for picture in pictures where draft.pictures.indices.contains(picture.place) {
            try BlobStore.retain(picture.blob, in: context)
            try context.run(
                "INSERT INTO vis_article_picture(article_no, place, sha256, name, caption) VALUES (?1, ?2, ?3, ?4, ?5)",
                .integer(number), .int(picture.place), .blob(picture.blob.bytes),
                .text(draft.pictures[picture.place].name), .text(draft.pictures[picture.place].caption))
        }
        // The first characters of a text say what it is about, and no more of it is compared.
        for term in Set(TitleText.searchTerms(draft.title) + TitleText.searchTerms(draft.text.plain)) {
            try context.run(
                "INSERT INTO vis_article_term(cat_no, term, article_no) VALUES (?1, ?2, ?3)", .integer(catalogue),
                .text(term), .integer(number))
        }
        return (number, true)
    }

    private static func isSame(
        _ known: CatalogueArticle, _ draft: ArticleDraft, _ pictures: [(place: Int, blob: BlobHash)]
    ) -> Bool {
        var bare = draft
        bare.pictures = []
        guard known.draft == bare, known.pictures.count == pictures.count else { return false }
        return zip(known.pictures, pictures).allSatisfy { old, new in
            old.place == new.place && old.blob == new.blob && draft.pictures.indices.contains(new.place)
                && old.caption == draft.pictures[new.place].caption
        }
    }

    private static func empty(_ article: CatalogueArticle, in context: WriteContext) throws {
        for picture in article.pictures { try BlobStore.release(picture.blob, in: context) }
        for table in ["vis_article_picture", "vis_article_term", "vis_article_item"] {
            try context.run("DELETE FROM \(table) WHERE article_no = ?1", .integer(article.number))
        }
    }

    static func remove(_ article: CatalogueArticle, in context: WriteContext) throws {
        try empty(article, in: context)
        try context.run("DELETE FROM vis_article WHERE article_no = ?1", .integer(article.number))
    }

    // MARK: Finding

    /// Articles that have some of the terms, those with the weightiest ones first.
    static func candidates(
        _ terms: [ArticleMatch.Term], of catalogue: Int64, limit: Int, _ connection: Connection
    ) throws -> [CatalogueArticle] {
        var weights: [Int64: Double] = [:]
        for term in terms {
            try connection.forEach(
                "SELECT article_no FROM vis_article_term WHERE cat_no = ?1 AND term = ?2 LIMIT 10000",
                .integer(catalogue), .text(term.text)
            ) { row in
                weights[row.int(0), default: 0] += term.weight
                return true
            }
        }
        let best = weights.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(limit)
        return try best.compactMap { try article($0.key, connection) }
    }

    // MARK: Pictures

    /// A picture that nobody has looked at since the catalogue stood at a revision.
    static func unseen(
        of catalogue: Int64, before revision: Int64, _ connection: Connection
    ) throws -> (article: Int64, place: Int, blob: BlobHash)? {
        try connection.first(
            """
            SELECT p.article_no, p.place, p.sha256 FROM vis_article_picture p
            JOIN vis_article a ON a.article_no = p.article_no WHERE a.cat_no = ?1 AND p.looked_at < ?2
            ORDER BY p.article_no, p.place LIMIT 1
            """, .integer(catalogue), .integer(revision)
        ) { row in BlobHash(row.blob(2)).map { (row.int(0), Int(clamping: row.int(1)), $0) } } ?? nil
    }

    static func unseenCount(of catalogue: Int64, before revision: Int64, _ connection: Connection) throws -> Int64 {
        try connection.first(
            """
            SELECT COUNT(*) FROM vis_article_picture p JOIN vis_article a ON a.article_no = p.article_no
            WHERE a.cat_no = ?1 AND p.looked_at < ?2
            """, .integer(catalogue), .integer(revision)
        ) { $0.int(0) } ?? 0
    }

    /// Writes down what a picture shows, instead of what was known before.
    static func link(
        _ article: Int64, place: Int, items: [(item: Int64, score: Double, isSame: Bool)], revision: Int64,
        in context: WriteContext
    ) throws {
        let isThere = try context.run(
            "UPDATE vis_article_picture SET looked_at = ?3 WHERE article_no = ?1 AND place = ?2", .integer(article),
            .int(place), .integer(revision))
        guard isThere == 1 else { return }
        try context.run(
            "DELETE FROM vis_article_item WHERE article_no = ?1 AND place = ?2", .integer(article), .int(place))
        for item in items {
            try context.run(
                """
                INSERT INTO vis_article_item(article_no, place, item_no, score, is_same) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (article_no, place, item_no) DO NOTHING
                """, .integer(article), .int(place), .integer(item.item), .real(item.score), .bool(item.isSame))
        }
    }

    /// The items that an article's pictures show and that are there, best first.
    static func links(
        of article: Int64, _ connection: Connection
    ) throws -> [(place: Int, item: Int64, score: Double, isSame: Bool)] {
        try connection.rows(
            """
            SELECT l.place, l.item_no, l.score, l.is_same FROM vis_article_item l
            JOIN vis_item i ON i.item_no = l.item_no WHERE l.article_no = ?1 AND i.removal_no IS NULL
            ORDER BY l.place, l.is_same DESC, l.score DESC, l.item_no
            """, .integer(article)
        ) { (Int(clamping: $0.int(0)), $0.int(1), $0.real(2), $0.bool(3)) }
    }
}
