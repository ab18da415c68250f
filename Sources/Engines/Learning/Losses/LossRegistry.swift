package import Basics

/// Why a loss could not be made from its configuration; every problem names its place.
public struct LossConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence a problem, each beginning with a key.
    public let problems: [String]

    /// All problems in one line.
    public var description: String { problems.joined(separator: "; ") }
}

/// What a loss must know besides its own options.
public struct LossContext: Hashable, Sendable {
    /// How many classes the label has.
    public let classes: Int
    /// The dimension of the embeddings.
    public let dimension: Int
    /// Where draws begin.
    public let seed: UInt64

    /// A context.
    public init(classes: Int, dimension: Int, seed: UInt64 = 0) {
        (self.classes, self.dimension, self.seed) = (classes, dimension, seed)
    }
}

/// Losses by the names that configurations use. A new loss is a file and a row here.
public enum LossRegistry {
    private typealias Maker = @Sendable (LossContext, inout LossOptions) -> EmbeddingLoss

    private static let makers: [String: Maker] = [
        "softmax": { context, options in
            SoftmaxLoss(
                classes: context.classes, dimension: context.dimension,
                smoothing: options.number("smoothing", 0.1, in: 0...0.99))
        },
        "normalized": { context, options in
            MarginHead(classes: context.classes, dimension: context.dimension, scale: options.scale(30))
        },
        "sphereface": { context, options in
            SphereFace(
                classes: context.classes, dimension: context.dimension,
                multiplier: Int(options.number("m", 4, in: 1...8)))
        },
        "cosface": { context, options in
            CosFace(
                classes: context.classes, dimension: context.dimension, scale: options.scale(30),
                margin: options.number("m", 0.35, in: 0...2), ramp: options.number("ramp", 0, in: 0...1))
        },
        "arcface": { context, options in
            ArcFace(
                classes: context.classes, dimension: context.dimension, scale: options.scale(64),
                margin: options.number("m", 0.5, in: 0...1.5), ramp: options.number("ramp", 0, in: 0...1))
        },
        "centre": { context, options in
            CentreLoss(
                classes: context.classes, dimension: context.dimension,
                weight: options.number("lambda", 0.003, in: 0...10), rate: options.number("alpha", 0.5, in: 0...1))
        },
        "contrastive": { _, options in ContrastiveLoss(margin: options.number("m", 1, in: 0...2)) },
        "triplet": { _, options in
            TripletLoss(
                margin: options.number("alpha", 0.2, in: 0...4),
                negatives: options.choice("negatives", TripletLoss.Negatives.semiHard))
        },
        "cascade": { _, options in
            CascadeTerm(
                CascadeLoss(shares: options.shares("h", [0.5, 0.2]), margin: options.number("m", 1, in: 0...2)))
        },
        "batchHard": { _, options in
            BatchHardLoss(margin: options.number("alpha", 0.3, in: 0...4), isSoft: options.flag("soft", true))
        },
        "lifted": { _, options in
            LiftedStructureLoss(margin: options.number("alpha", 1, in: 0...4), isSmooth: options.flag("smooth", true))
        },
        "margin": { context, options in
            MarginBasedLoss(
                margin: options.number("alpha", 0.2, in: 0...4), boundary: options.number("beta", 1.2, in: 0...2),
                classes: options.flag("byClass", false) ? context.classes : nil,
                pull: options.number("nu", 0, in: 0...1))
        },
        "multiSimilarity": { _, options in
            MultiSimilarityLoss(
                positiveSharpness: options.number("a", 2, in: 0.01...1000),
                negativeSharpness: options.number("b", 50, in: 0.01...1000),
                threshold: options.number("lambda", 0.5, in: -1...1), room: options.number("eps", 0.1, in: 0...2))
        },
        "infoNCE": { _, options in
            InfoNCELoss(
                temperature: options.number("tau", 0.07, in: 0.01...10),
                sameLabel: options.choice("sameLabel", InfoNCELoss.SameLabel.masked))
        },
    ]

    private static let miners: [String: @Sendable (LossContext) -> any PairMiner] = [
        "batchHard": { _ in BatchHardMiner() },
        "multiSimilarity": { _ in MultiSimilarityMiner() },
        "distanceWeighted": { DistanceWeightedMiner(seed: $0.seed) },
    ]

    /// The names of all losses, sorted.
    public static var names: [String] { makers.keys.sorted() }

    /// The names of all miners, sorted.
    public static var minerNames: [String] { miners.keys.sorted() }

    /// The loss that a configuration asks for, such as `{"type": "arcface", "s": 16, "m": 0.3}`.
    ///
    /// `path` is where the configuration stands, for the text of errors; keys in `passed` are somebody else's.
    package static func make(
        _ configuration: JSONObject, _ context: LossContext, path: String = "", passed: Set<String> = []
    ) throws(LossConfigurationError) -> EmbeddingLoss {
        guard let name = configuration["type"]?.stringValue, let maker = makers[name] else {
            throw LossConfigurationError(problems: ["\(path)type: one of \(names.joined(separator: ", "))"])
        }
        var options = LossOptions(configuration, path: path, known: passed.union(["type"]))
        let loss = maker(context, &options)
        options.addMiner(to: loss, context, miners)
        let problems = options.finish()
        guard problems.isEmpty else { throw LossConfigurationError(problems: problems) }
        return loss
    }
}
