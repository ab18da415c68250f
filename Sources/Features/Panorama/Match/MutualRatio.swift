internal import Kernels

/// How the nearest codes are looked for.
package enum CodeSearch: String, Sendable, CaseIterable {
    /// All of them.
    case exhaustive
    /// A tree searched best bin first, 200 leaves a code (Beis and Lowe 1997).
    case tree
    /// Drawers of random signs (Charikar 2002).
    case hashes
    /// Cells of nearest middles, four tables of them (`CodeCells`): the fastest from some thousand points on.
    case cells
}

/// Which points of two photos may be the same: each other's nearest, and clearly nearer than the second.
package enum MutualRatio {
    /// Pairs of numbers, clearest first.
    ///
    /// - Parameters:
    ///   - ratio: Greatest quotient of the distances of the nearest and the second nearest (Lowe 2004).
    ///   - search: How the nearest are found; the indexed ones pay above some thousand points.
    package static func matches(
        _ a: PhotoPoints, _ b: PhotoPoints, ratio: Double = 0.75, by search: CodeSearch = .exhaustive
    ) -> [(Int, Int)] {
        let (forward, backward) = nearest(a, b, search)
        let limit = ratio * ratio
        var found: [(Int, Int, Double)] = []
        for (index, nearest) in forward.enumerated() {
            guard nearest.index >= 0, backward[nearest.index] == index else { continue }
            let quotient = Double(nearest.best) / Double(max(1, nearest.second))
            if quotient < limit { found.append((index, nearest.index, quotient)) }
        }
        return clearestFirst(found, a, b)
    }

    /// The same by codes that were not rounded, which both photos must have kept.
    package static func exactMatches(_ a: PhotoPoints, _ b: PhotoPoints, ratio: Double = 0.75) -> [(Int, Int)] {
        precondition(a.roots.count == a.count * 128 && b.roots.count == b.count * 128)
        let (forward, backward) = (nearestRoots(a.roots, b.roots), nearestRoots(b.roots, a.roots))
        let limit = Float(ratio * ratio)
        var found: [(Int, Int, Double)] = []
        for (index, nearest) in forward.enumerated() {
            guard nearest.index >= 0, backward[nearest.index].index == index else { continue }
            let quotient = nearest.best / max(1e-9, nearest.second)
            if quotient < limit { found.append((index, nearest.index, Double(quotient))) }
        }
        return clearestFirst(found, a, b)
    }

    private static func clearestFirst(
        _ found: [(Int, Int, Double)], _ a: PhotoPoints, _ b: PhotoPoints
    ) -> [(Int, Int)] {
        let sorted = found.sorted { $0.2 != $1.2 ? $0.2 < $1.2 : $0.0 < $1.0 }
        return withoutCopies(sorted.map { ($0.0, $0.1) }, a, b)
    }

    private static func nearest(
        _ a: PhotoPoints, _ b: PhotoPoints, _ search: CodeSearch
    ) -> (forward: [NearestCode], backward: [Int]) {
        switch search {
        case .exhaustive: nearestCodes(a.codes, b.codes)
        case .tree: (CodeTree(b.codes).nearest(a.codes), CodeTree(a.codes).nearest(b.codes).map(\.index))
        case .cells: CodeCells().nearest(a.codes, b.codes)
        case .hashes: (CodeHashes(b.codes).nearest(a.codes), CodeHashes(a.codes).nearest(b.codes).map(\.index))
        }
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
