/// A tensor inside a graph that is being made.
public struct OnnxValue: Hashable, Sendable {
    /// The name, unique in the graph; empty for an input that an operator may go without.
    public let name: String
    /// How many dimensions it has.
    public let rank: Int

    static let none = OnnxValue(name: "", rank: 0)
}

/// A setting of an operator.
public enum OnnxAttribute: Hashable, Sendable {
    /// A whole number.
    case int(Int)
    /// Whole numbers.
    case ints([Int])
    /// A number.
    case float(Double)
    /// A text.
    case text(String)
}

/// One operator of a graph.
public struct OnnxNode: Hashable, Sendable {
    /// What it computes, as `Conv`.
    public internal(set) var operation: String
    /// The names of what it takes.
    public internal(set) var inputs: [String]
    /// The names of what it gives.
    public internal(set) var outputs: [String]
    /// Its settings.
    public internal(set) var attributes: [String: OnnxAttribute]
}

/// What a model takes or gives.
public struct OnnxPort: Hashable, Sendable {
    /// A length, or a name where it may change from run to run.
    public enum Length: Hashable, Sendable {
        /// Always this one.
        case fixed(Int)
        /// Any, the same wherever the name stands.
        case open(String)
    }

    /// The name.
    public let name: String
    /// The type of the elements.
    public let dtype: DType
    /// The lengths of the dimensions.
    public let shape: [Length]

    /// A port.
    public init(_ name: String, _ shape: [Length], dtype: DType = .float32) {
        (self.name, self.shape, self.dtype) = (name, shape, dtype)
    }
}

/// Why a module cannot become an ONNX file.
public struct OnnxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence.
    public let message: String

    /// The sentence.
    public var description: String { message }
}

/// A layer that says what it computes in ONNX operators of set 17.
public protocol OnnxLayer {
    /// Adds what the layer computes, while it does not learn, and gives its output.
    func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue
}

/// A backbone that says what it computes in ONNX operators of set 17.
public protocol OnnxFeatures {
    /// Adds what the backbone computes, while it does not learn, and gives the maps of every stage.
    func emitFeatures(_ x: OnnxValue, into graph: OnnxGraph) throws -> [OnnxValue]
}
