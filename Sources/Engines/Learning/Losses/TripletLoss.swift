/// max(0, D_ap^2 - D_an^2 + alpha) over anchors, positives and chosen negatives (Schroff et al. 2015).
public final class TripletLoss: PairLoss {
    /// Which negatives a pair of anchor and positive meets.
    public enum Negatives: String, Hashable, Sendable, CaseIterable {
        /// The nearest one that is farther than the positive; if there is none, the farthest of all.
        case semiHard
        /// The nearest one.
        case hardest
        /// Every one.
        case all
    }

    /// alpha.
    public let margin: Double
    /// Which negatives a pair meets.
    public let choice: Negatives

    /// A loss with a margin.
    public init(margin: Double = 0.2, negatives: Negatives = .semiHard) {
        (self.margin, choice) = (margin, negatives)
        super.init()
    }

    /// The mean over all pairs of anchor and positive whose anchor has a negative.
    public override func callAsFunction(_ pairs: PairMatrix) -> Tensor {
        let usable = pairs.isPositive.and(pairs.isNegative.any(1, keepsAxis: true)).to(pairs.distance.dtype)
        let (anchors, partners) = usable.nonzeroPairs()
        let near = pairs.squaredDistance.taking(anchors).picked(partners)
        let weights = pairs.positives.taking(anchors).picked(partners)
        let far = pairs.squaredDistance.taking(anchors)
        let negatives = pairs.negatives.taking(anchors)
        let terms = margin + near.expandingAxis(1) - far
        let counts = weights.expandingAxis(1) * chosen(near.detached(), far.detached(), negatives)
        let active = terms.isGreater(than: 0).to(counts.dtype) * counts
        statistics["active"] = (active.sum() / counts.sum().clamped(min: 1e-12)).detached()
        return weightedMean(terms.clamped(min: 0), counts)
    }

    /// How often each negative [t, m] counts for each pair [t].
    private func chosen(_ near: Tensor, _ far: Tensor, _ negatives: Tensor) -> Tensor {
        if choice == .all { return negatives }
        // A batch without a pair has rows of nothing, of which no largest can be asked.
        guard near.length(0) > 0 else { return negatives }
        return withoutGrad {
            let none = negatives.isAtMost(0)
            let nearest = far.filled(where: none, with: .infinity)
            func marks(_ places: Tensor) -> Tensor { places.oneHot(far.length(1)).to(far.dtype) }
            guard choice == .semiHard else { return marks((-nearest).argmax(1)) }
            let beyond = nearest.filled(where: far.isGreater(than: near.expandingAxis(1)).not(), with: .infinity)
            let hasOne = beyond.isFinite().any(1, keepsAxis: true)
            let farthest = far.filled(where: none, with: -1)
            return marks((-beyond).argmax(1)).chosen(where: hasOne, otherwise: marks(farthest.argmax(1)))
        }
    }
}
