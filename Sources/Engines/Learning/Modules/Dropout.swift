/// While learning, each number is dropped with a probability and the rest is scaled up to the same mean.
public final class Dropout: Layer {
    /// The probability, 0 ..< 1.
    public let probability: Double

    /// A dropout.
    public init(_ probability: Double) {
        precondition((0..<1).contains(probability), "a probability below 1")
        self.probability = probability
        super.init()
    }

    /// The input with numbers dropped.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        isTraining ? dropping(x, probability, x.shape) : x
    }

    /// The probability.
    public override var details: String { "\(probability)" }
}

/// While learning, whole samples of a residual branch are dropped (Huang et al. 2016): [n, ...].
public final class DropPath: Layer {
    /// The probability, 0 ..< 1.
    public let probability: Double

    /// A dropout of samples.
    public init(_ probability: Double) {
        precondition((0..<1).contains(probability), "a probability below 1")
        self.probability = probability
        super.init()
    }

    /// The input with samples dropped.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        guard isTraining else { return x }
        return dropping(x, probability, [x.length(0)] + Array(repeating: 1, count: max(x.rank - 1, 0)))
    }

    /// The probability.
    public override var details: String { "\(probability)" }
}

private func dropping(_ x: Tensor, _ probability: Double, _ shape: [Int]) -> Tensor {
    guard probability > 0 else { return x }
    let kept = Tensor.rand(shape, device: x.device).isAtLeast(probability).to(x.dtype)
    return x * kept / (1 - probability)
}
