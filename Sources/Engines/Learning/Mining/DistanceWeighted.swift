internal import Basics
internal import Synchronization

/// One negative for each positive pair, drawn so that all distances come equally often (Wu et al. 2017, section 3.2).
///
/// On a sphere of n dimensions distances d of random pairs have the density q(d) ~ d^(n-2) (1 - d^2/4)^((n-3)/2). A
/// negative is drawn with a probability proportional to 1/q; distances below `nearest` count as that, beyond `farthest`
/// none is drawn. An anchor that has no such negative draws from all of its negatives evenly.
public final class DistanceWeightedMiner: PairMiner, Sendable {
    /// Distances below count as this one.
    public let nearest: Double
    /// Negatives beyond are not drawn.
    public let farthest: Double
    private let seed: UInt64
    private let random: Mutex<SeededRandom>

    /// A miner whose draws follow from the seed.
    public init(nearest: Double = 0.5, farthest: Double = 1.4, seed: UInt64 = 0) {
        (self.nearest, self.farthest, self.seed) = (nearest, farthest, seed)
        random = Mutex(SeededRandom(seed: seed))
    }

    /// Draws from a sequence of the step's own.
    public func begin(step: Int) {
        var steps = SeededRandom(seed: seed ^ UInt64(truncatingIfNeeded: step) &* 0x9E37_79B9_7F4A_7C15)
        let first = steps.next()
        random.withLock { $0 = SeededRandom(seed: first) }
    }

    /// log(1 / q(d)) up to a constant; computed as a logarithm because q overflows floats at 128 dimensions.
    public static func logWeight(_ distance: Double, dimension: Int) -> Double {
        let n = Double(dimension)
        return -(n - 2) * Scalar.log(distance) - (n - 3) / 2 * Scalar.log(max(1 - distance * distance / 4, 1e-12))
    }

    /// The probabilities of an anchor's negatives by their distances; empty if there is none.
    public func probabilities(_ distances: [Double], dimension: Int) -> [Double] {
        let logs = distances.map { distance in
            distance > farthest ? -.infinity : Self.logWeight(max(distance, nearest), dimension: dimension)
        }
        guard let top = logs.max(), top > -.infinity else {
            return distances.map { _ in 1 / Double(distances.count) }
        }
        let weights = logs.map { Scalar.exp($0 - top) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// All positives, and as many drawn negatives for each anchor; a negative drawn twice counts twice.
    public func mine(_ pairs: PairMatrix) -> PairMatrix {
        withoutGrad {
            let columns = pairs.distance.length(1)
            let distance = pairs.distance.host().doubles
            let (positive, negative) = (pairs.positives.host().doubles, pairs.negatives.host().doubles)
            var counts = [Double](repeating: 0, count: distance.count)
            random.withLock { random in
                for row in stride(from: 0, to: distance.count, by: max(columns, 1)) {
                    let places = (row..<row + columns).filter { negative[$0] > 0 }
                    let draws = Int(positive[row..<row + columns].reduce(0, +))
                    let weights = probabilities(places.map { distance[$0] }, dimension: pairs.dimension)
                    for _ in 0..<draws {
                        if let place = Self.draw(weights, using: &random) { counts[places[place]] += 1 }
                    }
                }
            }
            let drawn = Tensor(HostTensor(counts, shape: pairs.distance.shape), device: pairs.distance.device)
            return pairs.narrowed(positives: pairs.positives, negatives: drawn.to(pairs.distance.dtype))
        }
    }

    private static func draw(_ weights: [Double], using random: inout SeededRandom) -> Int? {
        var rest = Double.random(in: 0..<1, using: &random)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 }
    }
}
