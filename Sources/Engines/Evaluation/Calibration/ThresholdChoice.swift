/// A score from which on answers are shown, and what that means on the answers it was chosen by.
public struct ThresholdChoice: Hashable, Sendable {
    /// Answers with this score or more are shown.
    public let threshold: Double
    /// The share of shown answers that is right.
    public let precision: Figure
    /// The share of all answers that is shown.
    public let acceptance: Figure

    /// The lowest threshold whose precision is at least `wanted`: it shows the most. Nil if there is none.
    public static func precision(
        _ wanted: Double, scores: [Double], isRight: [Bool], groups: [Int]? = nil, bootstrap: Bootstrap = Bootstrap()
    ) -> ThresholdChoice? {
        choose(scores, isRight, groups, bootstrap) { step in
            step.trueAccepts >= wanted * (step.trueAccepts + step.falseAccepts)
        }
    }

    /// The highest threshold that shows at least the share `wanted` of all answers. Nil without answers.
    public static func acceptance(
        _ wanted: Double, scores: [Double], isRight: [Bool], groups: [Int]? = nil, bootstrap: Bootstrap = Bootstrap()
    ) -> ThresholdChoice? {
        let count = Double(scores.count)
        var isReached = false
        return choose(scores, isRight, groups, bootstrap) { step in
            defer { isReached = isReached || step.trueAccepts + step.falseAccepts >= wanted * count }
            return !isReached && step.trueAccepts + step.falseAccepts >= wanted * count
        }
    }

    /// Takes the last step down that `isGood`.
    private static func choose(
        _ scores: [Double], _ isRight: [Bool], _ groups: [Int]?, _ bootstrap: Bootstrap,
        _ isGood: (ScoreSweep.Step) -> Bool
    ) -> ThresholdChoice? {
        guard scores.count == isRight.count else { return nil }
        let sweep = ScoreSweep(scores: scores, isHigh: isRight)
        var threshold: Double?
        sweep.walk([Double](repeating: 1, count: scores.count)) { step in
            if isGood(step) { threshold = step.threshold }
            return true
        }
        guard let threshold else { return nil }
        let shown = scores.indices.filter { scores[$0] >= threshold }
        let precision = bootstrap.mean(
            shown.map { isRight[$0] ? 1 : 0 }, groups: groups.map { groups in shown.map { groups[$0] } })
        let acceptance = bootstrap.mean(scores.map { $0 >= threshold ? 1 : 0 }, groups: groups)
        guard let precision, let acceptance else { return nil }
        return ThresholdChoice(threshold: threshold, precision: precision, acceptance: acceptance)
    }
}
