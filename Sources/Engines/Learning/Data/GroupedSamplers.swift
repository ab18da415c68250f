/// Batches of P classes with K samples each, as losses over pairs need them.
///
/// An epoch has as many batches as its samples fill. Classes with more samples left come first, each sample of a class
/// comes before any comes again, and a class with fewer than K fills its place by drawing again. Samples without a label
/// are left out.
public struct ClassSampler: BatchSampler {
    private let classes: [[Int]]
    private let classCount: Int
    private let samplesPerClass: Int

    /// A sampler for the label of each sample (-1: none), with `classes` classes of `samples` each a batch.
    public init(labels: [Int], classes classCount: Int = 16, samples samplesPerClass: Int = 4) {
        precondition(classCount > 0 && samplesPerClass > 0, "a batch has classes and samples")
        classes = LabelGroups.of(labels)
        (self.classCount, self.samplesPerClass) = (classCount, samplesPerClass)
    }

    /// The batches of an epoch.
    public func batches(epoch: Int, seed: UInt64) -> [[Int]] {
        var random = CounterRandom(seed: seed, epoch: epoch, stage: .sampling)
        var decks = classes.map { ClassDeck(random.shuffled($0)) }
        let all = classes.reduce(0) { $0 + $1.count }
        let count = max(1, (all + classCount * samplesPerClass - 1) / (classCount * samplesPerClass))
        guard all > 0 else { return [] }
        return (0..<count).map { _ in
            choose(decks, &random).flatMap { decks[$0].draw(samplesPerClass, &random) }
        }
    }

    /// The classes of a batch: drawn without repetition, in proportion to what is left; used up ones fill the rest.
    private func choose(_ decks: [ClassDeck], _ random: inout CounterRandom) -> [Int] {
        var weights = decks.map { Double($0.left) }
        var chosen: [Int] = []
        while chosen.count < min(classCount, decks.count), let next = random.weighted(weights) {
            chosen.append(next)
            weights[next] = 0
        }
        guard chosen.count < min(classCount, decks.count) else { return chosen }
        let taken = Set(chosen)
        let others = random.shuffled(decks.indices.filter { !taken.contains($0) })
        return chosen + others.prefix(classCount - chosen.count)
    }
}

/// The samples of a class in a drawn order; dealt from the top, and shuffled again when they are used up.
private struct ClassDeck {
    private var samples: [Int]
    private var at = 0
    private(set) var left: Int

    init(_ samples: [Int]) {
        self.samples = samples
        left = samples.count
    }

    mutating func draw(_ count: Int, _ random: inout CounterRandom) -> [Int] {
        (0..<count).map { _ in
            if at == samples.count {
                samples = random.shuffled(samples)
                at = 0
            }
            at += 1
            left = max(0, left - 1)
            return samples[at - 1]
        }
    }
}

/// Samples by label.
enum LabelGroups {
    /// The positions of each label that occurs, by label; negative labels are left out.
    static func of(_ labels: [Int]) -> [[Int]] {
        var groups: [Int: [Int]] = [:]
        for (index, label) in labels.enumerated() where label >= 0 { groups[label, default: []].append(index) }
        return groups.keys.sorted().compactMap { groups[$0] }
    }
}

/// Draws with weights, with replacement: a sample of twice the weight comes twice as often.
public struct WeightedSampler: BatchSampler {
    private let bounds: [Double]
    private let batchSize: Int
    private let count: Int

    /// Draws `count` samples an epoch (as many as there are weights, if not given). Weights under 0 count as 0.
    public init(weights: [Double], batchSize: Int, count: Int? = nil) {
        precondition(batchSize > 0, "a batch has samples")
        var sum = 0.0
        bounds = weights.map { weight in
            sum += weight.isFinite ? max(0, weight) : 0
            return sum
        }
        self.batchSize = batchSize
        self.count = count ?? weights.count
    }

    /// For long tails: the weight of a class of n samples is n^(1 - power); 0.5 lies half way between photos and classes.
    public static func classBalanced(labels: [Int], batchSize: Int, power: Double = 0.5) -> WeightedSampler {
        var weights = [Double](repeating: 0, count: labels.count)
        for group in LabelGroups.of(labels) {
            for index in group { weights[index] = 1 / Self.raised(Double(group.count), power) }
        }
        return WeightedSampler(weights: weights, batchSize: batchSize, count: labels.count { $0 >= 0 })
    }

    /// Samples with larger losses more often: the weight is (loss + floor x mean loss)^power.
    ///
    /// Losses that are missing or no numbers count as the mean.
    public static func hardnessWeighted(
        losses: [Double?], batchSize: Int, power: Double = 1, floor: Double = 0.25
    ) -> WeightedSampler {
        let known = losses.compactMap { $0 }.filter { $0.isFinite && $0 >= 0 }
        let mean = known.isEmpty ? 1 : max(1e-12, known.reduce(0, +) / Double(known.count))
        let weights = losses.map { loss -> Double in
            let value = loss.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil } ?? mean
            return Self.raised(value / mean + floor, power)
        }
        return WeightedSampler(weights: weights, batchSize: batchSize)
    }

    /// The batches of an epoch.
    public func batches(epoch: Int, seed: UInt64) -> [[Int]] {
        guard let sum = bounds.last, sum > 0 else { return [] }
        var random = CounterRandom(seed: seed, epoch: epoch, stage: .sampling)
        let drawn = (0..<count).map { _ in place(of: random.unit() * sum) }
        return Batches.cut(drawn, into: batchSize, keepsRest: true)
    }

    /// The first sample whose bound is above a value.
    private func place(of value: Double) -> Int {
        var (low, high) = (0, bounds.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension WeightedSampler {
    fileprivate static func raised(_ base: Double, _ power: Double) -> Double { pow(base, power) }
}
