import Foundation
internal import Kernels

/// What photos without a known truth say about parts of the stitcher: codes, pairs, lenses and edges that contradict.
public struct SceneStudy: Sendable {
    private let photos: [StitchPhoto]
    private let read: [ReadPhoto]
    private let graph: MatchGraph
    private let stitcher = Stitcher()

    /// Finds points, keeps their codes as they were before rounding too, and compares all photos.
    public init(_ photos: [StitchPhoto]) {
        self.photos = photos
        var detector = PointDetector()
        detector.keepsRoots = true
        read = photos.map { PhotoIntake.read($0, detector: detector) }
        var graph = MatchGraph(points: read.map { $0.refusal == nil ? $0.points : nil })
        for second in photos.indices { for first in 0..<second { graph.compare(first, second) } }
        graph.markCopies(pixels: read.map { $0.width * $0.height })
        self.graph = graph
    }

    /// The groups of two photos or more, largest first.
    private var groups: [[Int]] { Components.groups(count: read.count, edges: graph.edges).filter { $0.count > 1 } }

    /// Matches of all joined pairs by codes of 7 bits, by codes that were not rounded, and by both.
    public func codes() -> (rounded: Int, exact: Int, both: Int) {
        var sums = (rounded: 0, exact: 0, both: 0)
        for edge in graph.edges {
            guard let a = read[edge.first].points, let b = read[edge.second].points else { continue }
            let agreement = MutualRatio.agreement(a, b)
            sums.rounded += agreement.rounded
            sums.exact += agreement.exact
            sums.both += agreement.both
        }
        return sums
    }

    /// Pairs that are joined in the solved groups, and what a similarity from two matches at a time collects of them.
    public func pairs() -> (all: Int, withSet: Int, least: Int, median: Int) {
        var sizes: [Int] = []
        for group in groups {
            let (solver, edges) = stitcher.solver(of: group, graph, read)
            for (edge, _) in solver.solve(edges)?.edges ?? [] {
                guard let a = read[edge.first].points, let b = read[edge.second].points else { continue }
                sizes.append(PairVerifier().similarity(a, b)?.inliers.count ?? 0)
            }
        }
        sizes.sort()
        return (
            sizes.count, sizes.count { $0 >= EdgeAcceptance.least }, sizes.first ?? 0,
            sizes.isEmpty ? 0 : sizes[sizes.count / 2]
        )
    }

    /// A group of turning cameras solved without and with lenses that bend.
    public struct LensGain: Sendable, Hashable {
        /// Photos of the group.
        public var photos: Int
        /// Median residual and 95 % in matching pixels with straight lenses.
        public var straight: [Double]
        /// The same with lenses as they were found.
        public var bent: [Double]
        /// λ of the first body.
        public var lens: Double
        /// Edges that were dropped without and with.
        public var dropped: [Int]
    }

    /// What lenses bring, for each group that is solved by turning cameras.
    public func lenses() -> [LensGain] {
        groups.compactMap { group in
            let known = stitcher.solver(of: group, graph, read)
            let edges = known.edges
            var solver = known.solver
            solver.choice = .rotation
            guard let bent = solver.solve(edges) else { return nil }
            solver.bendsLenses = false
            guard let straight = solver.solve(edges), case .rotation(let cameras) = bent.geometry else { return nil }
            return LensGain(
                photos: group.count, straight: Self.spread(straight.residuals), bent: Self.spread(bent.residuals),
                lens: group.first.flatMap { cameras[$0]?.lens } ?? 0,
                dropped: [straight.dropped.count, bent.dropped.count])
        }
    }

    /// An edge that contradicts the others, and how far its pairs lie from where the solved cameras expect them.
    public struct FalseEdge: Sendable, Hashable {
        /// Names of both photos.
        public var names: [String]
        /// Pairs that agreed with each other.
        public var inliers: Int
        /// Their median distance in matching pixels; infinite where the cameras do not look the same way.
        public var apart: Double
    }

