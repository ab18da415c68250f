/// A loss of embeddings and their labels: what a configuration names and sums.
///
/// A new one is a subclass in a file of its own and a row in ``LossRegistry``.
open class EmbeddingLoss: Module {
    /// What the last call counted, for logs: shares and numbers of pairs, without history.
    public internal(set) var statistics: [String: Tensor] = [:]

    /// The loss of embeddings [n, d] with labels [n] (i64). A batch that holds nothing to compare gives 0.
    open func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor { x.sum() * 0 }

    /// Whether rows are compared with each other, so that a batch may not be cut into parts.
    open var comparesRows: Bool { false }

    /// Tells ramps how far training is.
    open func advance(step: Int, of total: Int) {}

    /// The mean of the terms, weighted; 0 if all weights are.
    func weightedMean(_ terms: Tensor, _ weights: Tensor) -> Tensor {
        (terms * weights).sum() / weights.sum().clamped(min: 1e-12)
    }
}

/// A loss of a batch's pairs: it sees distances and similarities, and which pairs a miner chose.
open class PairLoss: EmbeddingLoss {
    /// Chooses pairs; all, if there is none.
    public var miner: (any PairMiner)?
    /// Past embeddings to compare with.
    public var memory: CrossBatchMemory?

    /// Pairs are of rows.
    open override var comparesRows: Bool { true }

    /// Lets the miner's draws begin anew.
    open override func advance(step: Int, of total: Int) { miner?.begin(step: step) }

    /// The loss of pairs, weighted as they say.
    open func callAsFunction(_ pairs: PairMatrix) -> Tensor { pairs.similarity.sum() * 0 }

    /// The loss of a batch's pairs, and of pairs with past embeddings if there is a memory.
    open override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor {
        let all = PairMatrix(x, labels: labels, memory: memory?.contents)
        let chosen = miner?.mine(all) ?? all
        let loss = self(chosen)
        if isTraining { memory?.append(x, labels: labels) }
        statistics["positives"] = chosen.positives.sum()
        statistics["negatives"] = chosen.negatives.sum()
        return loss
    }
}
