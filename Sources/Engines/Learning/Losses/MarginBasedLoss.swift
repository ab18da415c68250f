/// max(0, alpha + t (D - beta)) with t = 1 for pairs of one label and -1 for others, over the number of terms above 0
/// (Wu et al. 2017, section 3.3). The boundary beta_i = beta_0 + beta_class + beta_sample learns; give it a tenth of the
/// learning rate. Its slope at D = 0 is 1, so that very hard negatives keep their gradient.
public final class MarginBasedLoss: PairLoss {
    /// beta_0, [1].
    @Param public var boundary: Tensor
    /// beta_class, [classes], if there is one.
    @Param public var classBoundary: Tensor?
    /// beta_sample, [samples], if there is one.
    @Param public var sampleBoundary: Tensor?
    /// alpha.
    public let margin: Double
    /// nu, which pushes boundaries down.
    public let pull: Double

    /// A loss whose boundary is one for all, and with counts also one for each class and each sample.
    public init(
        margin: Double = 0.2, boundary: Double = 1.2, classes: Int? = nil, samples: Int? = nil, pull: Double = 0
    ) {
        _boundary = Param(Tensor.full(boundary, [1]), key: "beta")
        _classBoundary = Param(classes.map { Tensor.zeros([$0]) }, key: "beta_class")
        _sampleBoundary = Param(samples.map { Tensor.zeros([$0]) }, key: "beta_sample")
        (self.margin, self.pull) = (margin, pull)
        super.init()
    }

    /// The loss of a batch; anchors take the boundary of their class, and of their sample [n] if samples are given.
    public func callAsFunction(_ x: Tensor, labels: Tensor, samples: Tensor?) -> Tensor {
        let all = PairMatrix(x, labels: labels, memory: memory?.contents)
        let loss = loss(miner?.mine(all) ?? all, boundaries(labels, samples))
        if isTraining { memory?.append(x, labels: labels) }
        return loss
    }

    /// The loss of a batch.
    public override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor { self(x, labels: labels, samples: nil) }

    /// The loss of pairs, with the boundary that all share.
    public override func callAsFunction(_ pairs: PairMatrix) -> Tensor {
        loss(pairs, boundary.broadcast(to: [pairs.distance.length(0)]))
    }

    private func boundaries(_ labels: Tensor, _ samples: Tensor?) -> Tensor {
        var all = boundary.broadcast(to: [labels.length(0)])
        if let classBoundary { all = all + classBoundary.taking(labels) }
        if let sampleBoundary, let samples { all = all + sampleBoundary.taking(samples) }
        return all
    }

    private func loss(_ pairs: PairMatrix, _ boundaries: Tensor) -> Tensor {
        let room = pairs.distance - boundaries.expandingAxis(1)
        let near = (margin + room).clamped(min: 0) * pairs.positives
        let far = (margin - room).clamped(min: 0) * pairs.negatives
        let active =
            near.isGreater(than: 0).to(near.dtype) * pairs.positives
            + far.isGreater(than: 0).to(far.dtype) * pairs.negatives
        statistics["active"] = active.sum().detached()
        return (near.sum() + far.sum()) / active.sum().clamped(min: 1) + pull * boundaries.mean()
    }
}
