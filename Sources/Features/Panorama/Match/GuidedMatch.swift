internal import Kernels

/// A second look at two photos whose clear matches are too few: pairs of matches tell a similarity (Brown and Lowe 2003),
/// which tells where each point should be; there its code needs to beat only its neighbours.
package struct GuidedMatch: Sendable {
    /// Quotient of distances of the matches that the similarity comes from.
    package var looseRatio = 0.9
    /// Quotient of distances within the radius.
    package var ratio = 0.85
    /// How far a point may be from where it is expected, as a share of the diagonal.
    package var radius = 0.03
    /// Fewest pairs that must agree in the end.
    package var least = 16

    /// A search with the usual settings.
    package init() {}

    /// What photos `first` and `second` with these points have in common.
    package func compare(_ first: Int, _ second: Int, _ a: PhotoPoints, _ b: PhotoPoints) -> PairOutcome {
        let loose = MutualRatio.matches(a, b, ratio: looseRatio)
        var outcome = PairOutcome(edge: nil, matches: loose.count, inliers: 0)
        guard loose.count >= 4 else { return outcome }
        var search = SampleConsensus()
        search.threshold = 0.5 * radius * 2 * min(a.halfDiagonal, b.halfDiagonal)
        let seed = UInt64(a.count) &* 0x9E37_79B9 &+ UInt64(b.count) &* 31 &+ 7
        guard let guess = search.map(.similarity, MutualRatio.places(loose, a, b), seed: seed) else { return outcome }
        let guided = matches(a, b, by: guess.map)
        guard guided.count >= least else { return outcome }
        let places = MutualRatio.places(guided, a, b)
        guard let found = SampleConsensus().homography(places, seed: seed &+ 1) else { return outcome }
        let pairs = found.inliers.flatMap { index in (0..<4).map { Double(places[index * 4 + $0]) } }
        outcome = PairOutcome(edge: nil, matches: guided.count, inliers: found.inliers.count)
        // Where every point has a place, chance is with the wrong: twice as many as usual must agree.
        guard found.inliers.count >= least,
            Double(found.inliers.count) > EdgeAcceptance.needed(matches: 2 * guided.count),
            EdgeAcceptance.isWide(pairs, a, b)
        else { return outcome }
        let edge = MatchEdge(
            first: first, second: second, pairs: pairs, homography: found.map, matches: guided.count)
        return PairOutcome(edge: edge, matches: guided.count, inliers: found.inliers.count)
    }

    /// Each other's nearest near where the map expects them.
    package func matches(_ a: PhotoPoints, _ b: PhotoPoints, by map: Matrix3) -> [(Int, Int)] {
        guard let back = map.inverse else { return [] }
        let forward = nearest(a, b, map)
        let backward = nearest(b, a, back)
        let limit = ratio * ratio
        var found: [(Int, Int, Double)] = []
        for (index, nearest) in forward.enumerated() where nearest.index >= 0 {
            guard backward[nearest.index].index == index else { continue }
            let quotient = Double(nearest.best) / Double(max(1, nearest.second))
            if quotient < limit { found.append((index, nearest.index, quotient)) }
        }
        found.sort { $0.2 != $1.2 ? $0.2 < $1.2 : $0.0 < $1.0 }
        return found.map { ($0.0, $0.1) }
    }

    private func nearest(_ a: PhotoPoints, _ b: PhotoPoints, _ map: Matrix3) -> [NearestCode] {
        let places = (0..<a.count).map { map.maps(x: Double(a.x[$0]), y: Double(a.y[$0])) }
        return guidedCodes(
            a.codes, expectedX: places.map { Float($0?.x ?? .nan) }, expectedY: places.map { Float($0?.y ?? .nan) },
            b.codes, x: b.x, y: b.y, radius: Float(radius * 2 * b.halfDiagonal))
    }
}
