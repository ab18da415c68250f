/// Which samples make which batch. The plan of an epoch follows from the seed and the epoch alone.
public protocol BatchSampler: Sendable {
    /// The batches of an epoch, as positions in ``Dataset/samples``.
    func batches(epoch: Int, seed: UInt64) -> [[Int]]
}

/// Every sample once an epoch, in an order that is drawn anew for each.
public struct ShuffleSampler: BatchSampler {
    private let indexes: [Int]
    private let batchSize: Int
    private let keepsRest: Bool

    /// Batches of `batchSize` of `count` samples, or of the listed ones; the last, shorter batch can be left out.
    public init(count: Int, batchSize: Int, keepsRest: Bool = true) {
        self.init(indexes: Array(0..<max(0, count)), batchSize: batchSize, keepsRest: keepsRest)
    }

    /// Batches of the listed samples.
    public init(indexes: [Int], batchSize: Int, keepsRest: Bool = true) {
        precondition(batchSize > 0, "a batch has samples")
        (self.indexes, self.batchSize, self.keepsRest) = (indexes, batchSize, keepsRest)
    }

    /// The batches of an epoch.
    public func batches(epoch: Int, seed: UInt64) -> [[Int]] {
        var random = CounterRandom(seed: seed, epoch: epoch, stage: .sampling)
        return Batches.cut(random.shuffled(indexes), into: batchSize, keepsRest: keepsRest)
    }
}

/// Samples in their order, for evaluation.
public struct SequentialSampler: BatchSampler {
    private let count: Int
    private let batchSize: Int

    /// Batches of `batchSize` of `count` samples; the last may be shorter.
    public init(count: Int, batchSize: Int) {
        precondition(batchSize > 0, "a batch has samples")
        (self.count, self.batchSize) = (max(0, count), batchSize)
    }

    /// The same batches in every epoch.
    public func batches(epoch: Int, seed: UInt64) -> [[Int]] {
        Batches.cut(Array(0..<count), into: batchSize, keepsRest: true)
    }
}

/// Lists cut into batches.
enum Batches {
    static func cut(_ indexes: [Int], into size: Int, keepsRest: Bool) -> [[Int]] {
        stride(from: 0, to: indexes.count, by: size).compactMap { start in
            let batch = Array(indexes[start..<min(start + size, indexes.count)])
            return keepsRest || batch.count == size ? batch : nil
        }
    }
}
