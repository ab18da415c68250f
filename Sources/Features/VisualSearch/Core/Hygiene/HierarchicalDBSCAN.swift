/// What two radii are used to tell an item's pictures from foreign ones.
public struct NoiseRules: Sendable, Hashable {
    /// Radius of the first step, as 1 - cosine. Of the radii that find 95 % of what is planted among held-out photos, seen by
    /// the default embedder, this one and ``loose`` lose fewest.
    public var tight = 0.26
    /// Largest mean distance at which the second step takes a picture back.
    public var loose = 0.36
    /// Fewest pictures around a core picture, itself among them.
    public var minimumPoints = 2
    /// How many members of the cluster the second step measures to.
    public var nearest = 3
    /// A largest cluster with a smaller share of the pictures decides nothing.
    public var undecidedShare = 0.2

    /// The built-in rules.
    public init() {}

    /// Rules measured on pairs of pictures that are known to show the same item or not.
    ///
    /// A radius is the largest at which the pairs within it show the same item with a precision: 0.99 for the first step
    /// and 0.95 for the second. A radius for which there is no such pair stays as it is.
    public init(
        calibratedOn pairs: [(distance: Double, isSame: Bool)], tightPrecision: Double = 0.99,
        loosePrecision: Double = 0.95
    ) {
        self.init()
        let ranked = pairs.filter { $0.distance.isFinite }.sorted { $0.distance < $1.distance }
        if let tight = Self.radius(ranked, precision: tightPrecision) { self.tight = tight }
        if let loose = Self.radius(ranked, precision: loosePrecision) { self.loose = max(tight, loose) }
    }

    private static func radius(_ ranked: [(distance: Double, isSame: Bool)], precision: Double) -> Double? {
        var same = 0
        var best: Double?
        for (place, pair) in ranked.enumerated() {
            same += pair.isSame ? 1 : 0
            if place + 1 < ranked.count, ranked[place + 1].distance == pair.distance { continue }
            if Double(same) >= precision * Double(place + 1) { best = pair.distance }
        }
        return best
    }
}

/// Which pictures of one SKU do not show it: proposals, nothing is taken away.
public struct NoiseReport: Sendable, Hashable {
    /// A picture outside the first cluster, with how far it is from it.
    public struct Outsider: Sendable, Hashable {
        /// The place of the picture.
        public let place: Int
        /// Mean distance to the nearest members of the cluster.
        public let distance: Double
        /// The nearest member, to be shown beside it.
        public let nearest: Int

        /// A picture outside.
        public init(place: Int, distance: Double, nearest: Int) {
            self.place = place
            self.distance = distance
            self.nearest = nearest
        }
    }

    /// The largest cluster of the first step.
    public let kept: [Int]
    /// Pictures that the second step took back.
    public let recalled: [Outsider]
    /// Pictures that are proposed as noise, farthest first.
    public let noise: [Outsider]
    /// Whether the SKU is left alone, because no cluster is large enough to be the item.
    public let isUndecided: Bool

    /// All pictures that stay; of an undecided SKU these are all.
    public var staying: [Int] { (kept + recalled.map(\.place)).sorted() }
}

/// Clustering in two steps: the tightest large cluster is the item, then near ones of the rest come back.
///
/// The pictures that come back are hard ones, which make what is trained on them robust. One pass: a picture that came
/// back attracts no other, so no chain grows.
public struct HierarchicalDBSCAN: Sendable, Hashable {
    /// The radii and limits.
    public var rules: NoiseRules

    /// Of more pictures than this an index should name the candidates: looking at all pairs takes n^2 steps.
    public static let exactLimit = 2000

    /// Clustering by rules.
    public init(rules: NoiseRules = NoiseRules()) { self.rules = rules }

    /// Tells an item's pictures from foreign ones.
    ///
    /// - Parameters:
    ///   - vectors: The pictures of one SKU.
    ///   - candidates: Of many pictures, for each the places that may be near, from an index; see ``DensityClusters``.
    public func report(on vectors: UnitVectors, candidates: [[Int]]? = nil) -> NoiseReport {
        let first = DensityClusters(
            vectors, radius: Float(rules.tight), minimumPoints: rules.minimumPoints, candidates: candidates)
        let kept = first.largest(vectors)
        guard kept.count >= 2, Double(kept.count) >= rules.undecidedShare * Double(vectors.count) else {
            return NoiseReport(kept: Array(0..<vectors.count), recalled: [], noise: [], isUndecided: true)
        }
        let members = Set(kept)
        let outsiders = (0..<vectors.count).filter { !members.contains($0) }.map { outsider($0, of: kept, vectors) }
        let back = outsiders.filter { $0.distance <= rules.loose }
        let noise = outsiders.filter { $0.distance > rules.loose }
        return NoiseReport(
            kept: kept, recalled: back, noise: noise.sorted { ($0.distance, $1.place) > ($1.distance, $0.place) },
            isUndecided: false)
    }

    private func outsider(_ place: Int, of kept: [Int], _ vectors: UnitVectors) -> NoiseReport.Outsider {
        let ranked = kept.map { (place: $0, distance: Double(vectors.distance(place, $0))) }
            .sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }.prefix(max(1, rules.nearest))
        let mean = ranked.reduce(0) { $0 + $1.distance } / Double(max(1, ranked.count))
        return NoiseReport.Outsider(place: place, distance: mean, nearest: ranked.first?.place ?? place)
    }
}
