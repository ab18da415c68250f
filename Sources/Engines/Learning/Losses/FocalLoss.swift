/// Cross entropy in which easy examples count little (Lin et al. 2017, eq. 5): -a_t (1 - p_t)^g ln p_t, the sum over all
/// anchors and classes divided by the number of anchors that show something.
public struct FocalLoss: Hashable, Sendable {
    /// What a target says besides the number of a class.
    public enum Target {
        /// The anchor shows nothing.
        public static let background = -1
        /// The anchor is neither right nor wrong.
        public static let ignored = -2
    }

    /// g, how much easy examples lose.
    public let focus: Double
    /// a, the weight of what is there; 1 - a is the weight of what is not.
    public let balance: Double

    /// A loss.
    public init(focus: Double = 2, balance: Double = 0.25) { (self.focus, self.balance) = (focus, balance) }

    /// The loss of class logits [anchors, classes] with targets [anchors] (i64): a class or one of ``Target``.
    public func callAsFunction(_ logits: Tensor, targets: Tensor) -> Tensor {
        let classes = Tensor.arange(logits.length(1), device: logits.device).expandingAxis(0)
        let truth = targets.expandingAxis(1).equals(classes).to(logits.dtype)
        let kept = targets.isGreater(than: Double(Target.ignored)).to(logits.dtype).expandingAxis(1)
        // With u = z for what is there and -z for what is not: p_t = sigmoid(u), -ln p_t = ln(1 + e^-u).
        let signed = logits * (2 * truth - 1)
        let weight = truth * balance + (1 - truth) * (1 - balance)
        let terms = weight * sigmoid(-signed).pow(focus) * (-signed).softplus() * kept
        return terms.sum() / truth.sum().clamped(min: 1)
    }
}
