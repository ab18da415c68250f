internal import Kernels

/// Measures retrieval: every query against the whole gallery, a block at a time.
///
/// Nothing the size of queries times gallery is ever held: a block of queries needs its rows of similarities, so that
/// 60,000 queries against 60,000 items take the vectors themselves and about 10 MiB.
public struct Retrieval: Sendable {
    /// How near two vectors are.
    public enum Metric: String, Sendable, CaseIterable {
        /// The cosine of the angle.
        case cosine
        /// The distance.
        case euclid
    }

    /// How near two vectors are.
    public var metric = Metric.cosine
    /// The `k` of recall and precision.
    public var cutoffs = [1, 5, 10]
    /// Whether a gallery item with the query's own id is passed over.
    public var skipsSelf = false
    /// Among how many nearest an item counts as found, for hubness; 0 to leave it out.
    public var hubSize = 0
    /// How intervals are made.
    public var bootstrap = Bootstrap()

    private static let blockSize = 32

    /// Cosine, k of 1, 5 and 10.
    public init() {}

    /// Answers every query.
    ///
    /// Equally near items stand in the order of their ids, so that the outcome does not depend on the order given. A
    /// similarity that is not a number counts as the least.
    ///
    /// - Throws: ``EvaluationError`` when the dimensions differ or a cutoff is below 1.
    public func report(
        queries: LabelledVectors, gallery: LabelledVectors
    ) throws(EvaluationError) -> RetrievalReport {
        guard queries.dimension == gallery.dimension else {
            throw EvaluationError("Queries have \(queries.dimension) numbers, the gallery \(gallery.dimension).")
        }
        guard cutoffs.allSatisfy({ $0 > 0 }), hubSize >= 0 else { throw EvaluationError("A cutoff is below 1.") }
        var run = RetrievalRun(self, gallery, cutoffs: Set(cutoffs).sorted())
        let asked = metric == .cosine ? queries.normalized() : queries.values
        let stored = metric == .cosine ? gallery.normalized() : gallery.values
        let size = gallery.dimension
        var rows = [[Float]](
            repeating: [Float](repeating: 0, count: gallery.count), count: min(Self.blockSize, queries.count))
        for first in stride(from: 0, to: queries.count, by: Self.blockSize) {
            let block = first..<min(first + Self.blockSize, queries.count)
            // Item by item, so that each is fetched once a block.
            for item in 0..<gallery.count {
                let other = stored.span.extracting(item * size..<(item + 1) * size)
                for query in block {
                    let vector = asked.span.extracting(query * size..<(query + 1) * size)
                    rows[query - first][item] =
                        metric == .cosine ? dotProduct(vector, other) : -squaredDistance(vector, other)
                }
            }
            for query in block {
                run.add(query, label: queries.labels[query], id: queries.ids[query], rows[query - first])
            }
        }
        return run.report(groups: queries.groups)
    }
}

/// What the queries found so far.
struct RetrievalRun {
    private let settings: Retrieval
    private let gallery: LabelledVectors
    private let cutoffs: [Int]
    private let members: [Int: [Int]]
    private var outcomes: [RetrievalReport.Outcome] = []
    private var withoutRelevant = 0
    private var occurrences: [Int]

    init(_ settings: Retrieval, _ gallery: LabelledVectors, cutoffs: [Int]) {
        self.settings = settings
        self.gallery = gallery
        self.cutoffs = cutoffs
        members = Dictionary(grouping: gallery.labels.indices) { gallery.labels[$0] }
        occurrences = [Int](repeating: 0, count: settings.hubSize > 0 ? gallery.count : 0)
    }

    mutating func add(_ query: Int, label: Int, id: UInt64, _ similarities: [Float]) {
        if settings.hubSize > 0 { countNearest(id, similarities) }
        let relevant = members[label, default: []]
            .filter { !settings.skipsSelf || gallery.ids[$0] != id }
            .map { Place(similarity: Self.number(similarities[$0]), id: gallery.ids[$0]) }
            .sorted { $0.isBefore($1) }
        guard let last = relevant.last else {
            withoutRelevant += 1
            return
        }
        // How many strangers stand between the relevant items: before the first, before the second, and so on.
        var strangers = [Int](repeating: 0, count: relevant.count)
        for item in similarities.indices {
            let similarity = Self.number(similarities[item])
            guard similarity >= last.similarity, gallery.labels[item] != label else { continue }
            let place = Place(similarity: similarity, id: gallery.ids[item])
            if settings.skipsSelf, place.id == id { continue }
            if let before = Self.firstBehind(place, relevant) { strangers[before] += 1 }
        }
        outcomes.append(outcome(query, strangers))
    }

    func report(groups: [Int]?) -> RetrievalReport {
        RetrievalReport(
            cutoffs: cutoffs, outcomes: outcomes, withoutRelevant: withoutRelevant, occurrences: occurrences,
            hubSize: settings.hubSize, groups: groups.map { groups in outcomes.map { groups[$0.query] } },
            bootstrap: settings.bootstrap)
    }

    private func outcome(_ query: Int, _ strangers: [Int]) -> RetrievalReport.Outcome {
        var found = [Int](repeating: 0, count: cutoffs.count)
        var precision = 0.0
        var precisionAtR = 0.0
        var seen = 0
        for (index, between) in strangers.enumerated() {
            seen += between
            let position = seen + index
            let term = Double(index + 1) / Double(position + 1)
            precision += term
            if position < strangers.count { precisionAtR += term }
            for (place, cutoff) in cutoffs.enumerated() where position < cutoff { found[place] += 1 }
        }
        let count = Double(strangers.count)
        return .init(
            query: query, relevant: strangers.count, firstPosition: strangers[0], found: found,
            averagePrecision: precision / count, averagePrecisionAtR: precisionAtR / count)
    }

    private mutating func countNearest(_ id: UInt64, _ similarities: [Float]) {
        var nearest = TopK(limit: settings.hubSize)
        for item in similarities.indices where !settings.skipsSelf || gallery.ids[item] != id {
            let distance = -Self.number(similarities[item])
            if distance <= nearest.threshold { nearest.insert(UInt64(item), distance: distance) }
        }
        for entry in nearest.sorted() { occurrences[Int(entry.number)] += 1 }
    }

    // MARK: Order

    private struct Place {
        let similarity: Float
        let id: UInt64

        func isBefore(_ other: Place) -> Bool {
            similarity > other.similarity || (similarity == other.similarity && id < other.id)
        }
    }

    private static func number(_ similarity: Float) -> Float { similarity.isNaN ? -.infinity : similarity }

    /// The first of the sorted places that stands behind; nil if none does.
    private static func firstBehind(_ place: Place, _ sorted: [Place]) -> Int? {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if place.isBefore(sorted[middle]) { high = middle } else { low = middle + 1 }
        }
        return low < sorted.count ? low : nil
    }
}
