/// For each anchor its farthest positive against its nearest negative (TriHard; Hermans et al. 2017, eq. 5), with true,
/// not squared, distances. Collapse shows as a loss that stays at the margin, or at ln 2 with the soft margin.
public final class BatchHardLoss: PairLoss {
    /// alpha, used without the soft margin.
    public let margin: Double
    /// ln(1 + e^x) instead of max(0, alpha + x).
    public let isSoft: Bool

    /// A loss with a hard or a soft margin.
    public init(margin: Double = 0.3, isSoft: Bool = true) {
        (self.margin, self.isSoft) = (margin, isSoft)
        super.init()
    }

    /// The mean over all anchors that have a positive and a negative.
    public override func callAsFunction(_ pairs: PairMatrix) -> Tensor {
        let usable = pairs.isPositive.any(1).and(pairs.isNegative.any(1))
        // Numbers beyond every distance, not infinities: rows without pairs take part with weight 0.
        let far = pairs.distance.filled(where: pairs.isPositive.not(), with: -4).largest(1)
        let near = pairs.distance.filled(where: pairs.isNegative.not(), with: 4).smallest(1)
        let terms = isSoft ? (far - near).softplus() : (margin + far - near).clamped(min: 0)
        statistics["anchors"] = usable.to(far.dtype).sum()
        return weightedMean(terms, usable.to(far.dtype))
    }
}
