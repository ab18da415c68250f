/// Whether a confidence means what it says: of all answers given with 0.8, four fifths should be right.
public enum Calibration {
    /// The expected calibration error with bins of equal width (Guo et al. 2017): the mean distance between confidence
    /// and share of right answers in a bin, weighted by answers.
    ///
    /// Confidences lie in 0...1; others are cut. Nil without answers.
    public static func expectedError(
        confidences: [Double], isRight: [Bool], bins: Int = 15, groups: [Int]? = nil,
        bootstrap: Bootstrap = Bootstrap()
    ) -> Figure? {
        guard confidences.count == isRight.count, bins > 0 else { return nil }
        let cut = confidences.map { $0.isNaN ? 0 : min(1, max(0, $0)) }
        // A bin holds its upper end, as 1.0 must lie in the last.
        let bin = cut.map { max(0, min(bins - 1, Int(($0 * Double(bins)).rounded(.up)) - 1)) }
        return bootstrap.figure(count: cut.count, groups: groups) { weights in
            var sums = [(weight: Double, confidence: Double, right: Double)](repeating: (0, 0, 0), count: bins)
            for place in cut.indices {
                sums[bin[place]].weight += weights[place]
                sums[bin[place]].confidence += weights[place] * cut[place]
                sums[bin[place]].right += isRight[place] ? weights[place] : 0
            }
            let total = sums.reduce(0.0) { $0 + $1.weight }
            return total > 0 ? sums.reduce(0.0) { $0 + abs($1.confidence - $1.right) } / total : nil
        }
    }
}
