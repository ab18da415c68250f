internal import Basics

/// The weights by which the scores of several models are added, found on half of the queries, told on the other half.
public struct Ensemble: Sendable {
    /// A weight for each model; they sum to 1.
    public let weights: [Double]
    /// NDCG on the queries by which the weights were chosen: better than it will ever be again.
    public let chosen: Figure
    /// NDCG on the other queries: the one to report.
    public let heldOut: Figure
    /// NDCG of each model alone on those other queries.
    public let alone: [Figure]

    /// Tries all weights that are multiples of `1 / steps`; `scores[m][i]` is what model `m` gives to answer `i`.
    ///
    /// Queries go to one half or the other by `seed` and their number. Of equally good weights the first is taken, in
    /// the order of the grid.
    ///
    /// - Throws: ``EvaluationError`` without models, with more than 6, when counts differ, or if a half has no answers.
    public init(
        _ scores: [[Double]], of answers: [ScoredAnswer], steps: Int = 10, cutoff: Int = 5, seed: UInt64 = 7,
        bootstrap: Bootstrap = Bootstrap()
    ) throws(EvaluationError) {
        guard (1...6).contains(scores.count), (1...100).contains(steps) else {
            throw EvaluationError("An ensemble has 1 to 6 models and a grid of 1 to 100 steps.")
        }
        guard scores.allSatisfy({ $0.count == answers.count }) else {
            throw EvaluationError("A model scored another number of answers than there are.")
        }
        let isFirst = answers.map { answer in
            var random = SeededRandom(seed: seed ^ UInt64(bitPattern: Int64(answer.query)))
            return random.next() & 1 == 0
        }
        let places = (first: answers.indices.filter { isFirst[$0] }, second: answers.indices.filter { !isFirst[$0] })
        func figure(_ weights: [Double], _ places: [Int], _ bootstrap: Bootstrap) -> Figure? {
            let mixed = places.map { place in
                let answer = answers[place]
                let score = weights.indices.reduce(0.0) { $0 + weights[$1] * scores[$1][place] }
                return ScoredAnswer(
                    query: answer.query, product: answer.product, score: score, isRelevant: answer.isRelevant)
            }
            return RankedAnswers(mixed, cutoff: cutoff).figure(bootstrap)
        }
        var best: (weights: [Double], value: Double) = ([], -.infinity)
        for shares in Self.grid(models: scores.count, steps: steps) {
            let weights = shares.map { Double($0) / Double(steps) }
            let value = figure(weights, places.first, Bootstrap(resamples: 0))?.value ?? -.infinity
            if value > best.value { best = (weights, value) }
        }
        guard let chosen = figure(best.weights, places.first, bootstrap),
            let heldOut = figure(best.weights, places.second, bootstrap)
        else { throw EvaluationError("One half of the queries has no answers.") }
        weights = best.weights
        self.chosen = chosen
        self.heldOut = heldOut
        alone = scores.indices.compactMap { model in
            figure(scores.indices.map { $0 == model ? 1 : 0 }, places.second, bootstrap)
        }
    }

    /// All ways to share `steps` among models.
    private static func grid(models: Int, steps: Int) -> [[Int]] {
        guard models > 1 else { return [[steps]] }
        return (0...steps).flatMap { first in grid(models: models - 1, steps: steps - first).map { [first] + $0 } }
    }
}
