/// An additive cosine margin, cos - m: CosFace (Wang H. et al. 2018), AM-softmax (Wang F. et al. 2018).
///
/// Faces: s 64, m 0.35. Items: s 30, m 0.35. Two classes: s 10, m 0.2.
public final class CosFace: MarginHead {
    /// m.
    public let margin: Double

    /// A classifier of a number of classes.
    public init(classes: Int, dimension: Int, scale: Double = 30, margin: Double = 0.35) {
        self.margin = margin
        super.init(classes: classes, dimension: dimension, scale: scale)
    }

    /// cos - m.
    public override func target(_ cosine: Tensor) -> Tensor { cosine - margin }
}
