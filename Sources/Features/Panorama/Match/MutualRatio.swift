internal import Kernels

/// Which points of two photos may be the same: each other's nearest, and clearly nearer than the second.
package enum MutualRatio {
    /// Pairs of numbers, clearest first.
    ///
    /// - Parameter ratio: Greatest quotient of the distances of the nearest and the second nearest (Lowe 2004).
    package static func matches(_ a: PhotoPoints, _ b: PhotoPoints, ratio: Double = 0.75) -> [(Int, Int)] {
        let (forward, backward) = nearestCodes(a.codes, b.codes)
        let limit = ratio * ratio
        var found: [(Int, Int, Double)] = []
        for (index, nearest) in forward.enumerated() {
            guard nearest.index >= 0, backward[nearest.index] == index else { continue }
            let quotient = Double(nearest.best) / Double(max(1, nearest.second))
            if quotient < limit { found.append((index, nearest.index, quotient)) }
        }
        found.sort { $0.2 != $1.2 ? $0.2 < $1.2 : $0.0 < $1.0 }
        return withoutCopies(found.map { ($0.0, $0.1) }, a, b)
    }

    /// One point may have several directions: the same pair of places counts once.
    private static func withoutCopies(_ pairs: [(Int, Int)], _ a: PhotoPoints, _ b: PhotoPoints) -> [(Int, Int)] {
        var seen = Set<SIMD4<Float>>()
        return pairs.filter { seen.insert(SIMD4(a.x[$0.0], a.y[$0.0], b.x[$0.1], b.y[$0.1])).inserted }
    }

    /// The places of matches: x0, y0, x1, y1 of each.
    package static func places(_ matches: [(Int, Int)], _ a: PhotoPoints, _ b: PhotoPoints) -> [Float] {
        matches.flatMap { [a.x[$0.0], a.y[$0.0], b.x[$0.1], b.y[$0.1]] }
    }
}
