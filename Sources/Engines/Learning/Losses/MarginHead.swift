/// A classifier on the angles between embedding and class weights, both brought to length 1.
///
/// Subclasses make the label's own logit harder to get; the base class leaves it as it is, which is the normalised
/// softmax (NormFace; Wang F. et al. 2017).
open class MarginHead: EmbeddingLoss {
    /// [classes, d].
    @Param public var weight: Tensor
    /// s, the length that stands for both.
    public let scale: Double
    /// The share of the classes that meet a batch while learning; the batch's own are always among them
    /// (An et al. 2022). Everything, unless there are more than ``manyClasses``: then a tenth.
    public var sampledShare: Double

    /// From here on not all classes meet every batch.
    public static let manyClasses = 100_000

    /// A classifier of a number of classes.
    public init(classes: Int, dimension: Int, scale: Double = 30) {
        weight = Initializer.normal(1)([classes, dimension])
        self.scale = scale
        sampledShare = classes > Self.manyClasses ? 0.1 : 1
        super.init()
    }

    /// The cosines of embeddings [n, d] with all classes, [n, classes].
    public func cosines(_ x: Tensor) -> Tensor { x.normalized().matmul(weight.normalized().transposed()) }

    /// What replaces the cosine [n] of the label's class before it is scaled.
    open func target(_ cosine: Tensor) -> Tensor { cosine }

    /// The mean cross entropy of the scaled cosines, with the label's own replaced.
    open override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor {
        let (cosines, places) = meeting(x, labels)
        return crossEntropy(cosines.replacing(places, with: target(cosines.picked(places))) * scale, labels: places)
    }

    /// The cosines with the classes that meet this batch, and each label's place among them.
    func meeting(_ x: Tensor, _ labels: Tensor) -> (cosines: Tensor, places: Tensor) {
        guard isTraining, sampledShare < 1 else { return (cosines(x), labels) }
        let sample = ClassSample(labels, classes: weight.length(0), share: sampledShare)
        let rows = weight.taking(sample.classes).normalized()
        return (x.normalized().matmul(rows.transposed()), sample.places)
    }

    /// The smallest scale with which a label can reach a probability among a number of classes
    /// (Wang F. et al. 2017, proposition 2): ((c - 1) / c) ln((c - 1) p / (1 - p)).
    public static func smallestScale(classes: Int, probability: Double) -> Double {
        let others = Double(max(classes - 1, 1))
        return others / (others + 1) * Scalar.log(others * probability / (1 - probability))
    }
}
