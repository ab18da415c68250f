internal import Storage

/// Texts about a thing.
struct ThingReadings: Sendable {
    var encyclopedia: [ScanAnswer.Article] = []
    var articles: [ScanAnswer.Article] = []
}

extension Catalogue {
    /// Texts of each kind that an answer holds.
    static let readingsPerAnswer = 3
    private static let termsOfQuery = 32
    private static let candidates = 50

    /// Articles about a style: what its items are named by leads to texts that name the same.
    ///
    /// - Parameter isSure: whether the thing is known to be of the style. If it is only similar, texts about its model
    ///   would be wrong: then entries about its kind of thing are shown alone.
    func readings(about style: String?, isSure: Bool) async throws -> ThingReadings {
        guard let style else { return ThingReadings() }
        return try await database.read { [number] connection in
            let items = try StyleNames.items(of: style, in: number, connection)
            guard let first = items.first else { return ThingReadings() }
            var entities: [TitleEntity] = []
            for item in items.prefix(8) { entities += try EntityQueries.entities(of: item, connection) }
            if !isSure {
                entities = entities.filter { $0.kind == .type }
                entities.append(TitleEntity(kind: .type, text: first.draft.category, range: 0..<0))
            }
            let match = ArticleMatch(entities)
            let found = try ArticleQueries.candidates(
                Array(match.terms.prefix(Self.termsOfQuery)), of: number, limit: Self.candidates, connection)
            return Self.ranked(found, match, category: first.draft.category, isSure: isSure)
        }
    }

    private static func ranked(
        _ found: [CatalogueArticle], _ match: ArticleMatch, category: String, isSure: Bool
    ) -> ThingReadings {
        var told: [(article: CatalogueArticle, finding: ArticleMatch.Finding)] = []
        for article in found where article.draft.category.isEmpty || article.draft.category == category {
            let draft = article.draft
            let finding = match.finding(title: draft.title, body: isSure ? draft.text.plain : "")
            guard isSure ? finding.score >= ArticleMatch.leastScore : finding.score > 0 else { continue }
            guard isSure || draft.kind == .encyclopedia else { continue }
            told.append((article, finding))
        }
        told.sort { ($0.finding.score, $1.article.number) > ($1.finding.score, $0.article.number) }
        func texts(_ kind: ArticleDraft.Kind) -> [ScanAnswer.Article] {
            told.filter { $0.article.draft.kind == kind }.prefix(readingsPerAnswer).map { article, finding in
                ScanAnswer.Article(
                    id: String(article.number), title: article.draft.title,
                    url: article.draft.link.isEmpty ? "/a/\(article.number)" : article.draft.link,
                    source: article.draft.source, score: finding.score, reason: finding.reason)
            }
        }
        return ThingReadings(encyclopedia: texts(.encyclopedia), articles: texts(.article))
    }
}
