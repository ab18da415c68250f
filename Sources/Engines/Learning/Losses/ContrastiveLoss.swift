/// Pairs of one label: D^2 / 2; others: max(0, m - D)^2 / 2; the mean over all pairs (Hadsell et al. 2006).
///
/// Beside an identification loss with weight 0.05 it is the verification signal of DeepID2 (Sun et al. 2014).
public final class ContrastiveLoss: PairLoss {
    /// m.
    public let margin: Double

    /// A loss with a margin.
    public init(margin: Double = 1) {
        self.margin = margin
        super.init()
    }

    /// The terms of all pairs of one label and of all others, [n, m] each.
    static func terms(_ pairs: PairMatrix, margin: Double) -> (near: Tensor, far: Tensor) {
        (pairs.squaredDistance / 2, (margin - pairs.distance).clamped(min: 0).square() / 2)
    }

    /// The mean over the pairs that count.
    public override func callAsFunction(_ pairs: PairMatrix) -> Tensor {
        let (near, far) = Self.terms(pairs, margin: margin)
        let sum = (near * pairs.positives).sum() + (far * pairs.negatives).sum()
        return sum / (pairs.positives.sum() + pairs.negatives.sum()).clamped(min: 1e-12)
    }
}
