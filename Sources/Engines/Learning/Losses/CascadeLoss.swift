/// A cascade in which deeper levels learn from harder pairs (Yuan et al. 2017): the sum over levels of the contrastive
/// loss on the pairs that were among the hardest of the level before, positives and negatives apart.
public struct CascadeLoss: Hashable, Sendable {
    /// For each level after the first the share of the pairs of the level before that it gets.
    public let shares: [Double]
    /// The contrastive margin.
    public let margin: Double

    /// A loss of one level more than there are shares.
    public init(shares: [Double] = [0.5, 0.2], margin: Double = 1) { (self.shares, self.margin) = (shares, margin) }

    /// The loss of each level's embeddings [n, d_k], summed, and how many pairs each level got.
    public func callAsFunction(_ levels: [Tensor], labels: Tensor) -> (loss: Tensor, pairs: [Int]) {
        var losses: [Tensor] = []
        var counts: [Int] = []
        var chosen: (near: Tensor, far: Tensor)?
        for (level, x) in levels.enumerated() {
            let pairs = PairMatrix(x, labels: labels)
            let terms = ContrastiveLoss.terms(pairs, margin: margin)
            let now = chosen ?? (pairs.positives.upperTriangle(1), pairs.negatives.upperTriangle(1))
            let count = (now.near.sum() + now.far.sum()).item()
            losses.append(((terms.near * now.near).sum() + (terms.far * now.far).sum()) / max(count, 1))
            counts.append(count.isFinite ? Int(count) : 0)
            let share = shares.indices.contains(level) ? shares[level] : 1
            chosen = (Self.hardest(share, terms.near, now.near), Self.hardest(share, terms.far, now.far))
        }
        return (losses.dropFirst().reduce(losses.first ?? .zeros([]), +), counts)
    }

    /// The share of the pairs in a mask whose terms are largest, rounded up.
    private static func hardest(_ share: Double, _ terms: Tensor, _ mask: Tensor) -> Tensor {
        withoutGrad {
            let wanted = (share * mask.sum().item()).rounded(.up)
            guard share < 1, wanted >= 1 else { return mask }
            let known = terms.detached().filled(where: mask.isAtMost(0), with: -1).flattened()
            let places = known.topK(Int(wanted)).indices
            let ones = Tensor.ones([Int(wanted)], dtype: mask.dtype, device: mask.device)
            return ones.groupSums(places, count: known.length(0)).reshaped(to: mask.shape) * mask
        }
    }
}
