package import Basics

/// How steady the gradients are that each way of choosing negatives gives (after Wu et al. 2017, section 3.2 and figure 2).
///
/// A negative pulls its anchor along the unit vector between them. With a little noise on both, that direction varies the
/// more the nearer they are. The report counts at which distances each sampler chooses, and how much the direction varies
/// there.
public struct SamplingReport: Hashable, Sendable {
    /// The ways of choosing.
    public enum Sampler: String, Sendable, CaseIterable {
        /// Any negative.
        case random
        /// The nearest negative.
        case hard
        /// The nearest negative that is farther than the positive; the farthest where there is none.
        case semiHard
        /// Drawn so that all distances come equally often.
        case distanceWeighted
    }

    /// What happens at distances of one range.
    public struct Bin: Hashable, Sendable {
        /// The middle of the range.
        public let distance: Double
        /// How many negatives were chosen there.
        public let count: Int
        /// The variance of the gradient's direction, 0...1; 0 where none was chosen.
        public let variance: Double
    }

    /// The curve of one sampler.
    public struct Curve: Hashable, Sendable {
        /// The sampler.
        public let sampler: Sampler
        /// The ranges, from distance 0 to 2.
        public let bins: [Bin]
        /// The mean distance of what was chosen.
        public let meanDistance: Double
        /// The deviation of those distances.
        public let spread: Double
        /// The mean variance over all that was chosen.
        public let variance: Double
    }

    /// One curve for each sampler.
    public let curves: [Curve]
    /// How many pairs of anchor and positive were looked at.
    public let pairs: Int

    static let binCount = 40

    /// A report over embeddings, one a row of equal length, with their labels; rows are brought to length 1 first.
    ///
    /// `rounds` pairs of an anchor and a positive are drawn, `noise` is the deviation of each coordinate, and each direction
    /// is taken `draws` times. Nil if there are no two classes, or none with two rows.
    public init?(
        embeddings: [[Float]], labels: [Int], rounds: Int = 500, noise: Double = 0.05, draws: Int = 16, seed: UInt64 = 0
    ) {
        guard embeddings.count == labels.count, let dimension = embeddings.first?.count, dimension > 1,
            embeddings.allSatisfy({ $0.count == dimension && $0.allSatisfy(\.isFinite) })
        else { return nil }
        let groups = LabelGroups.of(labels)
        let anchors = groups.filter { $0.count > 1 }
        guard groups.count > 1, !anchors.isEmpty, rounds > 0, draws > 1 else { return nil }
        let space = SamplingSpace(embeddings, labels, noise: noise, draws: draws)
        var tallies = Sampler.allCases.map { _ in SamplingTally(Self.binCount) }
        for round in 0..<rounds {
            var random = CounterRandom(seed: seed, sample: round, stage: .sampling)
            let group = anchors[random.below(anchors.count)]
            let pair = random.shuffled(group)
            let distances = space.distances(from: pair[0])
            for (place, sampler) in Sampler.allCases.enumerated() {
                let chosen = space.negative(sampler, pair[0], distances[pair[1]], distances, &random)
                let variance = space.variance(pair[0], chosen, &random)
                tallies[place].add(distances[chosen], variance)
            }
        }
        curves = zip(Sampler.allCases, tallies).map { $1.curve($0) }
        pairs = rounds
    }

    /// The curve of a sampler.
    public subscript(sampler: Sampler) -> Curve? { curves.first { $0.sampler == sampler } }

    /// The report as JSON.
    package var json: JSON {
        var object = JSONObject()
        for curve in curves {
            object[curve.sampler.rawValue] = [
                "meanDistance": .double(curve.meanDistance), "spread": .double(curve.spread),
                "variance": .double(curve.variance),
                "bins": .array(
                    curve.bins.filter { $0.count > 0 }.map {
                        [
                            "distance": .double($0.distance), "count": .int(Int64($0.count)),
                            "variance": .double($0.variance),
                        ]
                    }),
            ]
        }
        return ["pairs": .int(Int64(pairs)), "samplers": .object(object)]
    }
}

/// Distances and directions between the rows.
private struct SamplingSpace {
    private let rows: [[Double]]
    private let labels: [Int]
    private let noise: Double
    private let draws: Int
    private let miner = DistanceWeightedMiner()

    init(_ embeddings: [[Float]], _ labels: [Int], noise: Double, draws: Int) {
        rows = embeddings.map { row in
            let length = max(1e-12, row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
            return row.map { Double($0) / length }
        }
        (self.labels, self.noise, self.draws) = (labels, noise, draws)
    }

    func distances(from anchor: Int) -> [Double] {
        rows.map { row in
            zip(rows[anchor], row).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
    }

    func negative(
        _ sampler: SamplingReport.Sampler, _ anchor: Int, _ positive: Double, _ distances: [Double],
        _ random: inout CounterRandom
    ) -> Int {
        let others = labels.indices.filter { labels[$0] >= 0 && labels[$0] != labels[anchor] }
        let nearest = others.min { distances[$0] < distances[$1] } ?? anchor
        switch sampler {
        case .random: return others[random.below(others.count)]
        case .hard: return nearest
        case .semiHard:
            return others.filter { distances[$0] > positive }.min { distances[$0] < distances[$1] }
                ?? others.max { distances[$0] < distances[$1] } ?? nearest
        case .distanceWeighted:
            let chances = miner.probabilities(others.map { distances[$0] }, dimension: rows[anchor].count)
            return random.weighted(chances).map { others[$0] } ?? nearest
        }
    }

    /// One minus the squared length of the mean direction: the trace of the covariance of unit vectors.
    func variance(_ anchor: Int, _ negative: Int, _ random: inout CounterRandom) -> Double {
        let difference = zip(rows[anchor], rows[negative]).map { $0 - $1 }
        var mean = [Double](repeating: 0, count: difference.count)
        for _ in 0..<draws {
            let noisy = difference.map { $0 + random.normal() * noise * 2.0.squareRoot() }
            let length = max(1e-12, noisy.reduce(0) { $0 + $1 * $1 }.squareRoot())
            for at in mean.indices { mean[at] += noisy[at] / length }
        }
        let square = mean.reduce(0) { $0 + $1 * $1 } / Double(draws * draws)
        // Of so few draws the square of the mean is too large by the variance of the mean.
        return max(0, (1 - square) * Double(draws) / Double(draws - 1))
    }
}

private struct SamplingTally {
    private var counts: [Int]
    private var variances: [Double]
    private var sum = 0.0
    private var squares = 0.0

    init(_ bins: Int) {
        counts = [Int](repeating: 0, count: bins)
        variances = [Double](repeating: 0, count: bins)
    }

    mutating func add(_ distance: Double, _ variance: Double) {
        let bin = min(max(Int(distance / 2 * Double(counts.count)), 0), counts.count - 1)
        counts[bin] += 1
        variances[bin] += variance
        sum += distance
        squares += distance * distance
    }

    func curve(_ sampler: SamplingReport.Sampler) -> SamplingReport.Curve {
        let all = Double(max(1, counts.reduce(0, +)))
        let mean = sum / all
        let bins = counts.indices.map { at in
            SamplingReport.Bin(
                distance: (Double(at) + 0.5) * 2 / Double(counts.count), count: counts[at],
                variance: counts[at] > 0 ? variances[at] / Double(counts[at]) : 0)
        }
        return SamplingReport.Curve(
            sampler: sampler, bins: bins, meanDistance: mean, spread: max(0, squares / all - mean * mean).squareRoot(),
            variance: variances.reduce(0, +) / all)
    }
}
