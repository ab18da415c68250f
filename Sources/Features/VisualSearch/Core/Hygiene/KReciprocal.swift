internal import Foundation

/// Orders results anew by how much the neighbourhoods of query and result agree (Zhong, Zheng, Cao, Li 2017).
///
/// It needs several pictures of each item in the gallery and all of one kind: between customers' photos and merchants'
/// pictures it is known to fail, so it is off there and used only where an evaluation shows a gain.
public struct KReciprocal: Sendable, Hashable {
    /// Neighbours that have to be mutual.
    public var k1 = 20
    /// Neighbours whose encodings are averaged.
    public var k2 = 6
    /// Weight of the original distance, 0 to 1.
    public var lambda = 0.3

    /// The values of the paper.
    public init() {}

    /// The distances anew.
    ///
    /// - Parameters:
    ///   - vectors: Queries first, then the gallery.
    ///   - queries: How many of them are queries.
    /// - Returns: For each query the distance to each picture of the gallery, 0 or more.
    public func distances(_ vectors: UnitVectors, queries: Int) -> [[Double]] {
        precondition((0...vectors.count).contains(queries), "more queries than vectors")
        let count = vectors.count
        let original = (0..<count).map { a in (0..<count).map { max(0, Double(vectors.distance(a, $0))) } }
        let order = original.enumerated().map { place, row in
            // A picture is its own nearest one, also beside copies of it.
            [place] + row.indices.filter { $0 != place }.sorted { (row[$0], $0) < (row[$1], $1) }
        }
        let encodings = averaged((0..<count).map { encoding($0, order, original) }, order)
        return (0..<queries).map { query in
            (queries..<count).map { other in
                let jaccard = Self.jaccard(encodings[query], encodings[other])
                return (1 - lambda) * jaccard + lambda * original[query][other]
            }
        }
    }

    /// Pictures that are among each other's k nearest, itself included.
    func mutual(_ place: Int, _ k: Int, _ order: [[Int]]) -> Set<Int> {
        Set(order[place].prefix(k + 1).filter { order[$0].prefix(k + 1).contains(place) })
    }

    /// The mutual neighbours, and those of each whose own lie among them for two thirds.
    func expanded(_ place: Int, _ order: [[Int]]) -> Set<Int> {
        let own = mutual(place, k1, order)
        return own.reduce(into: own) { result, other in
            let theirs = mutual(other, (k1 + 1) / 2, order)
            if 3 * theirs.intersection(own).count >= 2 * theirs.count { result.formUnion(theirs) }
        }
    }

    /// Weights by place, in the order of places, so that sums have the same last bits in every run.
    private typealias Encoding = [(place: Int, weight: Double)]

    private func encoding(_ place: Int, _ order: [[Int]], _ original: [[Double]]) -> Encoding {
        let weights = expanded(place, order).sorted().map { (place: $0, weight: exp(-original[place][$0])) }
        let sum = weights.reduce(0) { $0 + $1.weight }
        return weights.map { ($0.place, $0.weight / sum) }
    }

    private func averaged(_ encodings: [Encoding], _ order: [[Int]]) -> [Encoding] {
        guard k2 > 1 else { return encodings }
        return order.map { row in
            let near = row.prefix(k2)
            var sum: [Int: Double] = [:]
            for other in near { for part in encodings[other] { sum[part.place, default: 0] += part.weight } }
            return sum.sorted { $0.key < $1.key }.map { ($0.key, $0.value / Double(near.count)) }
        }
    }

    private static func jaccard(_ a: Encoding, _ b: Encoding) -> Double {
        var (shared, at, other) = (0.0, 0, 0)
        while at < a.count && other < b.count {
            if a[at].place == b[other].place { shared += min(a[at].weight, b[other].weight) }
            let isBehind = a[at].place <= b[other].place
            if b[other].place <= a[at].place { other += 1 }
            if isBehind { at += 1 }
        }
        // Both sum to 1, so the sum of the greater weights is 2 less what is shared.
        return max(0, 1 - shared / (2 - shared))
    }
}
