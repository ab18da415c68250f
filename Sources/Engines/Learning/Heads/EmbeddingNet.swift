/// A net that makes a vector from a picture, and answers questions from it.
///
/// Backbone, pooling, linear layer and batch norm; the vector is brought to length 1. With a cascade the last three
/// stages each have their own, and the embedding is their parts side by side, each of one length.
public final class EmbeddingNet: Module {
    /// What the net gives for pictures.
    public struct Output {
        /// The vectors of length 1, [n, d].
        public let embedding: Tensor
        /// The same before they were brought to that length, [n, d]: what losses take.
        public let unscaled: Tensor
        /// The parts of a cascade from shallow to deep, before they were brought to one length; else only `unscaled`.
        public let levels: [Tensor]
        /// The logits of every head by its name, [n, classes].
        public let logits: [String: Tensor]
    }

    /// The net below.
    @Child public var backbone: Backbone
    /// Pooling, linear layer and batch norm, one for every level.
    @Child public var necks: [EmbeddingNeck]
    /// The heads in the order of the options.
    @Child public var heads: AttributeHeads
    /// What the net was made from.
    public let options: EmbeddingOptions

    /// A net with weights at their beginnings.
    ///
    /// Throws when there is no such backbone.
    public init(_ options: EmbeddingOptions) throws(NetworkConfigurationError) {
        let backbone = try BackboneRegistry.make(options.backbone)
        let stages = options.isCascade ? backbone.stages.suffix(3) : backbone.stages.suffix(1)
        let dimensions = Self.parts(of: options.dimension, stages.count)
        self.backbone = backbone
        _necks = Child(
            zip(stages, dimensions).map { EmbeddingNeck($0.channels, $1, pooling: options.pooling) }, key: "neck")
        heads = AttributeHeads(options.heads, dimension: options.dimension)
        self.options = options
        super.init()
    }

    /// A dimension cut into parts whose sizes differ by one at most, larger ones last.
    static func parts(of dimension: Int, _ count: Int) -> [Int] {
        (0..<count).map { (dimension + $0) / count }
    }

    /// Vectors and logits of pictures [n, c, h, w].
    public func callAsFunction(_ x: Tensor) -> Output { answer(backbone.features(x).suffix(necks.count)) }

    /// Vectors and logits of the maps of the stages that have a neck.
    func answer(_ maps: [Tensor]) -> Output {
        let levels = zip(necks, maps).map { $0($1) }
        let raw = levels.count == 1 ? levels[0] : Tensor.concatenated(levels, axis: 1)
        let parts = levels.map { $0.normalized() }
        let embedding = parts.count == 1 ? parts[0] : Tensor.concatenated(parts, axis: 1) * partLength
        return Output(embedding: embedding, unscaled: raw, levels: levels, logits: heads(raw))
    }

    /// The length of each part of an embedding of length 1.
    var partLength: Double { 1 / Double(max(necks.count, 1)).squareRoot() }

    /// The dimension and the heads.
    public override var details: String {
        ([String(options.dimension)] + options.heads.map { "\($0.name) \($0.classes)" }).joined(separator: ", ")
    }
}

/// From maps to a vector: pooling, linear layer, batch norm.
public final class EmbeddingNeck: Layer {
    @Child var pool: Layer
    @Child var fc: Linear
    @Child var norm: BatchNorm

    /// From a number of channels to a dimension.
    public init(_ channels: Int, _ dimension: Int, pooling: EmbeddingOptions.Pooling = .average) {
        pool = pooling == .average ? GlobalAveragePool() : GeneralizedMeanPool()
        fc = Linear(channels, dimension)
        _norm = Child(BatchNorm(dimension), key: "bn")
        super.init()
    }

    /// The vectors [n, dimension].
    public override func callAsFunction(_ x: Tensor) -> Tensor { norm(fc(pool(x))) }
}
