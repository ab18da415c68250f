/// An additive cosine margin, cos - m: CosFace (Wang H. et al. 2018), AM-softmax (Wang F. et al. 2018).
///
/// Faces: s 64, m 0.35. Items: s 30, m 0.35. Two classes: s 10, m 0.2.
public final class CosFace: RisingMarginHead {
    /// A classifier of a number of classes; without a ramp the margin is full from the first step.
    public override init(
        classes: Int, dimension: Int, scale: Double = 30, margin: Double = 0.35, ramp: Double = 0
    ) {
        super.init(classes: classes, dimension: dimension, scale: scale, margin: margin, ramp: ramp)
    }

    /// cos - m.
    public override func target(_ cosine: Tensor) -> Tensor { cosine - margin }
}
