public import Basics
internal import Storage

/// What the titles of a catalogue teach: their categories, and what things are named by.
extension Catalogue {
    private static let titlesToLearn = 20_000
    private static let titlesToTag = 4_000
    private static let folds = 3

    /// Learns from the catalogue's own columns, names all items by their titles, and asks people where a title says
    /// something else than its category.
    func learnTitles(progress: @escaping @Sendable (Double, String) async throws -> Void) async throws -> JSON {
        let (items, revision) = try await database.readWithoutLimit { [number] connection in
            (try Self.titled(of: number, connection), try EntityQueries.revision(of: number, connection))
        }
        try await progress(0, "\(items.count) titles")
        let learned = try await environment.work.run { Self.learn(items) }
        try await progress(0.5, "titles are learned")
        for start in stride(from: 0, to: items.count, by: 256) {
            let part = Array(items[start..<min(start + 256, items.count)])
            let named = try await environment.work.run { part.map { ($0.number, learned.entities(of: $0)) } }
            try await database.write { context in
                for (item, entities) in named { try EntityQueries.replace(entities, of: item, in: context) }
            }
            try options.faultPoint("named")
            try await progress(0.5 + 0.4 * Double(start) / Double(items.count), "\(start) of \(items.count)")
        }
        let asked = try await ask(learned.objections)
        let figures = learned.figures(titles: items.count)
        let classifier = learned.classifier.encoded
        try await database.write { [number] context in
            try EntityQueries.forgetStrangers(in: context)
            try EntityQueries.keep(
                classifier: classifier, figures: figures.text, revision: revision, of: number, in: context)
        }
        var result = figures.objectValue ?? [:]
        result["asked"] = .int(Int64(asked))
        return .object(result)
    }

    /// Items with titles, by number.
    private static func titled(of catalogue: Int64, _ connection: Connection) throws -> [CatalogueItem] {
        var items: [CatalogueItem] = []
        while items.count < titlesToLearn {
            let page = try ItemQueries.page(of: catalogue, after: items.last?.number ?? 0, limit: 512, connection)
            items += page.filter { !$0.draft.title.isEmpty }
            if page.count < 512 { break }
        }
        return items
    }

    /// Where the title of an item says another category with certainty, people are asked.
    private func ask(_ objections: [LearnedTitles.Objection]) async throws -> Int {
        try await database.write { [number] context in
            let categories = try CatalogueQueries.categories(of: number, context.connection)
            return try objections.count { objection in
                guard let wished = categories.first(where: { $0.name == objection.share.category }) else {
                    return false
                }
                return try ReviewQueries.propose(
                    .category, subject: objection.item.number, other: wished.number,
                    score: objection.share.probability,
                    evidence: [
                        "title": .string(objection.item.draft.title), "is": .string(objection.item.draft.category),
                        "seems": .string(objection.share.category),
                    ], of: number, in: context)
            }
        }
    }

    /// What the titles taught last: figures of sellers and titles that were held out. Nil before the first time.
    public func titleFigures() async throws -> JSON? {
        let known = try await database.read { [number] in try EntityQueries.model(of: number, $0) }
        return known.flatMap { try? JSON(parsing: $0.figures) }
    }

    /// The likeliest categories of a title; empty before anything was learned.
    public func categories(ofTitle title: String) async throws -> [CategoryVote.Share] {
        let known = try await database.read { [number] in try EntityQueries.model(of: number, $0) }
        return known.flatMap { TitleClassifier(encoded: $0.classifier) }?.shares(of: title) ?? []
    }

    /// Whether items changed since the titles were learned from.
    func hasNewTitles() async throws -> Bool {
        try await database.read { [number] connection in
            let known = try EntityQueries.model(of: number, connection)?.revision ?? 0
            return try EntityQueries.revision(of: number, connection) > known
        }
    }

