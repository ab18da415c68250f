/// All pairs of a batch: row i is the anchor, column j its partner; columns beyond the batch are past embeddings.
///
/// Embeddings are brought to length 1, so that D^2 = 2 - 2 S.
public struct PairMatrix {
    /// S, the cosines [n, m].
    public let similarity: Tensor
    /// D^2 [n, m], at least 0.
    public let squaredDistance: Tensor
    /// D [n, m], at least 1e-6, so that its gradient is finite.
    public let distance: Tensor
    /// How often a pair of one label counts [n, m]: 0 or 1, unless a miner says otherwise.
    public let positives: Tensor
    /// How often a pair of different labels counts [n, m].
    public let negatives: Tensor
    /// The dimension of the embeddings.
    public let dimension: Int

    /// The pairs of embeddings [n, d] with labels [n], and with those of a memory.
    public init(_ x: Tensor, labels: Tensor, memory: (embeddings: Tensor, labels: Tensor)? = nil) {
        let rows = x.normalized()
        let columns = memory.map { Tensor.concatenated([rows, $0.embeddings.to(rows.dtype)]) } ?? rows
        let others = memory.map { Tensor.concatenated([labels, $0.labels]) } ?? labels
        let same = labels.expandingAxis(1).equals(others.expandingAxis(0)).to(rows.dtype)
        let own = Tensor.eye(x.length(0), dtype: rows.dtype, device: x.device)
        let missing = columns.length(0) - rows.length(0)
        let diagonal =
            missing == 0
            ? own
            : Tensor.concatenated([own, .zeros([x.length(0), missing], dtype: rows.dtype, device: x.device)], axis: 1)
        similarity = rows.matmul(columns.transposed())
        squaredDistance = (2 - 2 * similarity).clamped(min: 0)
        distance = squaredDistance.clamped(min: 1e-12).sqrt()
        positives = same - diagonal
        negatives = 1 - same
        dimension = x.length(-1)
    }

    private init(_ other: PairMatrix, positives: Tensor, negatives: Tensor) {
        (similarity, squaredDistance) = (other.similarity, other.squaredDistance)
        (distance, dimension) = (other.distance, other.dimension)
        (self.positives, self.negatives) = (positives, negatives)
    }

    /// The same distances with other counts.
    public func narrowed(positives: Tensor, negatives: Tensor) -> PairMatrix {
        PairMatrix(self, positives: positives, negatives: negatives)
    }

    /// Which pairs of one label count.
    var isPositive: Tensor { positives.isGreater(than: 0) }
    /// Which pairs of different labels count.
    var isNegative: Tensor { negatives.isGreater(than: 0) }

    /// The batch's own pairs, without a memory's.
    var square: PairMatrix {
        let count = similarity.length(0)
        guard similarity.length(1) > count else { return self }
        func cut(_ tensor: Tensor) -> Tensor { tensor.sliced(1, 0..<count) }
        return PairMatrix(cutting: self, cut)
    }

    private init(cutting other: PairMatrix, _ cut: (Tensor) -> Tensor) {
        (similarity, squaredDistance, distance) = (
            cut(other.similarity), cut(other.squaredDistance), cut(other.distance)
        )
        (positives, negatives, dimension) = (cut(other.positives), cut(other.negatives), other.dimension)
    }
}

/// Chooses which pairs of a batch count, and how often.
public protocol PairMiner {
    /// The same pairs with the counts of those that were not chosen at 0.
    func mine(_ pairs: PairMatrix) -> PairMatrix
    /// Begins the draws of a training step, so that they follow from the step alone.
    func begin(step: Int)
}

extension PairMiner {
    /// A miner that draws nothing has nothing to begin.
    public func begin(step: Int) {}
}
