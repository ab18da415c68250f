package import Basics

/// Factors of several losses that follow how fast their validation losses move (He et al. 2017): the more one still
/// moves and the higher it stands, the more it counts.
///
/// Over two windows with means `before` and `now`, the trend of a loss is |now - before| / now, and its factor
/// (trend / mean trend) (now / mean now), divided by the mean of all factors. Until two windows are full all are 1. What
/// comes out is held within limits and mixed with what was there.
public struct TaskWeights: Hashable, Sendable {
    /// Values a window holds.
    public let window: Int
    /// The share of the old factor in the new one.
    public let inertia: Double
    /// The smallest and the largest factor.
    public let limits: ClosedRange<Double>
    /// The factors.
    public private(set) var weights: [Double]
    private var past: [[Double]]

    /// Factors of a number of losses, all 1.
    public init(count: Int, window: Int = 50, inertia: Double = 0.5, limits: ClosedRange<Double> = 0.1...10) {
        (self.window, self.inertia, self.limits) = (max(window, 1), min(max(inertia, 0), 1), limits)
        weights = [Double](repeating: 1, count: count)
        past = [[Double]](repeating: [], count: count)
    }

    /// Takes in a validation loss of each; after every full window the factors change. One that is not finite counts as
    /// not measured, and its window waits.
    public mutating func received(_ losses: [Double]) {
        for (place, loss) in losses.enumerated() where past.indices.contains(place) && loss.isFinite {
            past[place].append(loss)
        }
        guard let least = past.map(\.count).min(), least >= 2 * window else { return }
        let means = past.map { values in
            (before: Self.mean(values[..<window]), now: Self.mean(values[window..<2 * window]))
        }
        let trends = means.map { abs($0.now - $0.before) / max(abs($0.now), 1e-12) }
        let (trend, level) = (Self.mean(trends[...]), Self.mean(means.map(\.now)[...]))
        if trend > 0, level > 0 {
            let raw = zip(trends, means).map { $0 / trend * ($1.now / level) }
            let scale = max(Self.mean(raw[...]), 1e-12)
            weights = zip(weights, raw).map { old, fresh in
                min(max(inertia * old + (1 - inertia) * fresh / scale, limits.lowerBound), limits.upperBound)
            }
        }
        past = past.map { Array($0.dropFirst(window)) }
    }

    private static func mean(_ values: ArraySlice<Double>) -> Double {
        values.reduce(0, +) / Double(max(values.count, 1))
    }

    // MARK: Checkpoints

    /// What a checkpoint keeps.
    package var json: JSON {
        [
            "weights": .array(weights.map(JSON.double)),
            "past": .array(past.map { .array($0.map(JSON.double)) }),
        ]
    }

    /// Goes on from what a checkpoint kept; false, and nothing changes, if it does not fit.
    package mutating func restore(_ json: JSON?) -> Bool {
        guard let kept = Self.doubles(json?["weights"]), kept.count == weights.count,
            let lists = json?["past"]?.arrayValue, lists.count == past.count
        else { return false }
        let values = lists.compactMap(Self.doubles)
        guard values.count == lists.count else { return false }
        (weights, past) = (kept, values)
        return true
    }

    private static func doubles(_ json: JSON?) -> [Double]? {
        guard let list = json?.arrayValue else { return nil }
        let numbers = list.compactMap(\.doubleValue)
        return numbers.count == list.count ? numbers : nil
    }
}
