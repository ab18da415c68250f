internal import Foundation

/// Figures of ranked lists: what was asked for should stand at the top.
public enum Ranking {
    /// Normalised discounted cumulative gain of one ranked list (Järvelin, Kekäläinen 2002), from 0 to 1.
    ///
    /// DCG is the sum over the first `cutoff` places i = 0, 1, .. of gain / log2(i + 2); the best possible list has
    /// `relevant` gains of 1. Nil if nothing is relevant.
    public static func gain(_ isRelevant: [Bool], relevant: Int, cutoff: Int = 5) -> Double? {
        guard relevant > 0, cutoff > 0 else { return nil }
        let best = (0..<min(cutoff, relevant)).reduce(0.0) { $0 + discount($1) }
        let real = isRelevant.prefix(cutoff).enumerated().reduce(0.0) { $0 + ($1.element ? discount($1.offset) : 0) }
        return min(1, real / best)
    }

    private static func discount(_ place: Int) -> Double { 1 / log2(Double(place + 2)) }
}

/// One product that was scored for a query.
public struct ScoredAnswer: Hashable, Sendable {
    /// The query's number.
    public let query: Int
    /// The product's number: orders products with equal scores.
    public let product: Int
    /// The score; larger is better.
    public let score: Double
    /// Whether the product answers the query.
    public let isRelevant: Bool

    /// A scored product.
    public init(query: Int, product: Int, score: Double, isRelevant: Bool) {
        self.query = query
        self.product = product
        self.score = score
        self.isRelevant = isRelevant
    }
}

/// A table of scored answers, ranked query by query.
public struct RankedAnswers: Sendable {
    /// The gain of each query that has an answer, in the order of their numbers.
    public let gains: [(query: Int, gain: Double)]
    /// Queries without an answer in the table: in no figure.
    public let withoutAnswer: Int

    /// Ranks the answers of every query by score, then by the product's number; a score that is not a number is last.
    ///
    /// `relevant` says how many answers a query has when the table does not hold them all.
    public init(_ answers: [ScoredAnswer], relevant: [Int: Int] = [:], cutoff: Int = 5) {
        var gains: [(query: Int, gain: Double)] = []
        let lists = Dictionary(grouping: answers, by: \.query)
        var withoutAnswer = 0
        for query in Set(lists.keys).union(relevant.keys).sorted() {
            let list = lists[query, default: []].sorted { Self.isBefore($0, $1) }.map(\.isRelevant)
            let known = relevant[query] ?? list.count { $0 }
            if let gain = Ranking.gain(list, relevant: known, cutoff: cutoff) {
                gains.append((query, gain))
            } else {
                withoutAnswer += 1
            }
        }
        self.gains = gains
        self.withoutAnswer = withoutAnswer
    }

    /// The mean over the queries that have an answer: NDCG@5 unless another cutoff was given.
    public func figure(_ bootstrap: Bootstrap = Bootstrap()) -> Figure? { bootstrap.mean(gains.map(\.gain)) }

    private static func isBefore(_ a: ScoredAnswer, _ b: ScoredAnswer) -> Bool {
        let scores = (a.score.isNaN ? -.infinity : a.score, b.score.isNaN ? -.infinity : b.score)
        return scores.0 > scores.1 || (scores.0 == scores.1 && a.product < b.product)
    }
}
