/// An additive angular margin, cos(theta + m) (Deng et al. 2019); beyond pi - m, where that would rise again,
/// cos - m sin m.
///
/// cos(theta + m) is computed as cos cos m - sin sin m with sin^2 at least 1e-6: the arc cosine has an infinite slope at
/// both ends. Many identities: s 64, m 0.5. Items: s 16 to 24, m 0.2 to 0.3, rising over the first part of training.
public final class ArcFace: RisingMarginHead {
    /// A classifier of a number of classes; without a ramp the margin is full from the first step.
    public override init(
        classes: Int, dimension: Int, scale: Double = 64, margin: Double = 0.5, ramp: Double = 0
    ) {
        super.init(classes: classes, dimension: dimension, scale: scale, margin: margin, ramp: ramp)
    }

    /// cos(theta + m).
    public override func target(_ cosine: Tensor) -> Tensor {
        let sine = (1 - cosine.square()).clamped(min: 1e-6).sqrt()
        let shifted = cosine * Scalar.cos(margin) - sine * Scalar.sin(margin)
        let beyond = cosine.isLess(than: -Scalar.cos(margin))
        return (cosine - margin * Scalar.sin(margin)).chosen(where: beyond, otherwise: shifted)
    }
}
