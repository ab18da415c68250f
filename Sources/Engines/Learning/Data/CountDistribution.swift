/// How often something stands in a sample (boxes of a picture, words of a query), and which limit for it is sensible.
public struct CountDistribution: Hashable, Sendable {
    /// The counts, sorted.
    private let sorted: [Int]

    /// A distribution; nil without counts.
    public init?(_ counts: [Int]) {
        guard !counts.isEmpty else { return nil }
        sorted = counts.sorted()
    }

    /// The mean.
    public var mean: Double { Double(sorted.reduce(0, +)) / Double(sorted.count) }

    /// The largest.
    public var largest: Int { sorted[sorted.count - 1] }

    /// The smallest count that so many percent (0...100) do not exceed.
    public func percentile(_ percent: Int) -> Int {
        let rank = (sorted.count * min(max(percent, 0), 100) + 99) / 100
        return sorted[min(max(rank - 1, 0), sorted.count - 1)]
    }

    /// A limit that leaves 99 of 100 samples whole, at least 1.
    public var proposedLimit: Int { max(1, percentile(99)) }
}
