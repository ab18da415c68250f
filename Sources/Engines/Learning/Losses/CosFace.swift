/// An additive cosine margin, cos - m: CosFace (Wang H. et al. 2018), AM-softmax (Wang F. et al. 2018).
///
/// Faces: s 64, m 0.35. Items: s 30, m 0.35. Two classes: s 10, m 0.2.
public final class CosFace: MarginHead {
    /// m at the end of the ramp.
    public let fullMargin: Double
    /// The share of training in which the margin rises from 0.
    public let ramp: Double
    /// m now.
    public private(set) var margin: Double

    /// A classifier of a number of classes; without a ramp the margin is full from the first step.
    public init(classes: Int, dimension: Int, scale: Double = 30, margin: Double = 0.35, ramp: Double = 0) {
        (fullMargin, self.ramp) = (margin, ramp)
        self.margin = ramp > 0 ? 0 : margin
        super.init(classes: classes, dimension: dimension, scale: scale)
    }

    /// Sets the margin for a step.
    public override func advance(step: Int, of total: Int) {
        margin = MarginRamp(full: fullMargin, share: ramp).margin(step: step, of: total)
        statistics["margin"] = .full(margin, [])
    }

    /// cos - m.
    public override func target(_ cosine: Tensor) -> Tensor { cosine - margin }
}
