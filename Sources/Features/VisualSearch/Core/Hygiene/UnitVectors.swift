internal import Kernels

/// Vectors of length 1, one after the other in memory.
public struct UnitVectors: Sendable {
    /// Values a vector.
    public let dimension: Int
    /// How many vectors there are.
    public private(set) var count = 0
    private var values: [Float] = []

    /// No vectors yet.
    public init(dimension: Int) {
        precondition(dimension >= 0, "a negative number of values")
        self.dimension = dimension
    }

    /// Vectors brought to length 1; nil when one cannot be or has another number of values.
    public init?(_ vectors: [[Float]]) {
        self.init(dimension: vectors.first?.count ?? 0)
        values.reserveCapacity(dimension * vectors.count)
        for vector in vectors where !append(vector) { return nil }
    }

    /// Adds a vector, brought to length 1. A vector without direction, of another length or with what is no number is
    /// not taken, and the answer is false.
    public mutating func append(_ vector: [Float]) -> Bool {
        guard let unit = Self.unit(vector), vector.count == dimension else { return false }
        values.append(contentsOf: unit)
        count += 1
        return true
    }

    /// The vector of length 1 in the same direction; nil when there is none.
    static func unit(_ vector: [Float]) -> [Float]? {
        // In doubles, since the square of a float can be too large or too small for a float.
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length.isFinite, length > 1e-12 else { return nil }
        return vector.map { Float(Double($0) / length) }
    }

    /// One vector.
    public subscript(place: Int) -> [Float] { Array(values[place * dimension..<(place + 1) * dimension]) }

    /// The cosine of two vectors, -1 to 1.
    public func similarity(_ a: Int, _ b: Int) -> Float {
        let span = values.span
        return Kernels.dotProduct(
            span.extracting(a * dimension..<(a + 1) * dimension),
            span.extracting(b * dimension..<(b + 1) * dimension))
    }

    /// The cosine to a vector of length 1.
    public func similarity(_ place: Int, to vector: [Float]) -> Float {
        precondition(vector.count == dimension, "vectors of two lengths")
        return Kernels.dotProduct(
            values.span.extracting(place * dimension..<(place + 1) * dimension), vector.span)
    }

    /// How far two vectors are: 1 - cosine, 0 to 2.
    public func distance(_ a: Int, _ b: Int) -> Float { 1 - similarity(a, b) }

    /// The sum of some vectors.
    func sum(of places: some Sequence<Int>) -> [Double] {
        var sum = [Double](repeating: 0, count: dimension)
        for place in places {
            let start = place * dimension
            for at in 0..<dimension { sum[at] += Double(values[start + at]) }
        }
        return sum
    }

    /// The direction of the weighted mean; nil when the vectors cancel out. Without weights all count alike.
    public func mean(of places: [Int], weights: [Double]? = nil) -> [Float]? {
        guard let weights else { return Self.unit(sum(of: places).map(Float.init)) }
        precondition(weights.count == places.count, "one weight a vector")
        var sum = [Double](repeating: 0, count: dimension)
        for (place, weight) in zip(places, weights) {
            for at in 0..<dimension { sum[at] += weight * Double(values[place * dimension + at]) }
        }
        return Self.unit(sum.map(Float.init))
    }

    /// A near vector.
    public struct Neighbour: Sendable, Hashable {
        /// Its place.
        public var place: Int
        /// The cosine to it.
        public var similarity: Float

        /// A near vector.
        public init(place: Int, similarity: Float) {
            self.place = place
            self.similarity = similarity
        }
    }

    /// The nearest other vectors of each, nearest first, found by looking at all pairs; ties go to the smaller place.
    public func nearest(_ limit: Int) -> [[Neighbour]] {
        var best = (0..<count).map { _ in TopK(limit: limit) }
        for a in 0..<count {
            for b in 0..<a {
                let distance = distance(a, b)
                best[a].insert(UInt64(b), distance: distance)
                best[b].insert(UInt64(a), distance: distance)
            }
        }
        return best.map { $0.sorted().map { Neighbour(place: Int($0.number), similarity: 1 - $0.distance) } }
    }
}
