/// Loops that the geometry closes and no edge does.
extension GroupSolver {
    /// Standard deviations within which a point is looked for.
    private static let certainty = 6.0
    /// Least and greatest distance within which points are looked for, as shares of the diagonal.
    private static let reach = (0.03, 0.15)

    /// The solution with photos compared again that lie on each other by it and that nothing joins but a long way round,
    /// solved once more with what was found; overlaps that stay unconfirmed are noted.
    ///
    /// - Parameter all: The edges that it was solved from.
    package func closingLoops(_ start: SolvedGroup, _ all: [MatchEdge]) -> SolvedGroup {
        var (best, edges) = (start, all)
        for _ in 0..<3 {
            let open = openOverlaps(best)
            guard !open.isEmpty, case .rotation(let cameras) = best.geometry else { return best }
            best.open = open
            let known = Set(edges.map { SIMD2($0.first, $0.second) })
            let more = open.compactMap { pair -> MatchEdge? in
                guard !known.contains(SIMD2(pair.first, pair.second)), let a = cameras[pair.first],
                    let b = cameras[pair.second]
                else { return nil }
                let (p, q) = (points[pair.first], points[pair.second])
                let diagonal = 2 * min(p.halfDiagonal, q.halfDiagonal)
                let reach = min(Self.reach.1 * diagonal, max(Self.reach.0 * diagonal, Self.certainty * pair.deviation))
                return PredictedMatch().compare(pair.first, pair.second, p, q, cameras: (a, b), reach: reach).edge
            }
            let joined = (edges + more).sorted { ($0.first, $0.second) < ($1.first, $1.second) }
            guard !more.isEmpty, let next = solve(joined), isBetter(next, best, more) else { return best }
            (best, edges) = (next, joined)
        }
        best.open = openOverlaps(best)
        return best
    }

    /// Whether a solution with more edges kept them, and fits the others about as well.
    private func isBetter(_ next: SolvedGroup, _ before: SolvedGroup, _ more: [MatchEdge]) -> Bool {
        let kept = Set(next.edges.map { SIMD2($0.edge.first, $0.edge.second) })
        let (old, new) = (Self.median(before.residuals), Self.median(next.residuals))
        return next.model == before.model && more.contains { kept.contains(SIMD2($0.first, $0.second)) }
            && next.dropped.count <= before.dropped.count && new <= 1.25 * old + 0.2
    }

    /// What lies on each other by the solution, and is joined but a long way round.
    func openOverlaps(_ solved: SolvedGroup) -> [OpenOverlap] {
        guard case .rotation(let cameras) = solved.geometry else { return [] }
        let pairs = OpenLoops.pairs(
            solved.photos, cameras, joined: solved.edges.map { ($0.edge.first, $0.edge.second) }, points: points)
        guard !pairs.isEmpty, let (bundle, freedom) = bundle(of: solved) else { return [] }
        // A lens that was not worth solving for is not known to be straight.
        let free = RayBundle.Freedom(lens: bendsLenses, ownFocal: freedom.ownFocal)
        let covariance = PoseCovariance(bundle, edges: local(solved.edges.map(\.edge)), freedom: free)
        let place = Dictionary(uniqueKeysWithValues: group.enumerated().map { ($1, $0) })
        return pairs.map { pair in
            var lengths: [Double] = []
            if let covariance, let j = place[pair.first], let k = place[pair.second] {
                let (p, q) = (points[pair.first], points[pair.second])
                lengths = OpenLoops.places(bundle.camera(j), p, bundle.camera(k), q).compactMap { at in
                    covariance.deviation(j, k, x: at.x, y: at.y).map { ($0.x * $0.x + $0.y * $0.y).squareRoot() }
                }
            }
            let deviation = lengths.isEmpty ? points[pair.first].halfDiagonal : Self.median(lengths)
            return OpenOverlap(first: pair.first, second: pair.second, deviation: deviation)
        }
    }

    /// The cameras of a solution as they were solved, and what was free; nil where it has none or other photos.
    func bundle(of solved: SolvedGroup) -> (RayBundle, RayBundle.Freedom)? {
        guard case .rotation(let cameras) = solved.geometry else { return nil }
        let old = group.compactMap { cameras[$0] }
        guard old.count == group.count, let first = old.first else { return nil }
        var bundle = RayBundle(
            rotations: old.map(\.rotation), focal: first.focal,
            halfDiagonals: group.map { points[$0].halfDiagonal }, bodies: bodyNumbers)
        for (place, camera) in old.enumerated() { bundle.lenses[bundle.bodies[place]] = camera.lens }
        bundle.ownFocals = old.map { $0.focal - first.focal }
        bundle.objective = objective
        let own = Self.median(bundle.ownFocals)
        bundle.focal += own
        bundle.ownFocals = bundle.ownFocals.map { $0 - own }
        let hasOwn = bundle.ownFocals.contains { abs($0) > 1e-9 * first.focal }
        return (bundle, RayBundle.Freedom(lens: bundle.lenses.contains { $0 != 0 }, ownFocal: hasOwn))
    }
}
