/// (1/a) ln(1 + sum_P e^(-a (S - l))) + (1/b) ln(1 + sum_N e^(b (S - l))), the mean over anchors (Wang X. et al. 2019,
/// eq. 10), over the pairs that ``MultiSimilarityMiner`` keeps.
public final class MultiSimilarityLoss: PairLoss {
    /// a, the sharpness for positives.
    public let positiveSharpness: Double
    /// b, the sharpness for negatives.
    public let negativeSharpness: Double
    /// l, the cosine around which both turn.
    public let threshold: Double

    /// A loss with its own miner.
    public init(
        positiveSharpness: Double = 2, negativeSharpness: Double = 50, threshold: Double = 0.5, room: Double = 0.1
    ) {
        (self.positiveSharpness, self.negativeSharpness) = (positiveSharpness, negativeSharpness)
        self.threshold = threshold
        super.init()
        miner = MultiSimilarityMiner(room: room)
    }

    /// The mean over anchors; a set without pairs adds 0.
    public override func callAsFunction(_ pairs: PairMatrix) -> Tensor {
        let room = pairs.similarity - threshold
        let near = term(room * -positiveSharpness, pairs.positives) / positiveSharpness
        let far = term(room * negativeSharpness, pairs.negatives) / negativeSharpness
        return (near + far).mean()
    }

    /// ln(1 + sum of weighted e^x) of each row.
    private func term(_ exponents: Tensor, _ weights: Tensor) -> Tensor {
        let logs = exponents + weights.clamped(min: 1e-30).log()
        return logs.filled(where: weights.isAtMost(0), with: -1e9).logSumExp(1).softplus()
    }
}
