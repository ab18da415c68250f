package import Basics

/// A question besides the embedding that a net answers from it, such as the category or the angle of view.
public struct HeadOptions: Hashable, Sendable {
    /// What the answers are.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// One of the values.
        case categorical
        /// Each of the values, or not.
        case binary
    }

    /// The name, under which logits are given out.
    public var name: String
    /// How many values there are.
    public var classes: Int
    /// What the answers are.
    public var kind: Kind

    /// A question with a number of values.
    public init(_ name: String, classes: Int, kind: Kind = .categorical) {
        (self.name, self.classes, self.kind) = (name, classes, kind)
    }
}

/// What a net that embeds pictures is made from.
public struct EmbeddingOptions: Hashable, Sendable {
    /// How the last maps become one vector.
    public enum Pooling: String, Hashable, Sendable, CaseIterable {
        /// Their means.
        case average
        /// Their generalised means, with an exponent that learns.
        case generalized
    }

    /// The net below.
    public var backbone: BackboneOptions
    /// The numbers of an embedding.
    public var dimension: Int
    /// How maps become vectors.
    public var pooling: Pooling
    /// Whether the last three stages each give a part of the embedding, for a cascade.
    public var isCascade: Bool
    /// What is answered besides.
    public var heads: [HeadOptions]

    /// The default item embedder.
    public init(
        backbone: BackboneOptions = BackboneOptions(), dimension: Int = 128, pooling: Pooling = .average,
        isCascade: Bool = false, heads: [HeadOptions] = []
    ) {
        (self.backbone, self.dimension, self.pooling) = (backbone, dimension, pooling)
        (self.isCascade, self.heads) = (isCascade, heads)
    }

    /// The keys of a configuration that ``init(_:heads:path:passed:)`` reads.
    package static let keys: Set<String> = [
        "backbone", "width", "attention", "channels", "dropPath", "embedding", "pooling", "cascade",
    ]

    /// The options that a configuration's object names, such as
    /// `{"backbone": "resnet-s", "width": 0.5, "attention": "spatial", "embedding": 128}`.
    ///
    /// `attention` is a name for all stages or a list with one for each. `path` is where the object stands, for the
    /// text of errors; keys in `passed` are somebody else's. Throws with everything that is wrong.
    package init(
        _ object: JSONObject, heads: [HeadOptions] = [], path: String = "", passed: Set<String> = []
    ) throws(NetworkConfigurationError) {
        self.init(heads: heads)
        var reader = LossOptions(object, path: path, known: passed.union(["attention", "backbone"]))
        var problems: [String] = []
        backbone.name = object["backbone"].map { $0.stringValue ?? "" } ?? backbone.name
        backbone.width = reader.number("width", backbone.width, in: 0.0625...4)
        backbone.inputChannels = Int(reader.number("channels", 3, in: 1...64))
        backbone.dropPath = reader.number("dropPath", 0, in: 0...0.9)
        backbone.attention = Self.attention(object["attention"], path, &problems)
        dimension = Int(reader.number("embedding", 128, in: 2...2_048))
        pooling = reader.choice("pooling", .average)
        isCascade = reader.flag("cascade", false)
        problems = BackboneRegistry.problems(of: backbone, path: path) + problems + reader.finish()
        guard problems.isEmpty else { throw NetworkConfigurationError(problems: problems) }
    }

    private static func attention(
        _ value: JSON?, _ path: String, _ problems: inout [String]
    ) -> [BlockAttention.Kind] {
        guard let value else { return [] }
        let named = value.arrayValue ?? [value]
        let kinds = named.compactMap { $0.stringValue.flatMap(BlockAttention.Kind.init(rawValue:)) }
        if kinds.count != named.count || !(1...4).contains(kinds.count) {
            let names = BlockAttention.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            problems.append("\(path)attention: one of \(names), or a list of up to four")
        }
        return kinds
    }
}
