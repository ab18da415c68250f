internal import Basics
public import Evaluation

/// How often a customer's photo finds the same item among merchants' pictures.
///
/// A photo of an occasion from which the gallery has pictures is not asked: two photos of one visit share light, ground and
/// hand, and would measure those (0.91 against 0.16 was seen with one and the same feature).
public struct RetrievalMeasure: Sendable {
    private let queries: [SeenPicture]
    private let gallery: [SeenPicture]
    private let distractors: [SeenPicture]
    /// Photos that were not asked because of their occasion.
    public let refused: Int
    private let bootstrap: Bootstrap

    /// Questions to a gallery.
    ///
    /// - Parameters:
    ///   - gallery: what is searched in and may be the answer.
    ///   - distractors: what is searched in and never the answer.
    public init(
        queries: [SeenPicture], gallery: [SeenPicture], distractors: [SeenPicture] = [],
        bootstrap: Bootstrap = Bootstrap()
    ) {
        let occasions = Set(gallery.compactMap(\.file.occasion))
        self.queries = queries.filter { $0.file.occasion.map { !occasions.contains($0) } ?? true }
        self.gallery = gallery
        self.distractors = distractors
        self.bootstrap = bootstrap
        refused = queries.count - self.queries.count
    }

    /// The figures of the model and of the built-in feature. Intervals draw whole items.
    ///
    /// - Throws: ``EvaluationError`` when there is nothing to ask, or vectors do not fit together.
    public func report() throws -> MeasureReport {
        guard !queries.isEmpty else {
            throw EvaluationError(
                refused > 0
                    ? "All \(refused) photos are of occasions from which the gallery has pictures: nothing is measured."
                    : "There are no photos to ask.")
        }
        let names = Labels(gallery.map(\.file.label) + queries.map(\.file.label))
        let model = try report(\.vector, names)
        let hasFloor = (queries + gallery + distractors).allSatisfy { !$0.floor.isEmpty }
        let floor = hasFloor ? try report(\.floor, names) : nil
        let kReciprocal = try reciprocal(names)
        let scans = try scanned()
        let groups = queries.map { names[$0.file.label] }
        var rows: [MeasureReport.Row] = []
        for cutoff in [1, 5, 10] {
            rows.append(
                .init(
                    "top-\(cutoff)",
                    [
                        "model": model.recall(cutoff), "floor/1": floor?.recall(cutoff),
                        "as a scan ranks": bootstrap.mean(scans.map { $0 < cutoff ? 1 : 0 }, groups: groups),
                        "k-reciprocal": kReciprocal?.recall(cutoff),
                    ]))
        }
        rows.append(
            .init(
                "mAP",
                [
                    "model": model.meanAveragePrecision, "floor/1": floor?.meanAveragePrecision,
                    "k-reciprocal": kReciprocal?.meanAveragePrecision,
                ]))
        rows += byCategory(model, floor, scans)
        return MeasureReport(
            "Retrieval: photos against \(gallery.count) pictures and \(distractors.count) distractors",
            facts: [
                ("photos", .int(Int64(queries.count))), ("items", .int(Int64(Set(gallery.map(\.file.label)).count))),
                ("photosWithoutTheirItem", .int(Int64(model.withoutRelevant))),
                ("photosOfAnOccasionInTheGallery", .int(Int64(refused))),
            ], columns: ["model", "as a scan ranks", "floor/1"] + (kReciprocal == nil ? [] : ["k-reciprocal"]),
            rows: rows)
    }

    /// Before how many styles the right one stands when cosine and category rank together, for each photo.
    private func scanned() throws(EvaluationError) -> [Int] {
        guard let search = GallerySearch(gallery + distractors) else {
            throw EvaluationError("A picture of the gallery has a vector without a direction.")
        }
        return queries.map { query in
            search.ranking(query).groups.firstIndex { $0.style == query.file.label } ?? .max
        }
    }

    private func report(
        _ vector: KeyPath<SeenPicture, [Float]>, _ names: Labels
    ) throws(EvaluationError) -> RetrievalReport {
        let places = gallery + distractors
        let stored = try LabelledVectors(
            values: places.flatMap { $0[keyPath: vector] }, dimension: places.first?[keyPath: vector].count ?? 0,
            // What only distracts is relevant to nothing.
            labels: gallery.map { names[$0.file.label] } + distractors.indices.map { -1 - $0 })
        let asked = try LabelledVectors(
            values: queries.flatMap { $0[keyPath: vector] }, dimension: queries.first?[keyPath: vector].count ?? 0,
            labels: queries.map { names[$0.file.label] }, groups: queries.map { names[$0.file.label] })
        var retrieval = Retrieval()
        retrieval.bootstrap = bootstrap
        return try retrieval.report(queries: asked, gallery: stored)
    }

    /// Results in the new order of k-reciprocal re-ranking; only where all pairs are few enough to be looked at.
    private func reciprocal(_ names: Labels) throws(EvaluationError) -> RetrievalReport? {
        let all = queries + gallery + distractors
        guard all.count <= 1_200, gallery.count + distractors.count > 1, let vectors = UnitVectors(all.map(\.vector))
        else { return nil }
        let distances = KReciprocal().distances(vectors, queries: queries.count)
        // Rows of similarities as vectors against the unit vectors of the gallery: their inner products are the scores.
        let count = gallery.count + distractors.count
        let stored = try LabelledVectors(
            values: (0..<count).flatMap { place in (0..<count).map { $0 == place ? Float(1) : 0 } }, dimension: count,
            labels: gallery.map { names[$0.file.label] } + distractors.indices.map { -1 - $0 })
        let asked = try LabelledVectors(
            values: distances.flatMap { $0.map { Float(2 - $0) } }, dimension: count,
            labels: queries.map { names[$0.file.label] }, groups: queries.map { names[$0.file.label] })
        var retrieval = Retrieval()
        retrieval.bootstrap = bootstrap
        return try retrieval.report(queries: asked, gallery: stored)
    }

    private func byCategory(
        _ model: RetrievalReport, _ floor: RetrievalReport?, _ scans: [Int]
    ) -> [MeasureReport.Row] {
        let categories = Set(queries.map(\.file.category)).subtracting([""]).sorted()
        guard categories.count > 1 else { return [] }
        func figure(_ report: RetrievalReport?, _ category: String) -> Figure? {
            guard let report else { return nil }
            let own = report.outcomes.filter { queries[$0.query].file.category == category }
            let names = Labels(own.map { queries[$0.query].file.label })
            return bootstrap.mean(
                own.map { $0.found[0] > 0 ? 1 : 0 }, groups: own.map { names[queries[$0.query].file.label] })
        }
        func scanned(_ category: String) -> Figure? {
            let own = queries.indices.filter { queries[$0].file.category == category }
            let names = Labels(own.map { queries[$0].file.label })
            return bootstrap.mean(
                own.map { scans[$0] == 0 ? 1 : 0 }, groups: own.map { names[queries[$0].file.label] })
        }
        return categories.map { category in
            .init(
                "top-1, \(category)",
                [
                    "model": figure(model, category), "as a scan ranks": scanned(category),
                    "floor/1": figure(floor, category),
                ])
        }
    }
}

/// Texts as numbers.
struct Labels: Sendable {
    private let numbers: [String: Int]

    init(_ texts: [String]) {
        numbers = Dictionary(uniqueKeysWithValues: Set(texts).sorted().enumerated().map { ($1, $0) })
    }

    subscript(_ text: String) -> Int { numbers[text] ?? -1 }
    var count: Int { numbers.count }
}
