package import Kernels

/// How near two vectors are to each other. Distances are smaller for nearer vectors.
public enum VectorMetric: String, Sendable, CaseIterable {
    /// 1 - cosine of the angle, 0...2. Vectors are scaled to length 1.
    case cosine
    /// The negative inner product.
    case innerProduct
    /// The squared Euclidean distance.
    case euclidean

    package var kind: DistanceKind {
        switch self {
        case .cosine: .cosine
        case .innerProduct: .innerProduct
        case .euclidean: .euclidean
        }
    }
}

/// How the values of a vector are stored.
public enum VectorEncoding: String, Sendable, CaseIterable {
    /// 12 bits a value: 8 to find neighbours by and 4 more to rank them by, with one scale a vector.
    ///
    /// 1.5 bytes a value; ranks as well as half floats on vectors whose values are of like size.
    case int12
    /// 16-bit floats: 2 bytes a value, slower.
    case float16
    /// 12 bits a value: 4 to find neighbours by and 8 more to rank them by, with one scale a vector.
    ///
    /// 1.5 bytes a value, of which looking through all rows reads a third: for the largest catalogues.
    case int4

    package var code: CodeEncoding {
        switch self {
        case .int12: .int12
        case .float16: .half
        case .int4: .int4
        }
    }
}

/// What all vectors of an index have in common. It is fixed when the index is made.
public struct VectorSchema: Hashable, Sendable {
    /// Values of a vector, 1...16,384.
    public let dimensions: Int
    /// How distances are measured.
    public let metric: VectorMetric
    /// How vectors are stored.
    public let encoding: VectorEncoding

    /// The most values that a vector may have.
    public static let largestDimensions = 16_384

    /// A schema; throws `badArgument` for dimensions outside of 1...16,384.
    public init(
        dimensions: Int, metric: VectorMetric = .cosine, encoding: VectorEncoding = .int12
    ) throws(VectorIndexError) {
        guard (1...Self.largestDimensions).contains(dimensions) else {
            throw .badArgument("vectors have 1 to \(Self.largestDimensions) dimensions, not \(dimensions)")
        }
        (self.dimensions, self.metric, self.encoding) = (dimensions, metric, encoding)
    }

    /// The vector as it is stored and searched: checked, and of length 1 for the cosine.
    package func accepted(_ vector: Span<Float>) throws(VectorIndexError) -> [Float] {
        guard vector.count == dimensions else {
            throw .wrongDimensions(expected: dimensions, found: vector.count)
        }
        let limit: Float = encoding == .float16 && metric != .cosine ? 65_504 : 1e15
        var largest: Float = 0
        for index in vector.indices {
            guard vector[index].isFinite else { throw .notFinite(index: index) }
            largest = max(largest, abs(vector[index]))
        }
        guard largest <= limit else { throw .tooLarge(limit: limit) }
        var values = vector.withUnsafeBufferPointer { Array($0) }
        if metric == .euclidean { return values }
        guard largest >= 1e-15 else { throw .zeroVector }
        guard metric == .cosine else { return values }
        // Twice, because the square of a very large or small value leaves the range of floats.
        for index in values.indices { values[index] /= largest }
        let length = dotProduct(values.span, values.span).squareRoot()
        for index in values.indices { values[index] /= length }
        return values
    }
}

/// What a vector can be filtered by. All zero unless given.
public struct VectorAttributes: Hashable, Sendable {
    /// Whose vector it is, such as a shop's number.
    public var tenant: UInt32
    /// One of 65,536 categories.
    public var category: UInt16
    /// Sixteen bits of the owner's choice.
    public var flags: UInt16
    /// A price or any other number to search ranges of.
    public var price: UInt32

    /// Attributes; all have a default of 0.
    public init(tenant: UInt32 = 0, category: UInt16 = 0, flags: UInt16 = 0, price: UInt32 = 0) {
        (self.tenant, self.category, self.flags, self.price) = (tenant, category, flags, price)
    }
}

/// Which vectors a search may find; a condition that is nil lets all pass.
public struct VectorFilter: Hashable, Sendable {
    /// Vectors of this tenant.
    public var tenant: UInt32?
    /// Vectors of this category.
    public var category: UInt16?
    /// Vectors that have at least one of these bits set.
    public var anyFlag: UInt16?
    /// Vectors whose price lies in this range.
    public var price: ClosedRange<UInt32>?

    /// A filter of the given conditions, all of which must hold.
    public init(
        tenant: UInt32? = nil, category: UInt16? = nil, anyFlag: UInt16? = nil, price: ClosedRange<UInt32>? = nil
    ) {
        (self.tenant, self.category, self.anyFlag, self.price) = (tenant, category, anyFlag, price)
    }

    /// Whether attributes meet all conditions.
    public func matches(_ attributes: VectorAttributes) -> Bool {
        (tenant.map { $0 == attributes.tenant } ?? true) && (category.map { $0 == attributes.category } ?? true)
            && (anyFlag.map { $0 & attributes.flags != 0 } ?? true)
            && (price.map { $0.contains(attributes.price) } ?? true)
    }
}

/// A vector that a search found.
public struct VectorHit: Hashable, Sendable {
    /// The vector's id.
    public let id: UInt64
    /// Its distance to the query in the index's metric; smaller is nearer.
    public let distance: Float

    /// A hit.
    public init(id: UInt64, distance: Float) {
        self.id = id
        self.distance = distance
    }
}

/// A vector with its id and attributes.
public struct VectorItem: Sendable {
    /// The id; a second vector with the same id replaces the first.
    public var id: UInt64
    /// As many values as the schema says.
    public var vector: [Float]
    /// What it can be filtered by.
    public var attributes: VectorAttributes

    /// An item.
    public init(id: UInt64, vector: [Float], attributes: VectorAttributes = VectorAttributes()) {
        (self.id, self.vector, self.attributes) = (id, vector, attributes)
    }
}
