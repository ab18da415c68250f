/// A classifier on the angles between embedding and class weights, both brought to length 1.
///
/// Subclasses make the label's own logit harder to get; the base class leaves it as it is, which is the normalised
/// softmax (NormFace; Wang F. et al. 2017).
open class MarginHead: EmbeddingLoss {
    /// [classes, d].
    @Param public var weight: Tensor
    /// s, the length that stands for both.
    public let scale: Double

    /// A classifier of a number of classes.
    public init(classes: Int, dimension: Int, scale: Double = 30) {
        weight = Initializer.normal(1)([classes, dimension])
        self.scale = scale
        super.init()
    }

    /// The cosines of embeddings [n, d] with all classes, [n, classes].
    public func cosines(_ x: Tensor) -> Tensor { x.normalized().matmul(weight.normalized().transposed()) }

    /// What replaces the cosine [n] of the label's class before it is scaled.
    open func target(_ cosine: Tensor) -> Tensor { cosine }

    /// The mean cross entropy of the scaled cosines, with the label's own replaced.
    open override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor {
        let cosines = cosines(x)
        return crossEntropy(cosines.replacing(labels, with: target(cosines.picked(labels))) * scale, labels: labels)
    }

    /// The smallest scale with which a label can reach a probability among a number of classes
    /// (Wang F. et al. 2017, proposition 2): ((c - 1) / c) ln((c - 1) p / (1 - p)).
    public static func smallestScale(classes: Int, probability: Double) -> Double {
        let others = Double(max(classes - 1, 1))
        return others / (others + 1) * Scalar.log(others * probability / (1 - probability))
    }
}
