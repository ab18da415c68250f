/// The type of a tensor's elements; the numbers are those of ONNX.
public enum ElementType: Int32, Sendable, CaseIterable {
    /// 32-bit floating point.
    case float32 = 1
    /// Bytes.
    case uint8 = 2
    /// 32-bit integers.
    case int32 = 6
    /// 64-bit integers.
    case int64 = 7
    /// 16-bit floating point.
    case float16 = 10

    /// Bytes of one element.
    public var width: Int {
        switch self {
        case .uint8: 1
        case .float16: 2
        case .float32, .int32: 4
        case .int64: 8
        }
    }

    /// The name that manifests use: `f32`, `u8`, `i32`, `i64` or `f16`.
    public var name: String {
        switch self {
        case .float32: "f32"
        case .uint8: "u8"
        case .int32: "i32"
        case .int64: "i64"
        case .float16: "f16"
        }
    }

    /// The type with that name.
    public init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }
}

/// Numbers in a box: the last dimension is the innermost.
public struct Tensor: Hashable, Sendable {
    /// Elements a tensor may have at most: 64 MiB of 32-bit numbers.
    public static let maximumElements = 16_777_216

    /// The numbers, row by row.
    public enum Elements: Hashable, Sendable {
        /// 32-bit floating point.
        case float32([Float])
        /// Bytes.
        case uint8([UInt8])
        /// 32-bit integers.
        case int32([Int32])
        /// 64-bit integers.
        case int64([Int64])
        /// 16-bit floating point, as bit patterns.
        case float16([UInt16])

        /// How many there are.
        public var count: Int {
            switch self {
            case .float32(let values): values.count
            case .uint8(let values): values.count
            case .int32(let values): values.count
            case .int64(let values): values.count
            case .float16(let values): values.count
            }
        }

        /// Their type.
        public var type: ElementType {
            switch self {
            case .float32: .float32
            case .uint8: .uint8
            case .int32: .int32
            case .int64: .int64
            case .float16: .float16
            }
        }
    }

    /// Size along each dimension; empty for a single number.
    public let shape: [Int]
    /// The numbers; as many as the product of ``shape``.
    public let elements: Elements

    /// A tensor.
    ///
    /// - Throws: `.invalidInput` when shape and number of elements differ, or when there are more than 8 dimensions or
    ///   ``maximumElements``.
    public init(shape: [Int], _ elements: Elements) throws(InferenceError) {
        guard let count = Self.count(of: shape), count == elements.count else {
            throw InferenceError(.invalidInput, "A tensor of shape \(shape) cannot hold \(elements.count) elements.")
        }
        self.shape = shape
        self.elements = elements
    }

    /// Elements of a shape; nil if it is no shape or too large.
    static func count(of shape: [Int]) -> Int? {
        guard shape.count <= 8 else { return nil }
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow, product <= maximumElements else { return nil }
            count = product
        }
        return count
    }

    /// The numbers, if they are 32-bit floating point.
    public var floats: [Float]? { if case .float32(let values) = elements { values } else { nil } }

    /// Whether every number is finite; integers always are.
    public var isFinite: Bool {
        switch elements {
        case .float32(let values): values.allSatisfy { $0.isFinite }
        // All bits of the exponent set: infinite, or no number.
        case .float16(let values): values.allSatisfy { $0 & 0x7C00 != 0x7C00 }
        case .uint8, .int32, .int64: true
        }
    }
}

/// What a model takes or gives: a name, a type and a shape.
public struct TensorPort: Hashable, Sendable {
    /// The name in the model.
    public let name: String
    /// The type of the elements; nil for one that is not supported.
    public let type: ElementType?
    /// Size along each dimension; nil where it may change from run to run.
    public let shape: [Int?]

    init(name: String, type: ElementType?, shape: [Int?]) {
        (self.name, self.type, self.shape) = (name, type, shape)
    }

    /// The port that a manifest describes.
    public init(_ port: ModelManifest.Port) {
        (name, type, shape) = (port.name, port.type, port.shape)
    }

    /// Whether a tensor of this shape fits.
    public func accepts(_ other: [Int]) -> Bool {
        shape.count == other.count && zip(shape, other).allSatisfy { $0 == nil || $0 == $1 }
    }

    /// The port as people read it: `image f32 [?, 3, 112, 112]`.
    public var text: String {
        let sizes = shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ")
        return "\(name) \(type?.name ?? "?") [\(sizes)]"
    }
}
