public import Basics

/// Whether something new may replace something old: the same queries answered by both, compared one by one.
///
/// Passes if the new one is on average at least as good, and the 95 % interval of the difference excludes a loss of more
/// than `tolerance`.
public struct Gate: Hashable, Sendable {
    /// The loss that the interval must exclude.
    public var tolerance: Double
    /// Fewer queries than these decide nothing.
    public var minimumQueries: Int
    /// How the interval is made.
    public var bootstrap: Bootstrap

    /// Half a percentage point, 30 queries, 1,000 draws.
    public init(tolerance: Double = 0.005, minimumQueries: Int = 30, bootstrap: Bootstrap = Bootstrap()) {
        self.tolerance = tolerance
        self.minimumQueries = minimumQueries
        self.bootstrap = bootstrap
    }

    /// What a comparison found.
    public struct Verdict: Hashable, Sendable {
        /// Whether the new one may replace the old one.
        public let passes: Bool
        /// Why, as a sentence with the numbers.
        public let reason: String
        /// The old one's figure.
        public let old: Figure?
        /// The new one's figure.
        public let new: Figure?
        /// New minus old, query by query.
        public let difference: Figure?

        /// As reports store it.
        public var json: JSON {
            var object = JSONObject()
            object["passes"] = .bool(passes)
            object["reason"] = .string(reason)
            for (name, figure) in [("old", old), ("new", new), ("difference", difference)] {
                if let figure { object[name] = figure.json }
            }
            return .object(object)
        }
    }

    /// Compares two answers to the same queries; larger is better. `groups` as in ``Bootstrap/mean(_:groups:)``.
    public func compare(old: [Double], new: [Double], groups: [Int]? = nil) -> Verdict {
        guard old.count == new.count else {
            return refused("The old and the new were measured on \(old.count) and \(new.count) queries.")
        }
        guard old.count >= minimumQueries else {
            return refused("\(old.count) queries decide nothing: at least \(minimumQueries) are needed.")
        }
        guard old.allSatisfy(\.isFinite), new.allSatisfy(\.isFinite) else {
            return refused("A measurement is not a finite number.")
        }
        let difference = bootstrap.mean(zip(old, new).map { $1 - $0 }, groups: groups)
        let isSure = (difference?.interval?.lowerBound ?? -.infinity) > -tolerance
        let isBetter = (difference?.value ?? -.infinity) >= 0
        let told = difference?.text ?? "unknown"
        let reason =
            if isBetter, isSure {
                "Not worse: new minus old is \(told)."
            } else if isBetter {
                "Not sure: new minus old is \(told); a loss of \(tolerance) cannot be excluded."
            } else {
                "Worse: new minus old is \(told)."
            }
        return Verdict(
            passes: isBetter && isSure, reason: reason, old: bootstrap.mean(old, groups: groups),
            new: bootstrap.mean(new, groups: groups), difference: difference)
    }

    private func refused(_ reason: String) -> Verdict {
        Verdict(passes: false, reason: reason, old: nil, new: nil, difference: nil)
    }
}
