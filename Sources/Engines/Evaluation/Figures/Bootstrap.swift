internal import Basics

/// Intervals by drawing again, with replacement, from what was measured (Efron 1979, percentile method).
///
/// Measurements that belong together (photos of one session, pairs of one person) are drawn together: otherwise the
/// interval would be too narrow. The draws follow from the seed, so the same data give the same interval.
public struct Bootstrap: Hashable, Sendable {
    /// How often is drawn.
    public var resamples: Int
    /// Where the draws begin.
    public var seed: UInt64
    /// The share of draws that lie in the interval.
    public var level: Double

    /// 1,000 draws and 95 %.
    public init(resamples: Int = 1_000, seed: UInt64 = 7, level: Double = 0.95) {
        self.resamples = resamples
        self.seed = seed
        self.level = level
    }

    /// The mean of `values`; `groups` says which belong together, by any number (nil: each stands alone).
    ///
    /// Nil if there are no values. A single group has no interval.
    public func mean(_ values: [Double], groups: [Int]? = nil) -> Figure? {
        guard !values.isEmpty else { return nil }
        let places = Self.places(of: groups, count: values.count)
        var sums = [Double](repeating: 0, count: places.count)
        var counts = [Double](repeating: 0, count: places.count)
        for (value, place) in zip(values, places.of) {
            sums[place] += value
            counts[place] += 1
        }
        let drawn = draws(of: places.count) { picked in
            var total = 0.0
            var weight = 0.0
            for place in picked {
                total += sums[place]
                weight += counts[place]
            }
            return total / weight
        }
        return Figure(
            value: values.reduce(0, +) / Double(values.count), count: values.count, interval: interval(of: drawn))
    }

    /// A statistic of `count` measurements that can be computed with a weight for each.
    ///
    /// `statistic` is called once with all weights 1, then once a draw with how often each measurement was drawn. It
    /// returns nil where it is not defined; such draws do not count. Nil if it is not defined on the whole.
    public func figure(
        count: Int, groups: [Int]? = nil, of statistic: (_ weights: [Double]) -> Double?
    ) -> Figure? {
        guard count > 0, let value = statistic([Double](repeating: 1, count: count)) else { return nil }
        let places = Self.places(of: groups, count: count)
        let drawn = draws(of: places.count) { picked in
            var times = [Double](repeating: 0, count: places.count)
            for place in picked { times[place] += 1 }
            return statistic(places.of.map { times[$0] })
        }
        return Figure(value: value, count: count, interval: interval(of: drawn))
    }

    // MARK: Drawing

    private func draws(of count: Int, _ statistic: ([Int]) -> Double?) -> [Double] {
        guard count > 1, resamples > 1 else { return [] }
        var random = SeededRandom(seed: seed)
        var picked = [Int](repeating: 0, count: count)
        return (0..<resamples).compactMap { _ in
            for index in picked.indices {
                picked[index] = Int(random.next().multipliedFullWidth(by: UInt64(count)).high)
            }
            return statistic(picked)
        }
    }

    /// The range that holds `level` of the draws, its ends interpolated; nil for fewer than half of the draws.
    private func interval(of drawn: [Double]) -> ClosedRange<Double>? {
        guard drawn.count >= 2, drawn.count * 2 >= resamples else { return nil }
        let sorted = drawn.sorted()
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
        }
        let tail = (1 - level) / 2
        let ends = (quantile(tail), quantile(1 - tail))
        return ends.0 <= ends.1 ? ends.0...ends.1 : nil
    }

    /// Groups by consecutive numbers.
    private static func places(of groups: [Int]?, count: Int) -> (of: [Int], count: Int) {
        guard let groups else { return (Array(0..<count), count) }
        precondition(groups.count == count, "a group for each measurement")
        var places: [Int: Int] = [:]
        let of = groups.map { group in
            let place = places[group] ?? places.count
            places[group] = place
            return place
        }
        return (of, places.count)
    }
}
