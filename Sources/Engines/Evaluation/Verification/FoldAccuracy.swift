internal import Basics

extension Verification {
    /// The accuracy of thresholds that were chosen on other people.
    public struct FoldAccuracy: Hashable, Sendable {
        /// Accuracy over all tested pairs.
        public let accuracy: Figure
        /// The threshold and accuracy of each fold that had pairs.
        public let folds: [Fold]
        /// Pairs whose two identities lie in two folds: in no figure.
        public let unused: Int

        /// One fold.
        public struct Fold: Hashable, Sendable {
            /// The most accurate threshold on the other folds.
            public let threshold: Double
            /// Its accuracy on this fold.
            public let accuracy: Double
        }
    }

    /// Shares the identities among `folds`, and tests each with the threshold that is best on pairs without any of its
    /// identities. Nil if no fold can be tested.
    public static func accuracy(
        _ pairs: [ScoredPair], folds: Int = 10, seed: UInt64 = 7, bootstrap: Bootstrap = Bootstrap()
    ) -> FoldAccuracy? {
        guard folds > 1 else { return nil }
        let fold = shares(of: pairs, folds: folds, seed: seed)
        func isIn(_ pair: ScoredPair, _ number: Int) -> (Bool, Bool) {
            (fold[pair.first] == number, fold[pair.second] == number)
        }
        var results: [FoldAccuracy.Fold] = []
        var correct: [Double] = []
        var groups: [Int] = []
        for number in 0..<folds {
            let tested = pairs.filter { isIn($0, number) == (true, true) }
            let others = pairs.filter { isIn($0, number) == (false, false) }
            guard !tested.isEmpty, let threshold = bestThreshold(others) else { continue }
            let hits = tested.map { ($0.score >= threshold) == $0.isGenuine ? 1.0 : 0 }
            results.append(.init(threshold: threshold, accuracy: hits.reduce(0, +) / Double(hits.count)))
            correct += hits
            groups += tested.map(\.first)
        }
        guard let accuracy = bootstrap.mean(correct, groups: groups) else { return nil }
        return FoldAccuracy(
            accuracy: accuracy, folds: results, unused: pairs.count { fold[$0.first] != fold[$0.second] })
    }

    private static func shares(of pairs: [ScoredPair], folds: Int, seed: UInt64) -> [Int: Int] {
        var random = SeededRandom(seed: seed)
        let identities = Set(pairs.flatMap { [$0.first, $0.second] }).sorted().shuffled(using: &random)
        return Dictionary(uniqueKeysWithValues: identities.enumerated().map { ($1, $0 % folds) })
    }

    /// The threshold with the most correct pairs; of equally good ones the highest. Nil without pairs.
    static func bestThreshold(_ pairs: [ScoredPair]) -> Double? {
        guard !pairs.isEmpty else { return nil }
        let sweep = ScoreSweep(scores: pairs.map(\.score), isHigh: pairs.map(\.isGenuine))
        // Accepting nothing is right for every impostor; steps are compared by what they win over that.
        var best = (gain: 0.0, threshold: Double.infinity)
        sweep.walk([Double](repeating: 1, count: pairs.count)) { step in
            let gain = step.trueAccepts - step.falseAccepts
            if gain > best.gain { best = (gain, step.threshold) }
            return true
        }
        return best.threshold
    }
}
