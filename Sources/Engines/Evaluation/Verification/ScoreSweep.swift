/// Scores of two kinds, the ones that should be high and the ones that should be low, walked from the highest down.
///
/// Everything that depends on a threshold follows from one walk: weights let the bootstrap reuse the sorting.
struct ScoreSweep {
    /// One step down to the next distinct score.
    struct Step {
        /// Everything at or above this is accepted.
        let threshold: Double
        /// Weight of accepted scores that should be low.
        let falseAccepts: Double
        /// Weight of accepted scores that should be high.
        let trueAccepts: Double
    }

    /// Places of the scores, highest first.
    private let order: [Int]
    private let scores: [Double]
    private let isHigh: [Bool]

    /// A score that is not a number counts as the lowest.
    init(scores: [Double], isHigh: [Bool]) {
        precondition(scores.count == isHigh.count, "a kind for each score")
        let numbers = scores.map { $0.isNaN ? -.infinity : $0 }
        self.scores = numbers
        self.isHigh = isHigh
        order = numbers.indices.sorted { numbers[$0] > numbers[$1] }
    }

    /// Weight of all scores of either kind.
    func totals(_ weights: [Double]) -> (high: Double, low: Double) {
        var totals = (high: 0.0, low: 0.0)
        for place in scores.indices {
            if isHigh[place] { totals.high += weights[place] } else { totals.low += weights[place] }
        }
        return totals
    }

    /// Walks down one distinct score at a time until `body` returns false. Scores of weight 0 are not there.
    func walk(_ weights: [Double], _ body: (Step) -> Bool) {
        var accepted = (high: 0.0, low: 0.0)
        var at = 0
        while at < order.count {
            let threshold = scores[order[at]]
            var isSeen = false
            while at < order.count, scores[order[at]] == threshold {
                let weight = weights[order[at]]
                if isHigh[order[at]] { accepted.high += weight } else { accepted.low += weight }
                isSeen = isSeen || weight > 0
                at += 1
            }
            let step = Step(threshold: threshold, falseAccepts: accepted.low, trueAccepts: accepted.high)
            if isSeen, !body(step) { return }
        }
    }

    /// Where the share of false accepts equals the share of false rejects, linearly between two steps.
    func equalErrorRate(_ weights: [Double]) -> Double? {
        let totals = totals(weights)
        guard totals.high > 0, totals.low > 0 else { return nil }
        var last = (accepts: 0.0, rejects: 1.0)
        var result: Double?
        walk(weights) { step in
            let now = (accepts: step.falseAccepts / totals.low, rejects: 1 - step.trueAccepts / totals.high)
            guard now.accepts >= now.rejects else {
                last = now
                return true
            }
            let before = last.rejects - last.accepts
            let share = before / (before + now.accepts - now.rejects)
            result = last.accepts + share * (now.accepts - last.accepts)
            return false
        }
        return result
    }

    /// The share of pairs (one high, one low) in which the high one scores higher; equal scores count half.
    func areaUnderCurve(_ weights: [Double]) -> Double? {
        let totals = totals(weights)
        guard totals.high > 0, totals.low > 0 else { return nil }
        var area = 0.0
        var last = (high: 0.0, low: 0.0)
        walk(weights) { step in
            area += (step.falseAccepts - last.low) * (step.trueAccepts + last.high) / 2
            last = (step.trueAccepts, step.falseAccepts)
            return true
        }
        return area / totals.high / totals.low
    }

    /// The threshold at the floor(rate * n)-th highest low score, with what it accepts; nil if that is none.
    ///
    /// If more low scores share that threshold than are allowed, it lies at the next higher low score.
    func step(falseAcceptRate rate: Double, _ weights: [Double]) -> Step? {
        let totals = totals(weights)
        let allowed = (rate * totals.low * (1 + 1e-12)).rounded(.down)
        guard totals.high > 0, allowed >= 1 else { return nil }
        var best: Step?
        var last = 0.0
        walk(weights) { step in
            guard step.falseAccepts <= allowed else { return false }
            if step.falseAccepts > last { best = step }
            last = step.falseAccepts
            return true
        }
        return best
    }
}
