/// ``CascadeLoss`` as a term of a configuration: it cuts the vectors of a net with `cascade` into their levels.
public final class CascadeTerm: EmbeddingLoss {
    /// The loss of the levels.
    public let loss: CascadeLoss

    /// A loss of one level more than it has shares.
    public init(_ loss: CascadeLoss = CascadeLoss()) {
        self.loss = loss
        super.init()
    }

    /// Every row is compared with all others.
    public override var comparesRows: Bool { true }

    /// The sum over levels; how many pairs each level got is counted.
    public override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor {
        var (levels, start) = ([Tensor](), 0)
        for length in EmbeddingNet.parts(of: x.length(1), loss.shares.count + 1) {
            levels.append(x.sliced(1, start..<start + length))
            start += length
        }
        let (value, pairs) = loss(levels, labels: labels)
        for (level, count) in pairs.enumerated() { statistics["pairs\(level + 1)"] = .full(Double(count), []) }
        return value
    }
}
