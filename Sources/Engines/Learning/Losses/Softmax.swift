/// Softmax cross entropy of logits [n, c] with labels [n], with label smoothing: the label gets 1 - e, every class e / c.
public func crossEntropy(_ logits: Tensor, labels: Tensor, smoothing: Double = 0) -> Tensor {
    let logs = logits.logSoftmax(1)
    let named = logs.picked(labels).mean()
    return smoothing == 0 ? -named : -((1 - smoothing) * named + smoothing * logs.mean())
}

/// A plain classifier on top of the embedding: -log softmax(W x + b)_y.
public final class SoftmaxLoss: EmbeddingLoss {
    /// [classes, d].
    @Param public var weight: Tensor
    /// [classes].
    @Param public var bias: Tensor
    /// The share of the label's probability that is spread over all classes.
    public let smoothing: Double

    /// A classifier of a number of classes.
    public init(classes: Int, dimension: Int, smoothing: Double = 0.1) {
        let bound = Initializer.uniform(1 / Double(max(dimension, 1)).squareRoot())
        weight = bound([classes, dimension])
        bias = bound([classes])
        self.smoothing = smoothing
        super.init()
    }

    /// The scores of all classes, [n, classes].
    public func logits(_ x: Tensor) -> Tensor { callOp(.linear, .tensor(x), .tensor(weight), .tensor(bias)) }

    /// The mean cross entropy.
    public override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor {
        crossEntropy(logits(x), labels: labels, smoothing: smoothing)
    }
}
