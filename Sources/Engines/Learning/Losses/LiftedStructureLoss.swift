/// Every pair of one label against all negatives of both (Song et al. 2016): 1 / (2 |P|) sum_P max(0, J)^2 with
/// J = D_ij + the largest alpha - D over both sets of negatives, or its smooth bound, log sum exp (their eq. 4).
public final class LiftedStructureLoss: PairLoss {
    /// alpha.
    public let margin: Double
    /// Whether the smooth bound is used, whose gradients do not jump.
    public let isSmooth: Bool

    /// A loss with a margin.
    public init(margin: Double = 1, isSmooth: Bool = true) {
        (self.margin, self.isSmooth) = (margin, isSmooth)
        super.init()
    }

    /// The mean over unordered pairs of one label of which one or both have negatives.
    public override func callAsFunction(_ pairs: PairMatrix) -> Tensor {
        let pairs = pairs.square
        let room = (margin - pairs.distance).filled(where: pairs.isNegative.not(), with: -1e9)
        let rows = isSmooth ? room.logSumExp(1) : room.largest(1)
        let (left, right) = (rows.expandingAxis(1), rows.expandingAxis(0))
        let both = pairs.distance + (isSmooth ? left.logAddExp(right) : left.maximum(right))
        let has = pairs.isNegative.any(1)
        let usable = has.expandingAxis(1).or(has.expandingAxis(0)).to(both.dtype)
        // A pair stands in the matrix twice; a miner may have chosen one of the two.
        let weights = pairs.positives.maximum(pairs.positives.transposed()).upperTriangle(1) * usable
        return weightedMean(both.clamped(min: 0).square() / 2, weights)
    }
}
