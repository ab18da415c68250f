/// Losses of attributes of which some labels are missing (-1): those count nothing, neither above nor below the line.
public enum AttributeLoss {
    /// Binary cross entropy of logits [n, attributes] with targets 1, 0 or -1 of the same shape.
    public static func binary(_ logits: Tensor, targets: Tensor) -> Tensor {
        let wanted = targets.to(logits.dtype)
        let known = wanted.isAtLeast(0).to(logits.dtype)
        let terms = (logits.softplus() - logits * wanted) * known
        return terms.sum() / known.sum().clamped(min: 1)
    }

    /// Softmax cross entropy of logits [n, values] with targets [n] (i64), -1 where missing.
    public static func categorical(_ logits: Tensor, targets: Tensor) -> Tensor {
        let known = targets.isAtLeast(0).to(logits.dtype)
        let terms = logits.logSoftmax(1).picked(targets.clamped(min: 0).to(.int64)) * known
        return -terms.sum() / known.sum().clamped(min: 1)
    }
}
