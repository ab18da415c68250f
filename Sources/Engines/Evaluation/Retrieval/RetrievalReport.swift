public import Basics

/// How well queries find what shows the same.
public struct RetrievalReport: Sendable {
    /// What one query found.
    public struct Outcome: Hashable, Sendable {
        /// Its place among the queries.
        public let query: Int
        /// Relevant items in the gallery; at least 1.
        public let relevant: Int
        /// How many items come before the first relevant one.
        public let firstPosition: Int
        /// Relevant items among the first `k`, for each of the report's cutoffs.
        public let found: [Int]
        /// (1/R) times the sum of the precision at each relevant item, R being all relevant items.
        public let averagePrecision: Double
        /// The same sum over the first R places only.
        public let averagePrecisionAtR: Double
    }

    /// The `k` of recall and precision, ascending.
    public let cutoffs: [Int]
    /// One for each query that has something relevant in the gallery, in their order.
    public let outcomes: [Outcome]
    /// Queries without anything relevant in the gallery: in no figure.
    public let withoutRelevant: Int
    /// How often each gallery item is among the nearest ``hubSize`` of a query; empty if it was not asked for.
    public let occurrences: [Int]
    /// The `k` of ``occurrences``.
    public let hubSize: Int

    let groups: [Int]?
    let bootstrap: Bootstrap

    /// Share of queries with something relevant among the first `k`; nil if `k` is not among ``cutoffs``.
    public func recall(_ cutoff: Int) -> Figure? {
        cutoffs.firstIndex(of: cutoff).flatMap { place in figure { $0.found[place] > 0 ? 1 : 0 } }
    }

    /// Mean share of relevant items among the first `k`; nil if `k` is not among ``cutoffs``.
    public func precision(_ cutoff: Int) -> Figure? {
        cutoffs.firstIndex(of: cutoff).flatMap { place in figure { Double($0.found[place]) / Double(cutoff) } }
    }

    /// Mean average precision over the whole gallery.
    public var meanAveragePrecision: Figure? { figure(\.averagePrecision) }

    /// Mean average precision at R (Musgrave, Belongie, Lim 2020).
    public var meanAveragePrecisionAtR: Figure? { figure(\.averagePrecisionAtR) }

    /// A figure of any number that an outcome gives.
    public func figure(_ value: (Outcome) -> Double) -> Figure? {
        bootstrap.mean(outcomes.map(value), groups: groups)
    }

    /// As reports store it: figures by name, such as `recall@1`.
    public var json: JSON {
        var object = JSONObject()
        for cutoff in cutoffs {
            if let recall = recall(cutoff) { object["recall@\(cutoff)"] = recall.json }
            if let precision = precision(cutoff) { object["precision@\(cutoff)"] = precision.json }
        }
        if let figure = meanAveragePrecision { object["mAP"] = figure.json }
        if let figure = meanAveragePrecisionAtR { object["mAP@R"] = figure.json }
        object["queriesWithoutRelevant"] = .int(Int64(withoutRelevant))
        return .object(object)
    }
}