    /// A solved group.
    public struct Solution: Sendable, Hashable {
        /// The model with the best evidence.
        public var model: String
        /// Photos of the group.
        public var photos: Int
        /// Edges that stayed.
        public var kept: Int
        /// Edges that fell.
        public var dropped: [FalseEdge]
        /// Median and 95 % of the residuals in matching pixels.
        public var residuals: [Double]
        /// Scale and turn in degrees of each photo's map to the reference; empty for turning cameras.
        public var maps: [[Double]]
    }

    /// What became of each group.
    public func solutions() -> [Solution] {
        groups.compactMap { group in
            let (solver, edges) = stitcher.solver(of: group, graph, read)
            guard let solved = solver.solve(edges) else { return nil }
            var maps: [[Double]] = []
            if case .plane(_, _, let found) = solved.geometry {
                maps = group.compactMap { found[$0] }.map {
                    let (a, b) = ($0.first.x, $0.second.x)
                    return [(a * a + b * b).squareRoot(), atan2(b, a) * 180 / .pi]
                }
            }
            return Solution(
                model: solved.model, photos: group.count, kept: solved.edges.count,
                dropped: solved.dropped.map { apart($0, solved.geometry) }, residuals: Self.spread(solved.residuals),
                maps: maps)
        }
    }

    private func apart(_ edge: MatchEdge, _ geometry: GroupGeometry) -> FalseEdge {
        let there = geometry.mapping(edge.first, edge.second, read.map { $0.points ?? .none })
        let p = edge.pairs
        let errors = stride(from: 0, to: p.count, by: 4).map { at -> Double in
            guard let seen = there(p[at], p[at + 1]) else { return .infinity }
            return hypot(seen.x - p[at + 2], seen.y - p[at + 3])
        }
        return FalseEdge(
            names: [photos[edge.first].name, photos[edge.second].name], inliers: edge.inliers,
            apart: GroupSolver.median(errors))
    }

    /// Edges of the largest group that overlaps would show twice, as shares of all, before and after photos are bent.
    public func ghosts() -> Ghosts? {
        guard let group = groups.first else { return nil }
        let (solver, edges) = stitcher.solver(of: group, graph, read)
        guard let solved = solver.solve(edges) else { return nil }
        let points = read.map { $0.points ?? .none }
        var planes: [Int: WeightedPlane] = [:]
        for photo in group { planes[photo] = PhotoIntake.plane(photos[photo], like: points[photo]) }
        return Ghosts(solved, points: points, planes: planes)
    }

    private static func spread(_ sorted: [Double]) -> [Double] {
        sorted.isEmpty ? [0, 0] : [sorted[sorted.count / 2], sorted[min(sorted.count - 1, sorted.count * 95 / 100)]]
    }
}

extension MutualRatio {
    /// Matches by rounded codes, by exact ones, and those that both find.
    package static func agreement(
        _ a: PhotoPoints, _ b: PhotoPoints, ratio: Double = 0.75
    ) -> (rounded: Int, exact: Int, both: Int) {
        let rounded = Set(matches(a, b, ratio: ratio).map { SIMD2($0.0, $0.1) })
        let exact = Set(exactMatches(a, b, ratio: ratio).map { SIMD2($0.0, $0.1) })
        return (rounded.count, exact.count, rounded.intersection(exact).count)
    }
}

extension PairVerifier {
    /// What a similarity from two matches at a time collects (Brown and Lowe 2003).
    ///
    /// It stands for views of a turning camera only roughly: places may be off by 1 % of the diagonal.
    package func similarity(_ a: PhotoPoints, _ b: PhotoPoints) -> Consensus? {
        let places = MutualRatio.places(MutualRatio.matches(a, b, ratio: ratio), a, b)
        var consensus = SampleConsensus()
        consensus.threshold = 0.01 * (a.halfDiagonal + b.halfDiagonal)
        return consensus.map(.similarity, places, seed: UInt64(a.count + b.count))
    }
}
