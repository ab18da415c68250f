/// Two things that are said to be the same, and whether they are.
public struct ScoredPair: Hashable, Sendable {
    /// How alike they look; larger is more alike.
    public let score: Double
    /// Who the first is.
    public let first: Int
    /// Who the second is.
    public let second: Int

    /// A pair of two identities.
    public init(score: Double, first: Int, second: Int) {
        self.score = score
        self.first = first
        self.second = second
    }

    /// Whether it is a genuine pair, not an impostor.
    public var isGenuine: Bool { first == second }
}

/// How well a score tells genuine pairs from impostors.
///
/// FAR(t) is the share of impostors with a score of t or more, FRR(t) the share of genuine pairs below t. Intervals draw
/// all pairs of a first identity together.
public struct Verification: Sendable {
    /// Acceptance at a wanted rate of false accepts.
    public struct Acceptance: Hashable, Sendable {
        /// Scores from here on are accepted.
        public let threshold: Double
        /// The share of impostors that were accepted: at most what was wanted.
        public let falseAcceptRate: Double
        /// The share of genuine pairs that were accepted.
        public let trueAcceptRate: Figure
    }

    /// Impostors that must be accepted at least for a rate to be told.
    public static let fewestImpostors = 10

    private let pairs: [ScoredPair]
    private let sweep: ScoreSweep
    private let bootstrap: Bootstrap

    /// Sorts the pairs once.
    public init(_ pairs: [ScoredPair], bootstrap: Bootstrap = Bootstrap()) {
        self.pairs = pairs
        self.bootstrap = bootstrap
        sweep = ScoreSweep(scores: pairs.map(\.score), isHigh: pairs.map(\.isGenuine))
    }

    /// Genuine pairs.
    public var genuine: Int { pairs.count { $0.isGenuine } }
    /// Impostors.
    public var impostors: Int { pairs.count - genuine }

    /// The share of impostors that a threshold accepts; nil without impostors.
    public func falseAcceptRate(at threshold: Double) -> Figure? {
        rate(of: pairs.filter { !$0.isGenuine }) { $0.score >= threshold }
    }

    /// The share of genuine pairs that a threshold rejects; nil without genuine pairs.
    public func falseRejectRate(at threshold: Double) -> Figure? {
        rate(of: pairs.filter(\.isGenuine)) { !($0.score >= threshold) }
    }

    /// The rate at which both errors are equal; nil unless there are pairs of both kinds.
    public var equalErrorRate: Figure? {
        bootstrap.figure(count: pairs.count, groups: pairs.map(\.first), of: sweep.equalErrorRate)
    }

    /// What is accepted at a wanted rate of false accepts; nil for too few impostors to tell.
    public func acceptance(falseAcceptRate rate: Double) -> Acceptance? {
        let impostors = Double(self.impostors)
        guard rate > 0, rate * impostors * (1 + 1e-12) >= Double(Self.fewestImpostors) else { return nil }
        let all = [Double](repeating: 1, count: pairs.count)
        let figure = bootstrap.figure(count: pairs.count, groups: pairs.map(\.first)) { weights in
            sweep.step(falseAcceptRate: rate, weights).map { $0.trueAccepts / sweep.totals(weights).high }
        }
        guard let figure, let step = sweep.step(falseAcceptRate: rate, all) else { return nil }
        return Acceptance(
            threshold: step.threshold, falseAcceptRate: step.falseAccepts / impostors,
            trueAcceptRate: Figure(value: figure.value, count: genuine, interval: figure.interval))
    }

    private func rate(of pairs: [ScoredPair], _ isCounted: (ScoredPair) -> Bool) -> Figure? {
        bootstrap.mean(pairs.map { isCounted($0) ? 1 : 0 }, groups: pairs.map(\.first))
    }
}