    private static func learn(_ items: [CatalogueItem]) -> LearnedTitles {
        let other = CatalogueQueries.otherCategory
        let examples = items.map {
            TitleClassifier.Example(title: $0.draft.title, category: $0.draft.category, seller: $0.draft.shop)
        }
        let known = examples.filter { $0.category != other }
        let classifier = TitleClassifier(learningFrom: known)
        let sellers = Set(known.map(\.seller)).count
        let byColumns = items.prefix(titlesToTag * 2).compactMap { item in
            TitleTagger.Example(title: item.draft.title, columns: EntityQueries.columns(of: item.draft))
        }.prefix(titlesToTag)
        return LearnedTitles(
            classifier: classifier, tagger: byColumns.isEmpty ? nil : TitleTagger(learningFrom: Array(byColumns)),
            macroF1: sellers > 1 ? TitleClassifier.figures(heldOutBySeller: known).macroF1 : nil, sellers: sellers,
            tagging: tagging(Array(byColumns)), objections: objections(items, examples, except: other))
    }

    /// Each title is judged by what the others taught: one that was learned from would only be repeated.
    private static func objections(
        _ items: [CatalogueItem], _ examples: [TitleClassifier.Example], except other: String
    ) -> [LearnedTitles.Objection] {
        // Drawn by their numbers: the order in which items came may follow their categories.
        let fold = items.map { item -> UInt64 in
            var hash = StableHash()
            hash.add(Int(item.number))
            return (hash.value >> 20) % UInt64(folds)
        }
        let settings = TitleClassifier.Settings()
        let rows = examples.map { TitleClassifier.features($0.title, buckets: settings.buckets) }
        return (0..<UInt64(folds)).flatMap { asked -> [LearnedTitles.Objection] in
            let taught = examples.indices.filter { fold[$0] != asked && examples[$0].category != other }
            guard !taught.isEmpty else { return [] }
            let classifier = TitleClassifier(
                learningFrom: taught.map { examples[$0] }, rows: taught.map { rows[$0] }, settings: settings)
            return items.indices.filter { fold[$0] == asked }.compactMap { place in
                let shares = classifier.shares(rows[place])
                let own = shares.first { $0.category == examples[place].category }?.probability ?? 0
                // Few titles make no great certainty: it is enough that the own category is out of the question.
                guard let best = shares.first, best.category != examples[place].category, best.probability >= 0.5,
                    best.probability >= 4 * own
                else { return nil }
                return LearnedTitles.Objection(item: items[place], share: best)
            }
        }
    }

    /// How well entities are found in titles that were held out.
    private static func tagging(_ examples: [TitleTagger.Example]) -> TaggingFigures? {
        let held = examples.enumerated().filter { $0.offset % 5 == 0 }.map(\.element)
        let taught = examples.enumerated().filter { $0.offset % 5 != 0 }.map(\.element)
        guard !held.isEmpty, !taught.isEmpty else { return nil }
        let tagger = TitleTagger(learningFrom: taught)
        var figures = TaggingFigures()
        for example in held { figures.add(found: tagger.entities(in: example.title), truth: example.entities) }
        return figures
    }
}

/// What was learned from titles.
struct LearnedTitles: Sendable {
    /// An item whose title says another category.
    struct Objection: Sendable {
        let item: CatalogueItem
        let share: CategoryVote.Share
    }

    let classifier: TitleClassifier
    let tagger: TitleTagger?
    let macroF1: Double?
    let sellers: Int
    let tagging: TaggingFigures?
    let objections: [Objection]

    /// What an item is named by beyond its columns.
    func entities(of item: CatalogueItem) -> [TitleEntity] {
        let columns = Set(EntityQueries.columns(of: item.draft).flatMap(\.value).map { $0.lowercased() })
        return (tagger?.entities(in: item.draft.title) ?? []).filter { !columns.contains($0.text.lowercased()) }
    }

    func figures(titles: Int) -> JSON {
        var kinds = JSONObject()
        for kind in EntityKind.allCases {
            kinds[kind.rawValue] = tagging?.f1(kind).map { JSON(rounding: $0, places: 4) }
        }
        return [
            "titles": .int(Int64(titles)), "sellers": .int(Int64(sellers)),
            "categories": .int(Int64(classifier.categories.count)),
            "macro_f1": macroF1.map { JSON(rounding: $0, places: 4) } ?? .null, "entity_f1": .object(kinds),
            "objections": .int(Int64(objections.count)),
        ]
    }
}
