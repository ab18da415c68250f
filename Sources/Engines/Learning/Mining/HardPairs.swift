/// For each anchor its farthest positive and its nearest negative (Hermans et al. 2017).
public struct BatchHardMiner: PairMiner {
    /// A miner.
    public init() {}

    /// The chosen pairs; anchors without a positive or without a negative choose none.
    public func mine(_ pairs: PairMatrix) -> PairMatrix {
        withoutGrad {
            let distance = pairs.distance.detached()
            let far = distance.filled(where: pairs.isPositive.not(), with: -1)
            let near = distance.filled(where: pairs.isNegative.not(), with: 9)
            let usable = pairs.isPositive.any(1, keepsAxis: true).and(pairs.isNegative.any(1, keepsAxis: true))
                .to(distance.dtype)
            func marks(_ places: Tensor) -> Tensor {
                places.oneHot(distance.length(1)).to(distance.dtype) * usable
            }
            return pairs.narrowed(positives: marks(far.argmax(1)), negatives: marks((-near).argmax(1)))
        }
    }
}

/// Negatives that are nearer than an anchor's worst positive says, and positives that are farther than its best
/// negative says, each with some room (Wang X. et al. 2019, section 3.2.1).
public struct MultiSimilarityMiner: PairMiner {
    /// The room, in cosines.
    public let room: Double

    /// A miner.
    public init(room: Double = 0.1) { self.room = room }

    /// The chosen pairs: negatives with S > min positive S - room, positives with S < max negative S + room.
    public func mine(_ pairs: PairMatrix) -> PairMatrix {
        withoutGrad {
            let similarity = pairs.similarity.detached()
            let worst = similarity.filled(where: pairs.isPositive.not(), with: .infinity).smallest(1, keepsAxis: true)
            let best = similarity.filled(where: pairs.isNegative.not(), with: -.infinity).largest(1, keepsAxis: true)
            let negatives = similarity.isGreater(than: worst - room).to(similarity.dtype)
            let positives = similarity.isLess(than: best + room).to(similarity.dtype)
            return pairs.narrowed(positives: pairs.positives * positives, negatives: pairs.negatives * negatives)
        }
    }
}
