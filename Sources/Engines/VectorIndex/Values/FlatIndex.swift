import Kernels

/// Exact search over vectors in memory, in full precision: slow, and never wrong.
///
/// What the approximate indexes are measured against, and enough by itself for some thousand vectors.
public struct FlatIndex: Sendable {
    /// How distances are measured.
    public let metric: VectorMetric
    /// Values of a vector.
    public let dimensions: Int
    private let schema: VectorSchema
    private var ids: [UInt64] = []
    private var values: [Float] = []

    /// An empty index.
    public init(dimensions: Int, metric: VectorMetric = .cosine) throws(VectorIndexError) {
        schema = try VectorSchema(dimensions: dimensions, metric: metric)
        (self.dimensions, self.metric) = (dimensions, metric)
    }

    /// How many vectors there are.
    public var count: Int { ids.count }

    /// Adds a vector; ids may repeat, nothing is replaced.
    public mutating func add(id: UInt64, vector: Span<Float>) throws(VectorIndexError) {
        values += try schema.accepted(vector)
        ids.append(id)
    }

    /// The `k` nearest vectors that pass, nearest first; of two as near, the one with the smaller id.
    public func search(
        _ query: Span<Float>, k: Int, where passes: (UInt64) -> Bool = { _ in true }
    ) throws(VectorIndexError) -> [VectorHit] {
        guard k > 0 else { throw .badArgument("at least one neighbour must be asked for") }
        let query = try schema.accepted(query)
        var best = TopK(limit: k)
        let all = values.span
        for row in ids.indices where passes(ids[row]) {
            let vector = all.extracting(row * dimensions..<(row + 1) * dimensions)
            best.insert(ids[row], distance: distance(query.span, vector))
        }
        return best.sorted().map { VectorHit(id: $0.number, distance: $0.distance) }
    }

    /// The same for an array.
    public func search(_ query: [Float], k: Int) throws(VectorIndexError) -> [VectorHit] {
        try search(query.span, k: k)
    }

    private func distance(_ query: Span<Float>, _ vector: Span<Float>) -> Float {
        switch metric {
        case .cosine: 1 - dotProduct(query, vector)
        case .innerProduct: -dotProduct(query, vector)
        case .euclidean: squaredDistance(query, vector)
        }
    }
}
