/// Ways to tell a SKU's own pictures from foreign ones, to be compared on pictures whose truth is known.
public enum DenoiseMethod: String, Sendable, Hashable, CaseIterable {
    /// The largest cluster of DBSCAN, and nothing else.
    case plain = "DBSCAN"
    /// What is near to the mean direction of all.
    case centroid = "centroid cut"
    /// The largest cluster in which all pairs are near.
    case completeLinkage = "complete linkage"
    /// DBSCAN in two steps.
    case hierarchical = "hierarchical DBSCAN"

    /// The places of the pictures that stay.
    ///
    /// - Parameters:
    ///   - vectors: The pictures of one SKU.
    ///   - rules: Both radii; the methods with one use the tight one.
    public func staying(_ vectors: UnitVectors, rules: NoiseRules) -> [Int] {
        switch self {
        case .plain:
            DensityClusters(vectors, radius: Float(rules.tight), minimumPoints: rules.minimumPoints).largest(vectors)
        case .centroid: Self.nearMean(vectors, radius: rules.tight)
        case .completeLinkage: CompleteLinkage.largest(vectors, radius: rules.tight)
        case .hierarchical: HierarchicalDBSCAN(rules: rules).report(on: vectors).staying
        }
    }

    private static func nearMean(_ vectors: UnitVectors, radius: Double) -> [Int] {
        let all = Array(0..<vectors.count)
        guard let mean = vectors.mean(of: all) else { return [] }
        return all.filter { Double(1 - vectors.similarity($0, to: mean)) <= radius }
    }
}

/// How well a method tells own pictures from foreign ones, over some SKUs.
public struct DenoiseFigures: Sendable, Hashable {
    /// Pictures that stay and are the SKU's own.
    public private(set) var right = 0
    /// Pictures that stay.
    public private(set) var staying = 0
    /// The SKUs' own pictures.
    public private(set) var own = 0

    /// Nothing counted yet.
    public init() {}

    /// Counts a SKU.
    public mutating func add(staying places: [Int], isOwn: [Bool]) {
        staying += places.count
        right += places.count { isOwn[$0] }
        own += isOwn.count { $0 }
    }

    /// Share of the SKU's own among those that stay; 1 where none stays.
    public var precision: Double { staying == 0 ? 1 : Double(right) / Double(staying) }
    /// Share of the SKU's own that stay; 1 where there is none.
    public var recall: Double { own == 0 ? 1 : Double(right) / Double(own) }

    /// The figures of a method over SKUs whose truth is known.
    public init(
        _ method: DenoiseMethod, skus: [(vectors: UnitVectors, isOwn: [Bool])], rules: NoiseRules
    ) {
        for sku in skus {
            precondition(sku.vectors.count == sku.isOwn.count, "one truth a picture")
            add(staying: method.staying(sku.vectors, rules: rules), isOwn: sku.isOwn)
        }
    }
}

/// Clusters in which every pair is near, grown by joining the two that are nearest (complete linkage).
enum CompleteLinkage {
    /// The largest cluster whose widest pair is within the radius.
    ///
    /// Found by chains of nearest neighbours (Murtagh 1983): the joins are those of the obvious way, in n^2 steps.
    static func largest(_ vectors: UnitVectors, radius: Double) -> [Int] {
        let clusters = clusters(vectors, radius: Float(radius))
        let size = clusters.map(\.count).max() ?? 0
        return clusters.filter { $0.count == size }.min {
            (vectors.meanDistance(of: $0), $0[0]) < (vectors.meanDistance(of: $1), $1[0])
        } ?? []
    }

    static func clusters(_ vectors: UnitVectors, radius: Float) -> [[Int]] {
        let count = vectors.count
        var widths = (0..<count).map { a in (0..<count).map { a == $0 ? Float.infinity : vectors.distance(a, $0) } }
        var members = (0..<count).map { [$0] }
        var isLeft = [Bool](repeating: true, count: count)
        var chain: [Int] = []
        // A cluster whose nearest one is too far is finished: what it is farthest from only grows.
        var open = Set(0..<count)
        while let start = chain.last ?? open.min() {
            if chain.isEmpty { chain.append(start) }
            let before = chain.count > 1 ? chain[chain.count - 2] : nil
            let next = nearest(to: start, widths: widths, isLeft: isLeft, preferring: before)
            guard let next, widths[start][next] <= radius else {
                open.remove(start)
                chain.removeLast()
                continue
            }
            guard next == before else {
                chain.append(next)
                continue
            }
            chain.removeLast(2)
            let (kept, gone) = (min(start, next), max(start, next))
            members[kept] += members[gone]
            isLeft[gone] = false
            open.remove(gone)
            open.insert(kept)
            for other in 0..<count where isLeft[other] && other != kept {
                let width = max(widths[kept][other], widths[gone][other])
                (widths[kept][other], widths[other][kept]) = (width, width)
            }
        }
        return (0..<count).filter { isLeft[$0] }.map { members[$0].sorted() }
    }

    private static func nearest(to place: Int, widths: [[Float]], isLeft: [Bool], preferring: Int?) -> Int? {
        var best = preferring
        for other in isLeft.indices where isLeft[other] && other != place {
            guard let known = best else {
                best = other
                continue
            }
            if widths[place][other] < widths[place][known] { best = other }
        }
        return best
    }
}
