public import Evaluation

/// What a calibration is worth on questions that it was not fitted to.
public struct CalibrationReport: Sendable, Hashable {
    /// A threshold and what it would mean.
    public struct Point: Sendable, Hashable {
        /// Share of all questions that are answered with "same item".
        public let coverage: Double
        /// Share of right ones among them.
        public let precision: Double
        /// The probability from which on they are.
        public let threshold: Double
    }

    /// How well the probability parts questions whose item is there from those whose is not; nil without both.
    public let known: Figure?
    /// How well it parts right answers from all others; nil without both.
    public let right: Figure?
    /// The expected calibration error over ten bins of equally many questions; nil without questions.
    public let calibrationError: Double?
    /// Area under the curve of right answers among present items against accepted absent ones (Dhamija, Günther, Boult
    /// 2018): 1 when all present items are told rightly before the first absent one is accepted. Nil without both.
    public let openSetArea: Double?
    /// Precision against coverage, at each tenth of the questions.
    public let curve: [Point]
    /// Share of absent items that are answered with "same item" at the shipped threshold; nil without absent ones.
    public let falseAccepts: Figure?
    /// Precision of "same item" at the shipped threshold; nil when it is never answered.
    public let precision: Figure?

    /// Measures a calibration.
    public init(
        _ calibration: ScanCalibration, on examples: [CalibrationExample], bootstrap: Bootstrap = Bootstrap()
    ) {
        let scores = examples.map { calibration.model(for: $0.category).probability($0.features) }
        let isRight = examples.map(\.isRight)
        let isPresent = examples.map(\.isPresent)
        known = NotFound.areaUnderCurve(scores: scores, hasAnswer: isPresent, bootstrap: bootstrap)
        right = NotFound.areaUnderCurve(scores: scores, hasAnswer: isRight, bootstrap: bootstrap)
        calibrationError = Self.calibrationError(scores, isRight)
        openSetArea = Self.openSetArea(scores, isRight, isPresent)
        curve = Self.curve(scores, isRight)
        let isAccepted = examples.indices.map { calibration.model(for: examples[$0].category).accepts(scores[$0]) }
        let absent = examples.indices.filter { !isPresent[$0] }
        let accepted = examples.indices.filter { isAccepted[$0] }
        falseAccepts = bootstrap.mean(absent.map { isAccepted[$0] ? 1 : 0 })
        precision = bootstrap.mean(accepted.map { isRight[$0] ? 1 : 0 })
    }

    /// The mean distance of probability and share of right answers, bins weighted by their questions.
    static func calibrationError(_ scores: [Double], _ isRight: [Bool], bins: Int = 10) -> Double? {
        guard !scores.isEmpty else { return nil }
        let ranked = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        let sum = (0..<bins).reduce(0.0) { sum, bin in
            let places = ranked[ranked.count * bin / bins..<ranked.count * (bin + 1) / bins]
            let told = places.reduce(0) { $0 + scores[$1] }
            return sum + abs(told - Double(places.count { isRight[$0] }))
        }
        return sum / Double(scores.count)
    }

    /// For each absent question the share of present ones that are right and score higher, equal ones counting half.
    static func openSetArea(_ scores: [Double], _ isRight: [Bool], _ isPresent: [Bool]) -> Double? {
        let absent = scores.indices.filter { !isPresent[$0] }.map { scores[$0] }.sorted()
        let present = isPresent.count { $0 }
        guard !absent.isEmpty, present > 0 else { return nil }
        let wins = scores.indices.filter { isRight[$0] }.reduce(0.0) { sum, place in
            let below = absent.firstPlace { $0 >= scores[place] }
            let notAbove = absent.firstPlace { $0 > scores[place] }
            return sum + Double(below + notAbove) / 2
        }
        return wins / Double(present * absent.count)
    }

    private static func curve(_ scores: [Double], _ isRight: [Bool]) -> [Point] {
        let ranked = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        return (1...10).compactMap { tenth in
            let shown = ranked.prefix(ranked.count * tenth / 10)
            guard let last = shown.last else { return nil }
            return Point(
                coverage: Double(shown.count) / Double(ranked.count),
                precision: Double(shown.count { isRight[$0] }) / Double(shown.count), threshold: scores[last])
        }
    }
}

extension [Double] {
    /// The first place of a sorted list at which a condition holds, which holds from there on; the count for none.
    fileprivate func firstPlace(_ holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
