/// Clusters of points that lie close together (DBSCAN; Ester, Kriegel, Sander, Xu 1996).
///
/// A core point has at least `minimumPoints` points, itself among them, within the radius. Core points within the radius
/// of each other are one cluster; another point within the radius of a core point belongs to the nearest one's cluster.
/// With two points as the minimum the clusters are the connected parts of the graph of near pairs.
public struct DensityClusters: Sendable, Hashable {
    /// The cluster of each point; nil for noise. Clusters are numbered in the order of their first points.
    public let labels: [Int?]
    /// The points of each cluster, in order.
    public let clusters: [[Int]]

    /// Clusters of all vectors, found by looking at all pairs, or at given pairs only.
    ///
    /// - Parameters:
    ///   - vectors: The points.
    ///   - radius: Largest distance (1 - cosine) of neighbours.
    ///   - minimumPoints: Fewest points around a core point, itself among them.
    ///   - candidates: For each point, others that may be near, such as an index names them; each pair is measured, and
    ///     counts for both whoever named it. Nil to look at all pairs, which is meant for at most a few thousand.
    public init(_ vectors: UnitVectors, radius: Float, minimumPoints: Int = 2, candidates: [[Int]]? = nil) {
        let graph = Self.graph(vectors, radius: radius, candidates: candidates)
        let isCore = graph.map { $0.count + 1 >= minimumPoints }
        var labels = Self.components(graph, isCore: isCore)
        for point in labels.indices where !isCore[point] {
            let cores = graph[point].filter { isCore[$0.place] }
            let nearest = cores.max { ($0.similarity, $1.place) < ($1.similarity, $0.place) }
            labels[point] = nearest.flatMap { labels[$0.place] }
        }
        (self.labels, clusters) = Self.numbered(labels)
    }

    private static func graph(
        _ vectors: UnitVectors, radius: Float, candidates: [[Int]]?
    ) -> [[UnitVectors.Neighbour]] {
        var graph = [[UnitVectors.Neighbour]](repeating: [], count: vectors.count)
        func join(_ a: Int, _ b: Int) {
            let similarity = vectors.similarity(a, b)
            guard 1 - similarity <= radius else { return }
            graph[a].append(.init(place: b, similarity: similarity))
            graph[b].append(.init(place: a, similarity: similarity))
        }
        guard let candidates else {
            for a in 0..<vectors.count { for b in 0..<a { join(a, b) } }
            return graph
        }
        struct Pair: Hashable {
            let a: Int
            let b: Int
        }
        var seen: Set<Pair> = []
        for (a, others) in candidates.enumerated() where a < vectors.count {
            for b in others where b != a && b >= 0 && b < vectors.count {
                if seen.insert(Pair(a: min(a, b), b: max(a, b))).inserted { join(a, b) }
            }
        }
        return graph
    }

    private static func components(_ graph: [[UnitVectors.Neighbour]], isCore: [Bool]) -> [Int?] {
        var labels = [Int?](repeating: nil, count: graph.count)
        for start in graph.indices where isCore[start] && labels[start] == nil {
            var open = [start]
            labels[start] = start
            while let point = open.popLast() {
                for next in graph[point] where isCore[next.place] && labels[next.place] == nil {
                    labels[next.place] = start
                    open.append(next.place)
                }
            }
        }
        return labels
    }

    private static func numbered(_ labels: [Int?]) -> (labels: [Int?], clusters: [[Int]]) {
        var numbers: [Int: Int] = [:]
        var clusters: [[Int]] = []
        let named = labels.enumerated().map { point, label -> Int? in
            guard let label else { return nil }
            let number = numbers[label] ?? clusters.count
            if number == clusters.count { clusters.append([]) }
            numbers[label] = number
            clusters[number].append(point)
            return number
        }
        return (named, clusters)
    }

    /// The largest cluster; of equally large ones the one whose points lie closer together.
    public func largest(_ vectors: UnitVectors) -> [Int] {
        let size = clusters.map(\.count).max() ?? 0
        let tied = clusters.filter { $0.count == size }
        guard tied.count > 1 else { return tied.first ?? [] }
        let means = tied.map { vectors.meanDistance(of: $0) }
        let best = means.indices.min { (means[$0], $0) < (means[$1], $1) }
        return best.map { tied[$0] } ?? []
    }
}

extension UnitVectors {
    /// The mean distance of all pairs of some vectors: the square of their sum holds all their products.
    func meanDistance(of places: [Int]) -> Double {
        guard places.count > 1 else { return 0 }
        let count = Double(places.count)
        let square = sum(of: places).reduce(0) { $0 + $1 * $1 }
        return 1 - (square - count) / (count * (count - 1))
    }
}
