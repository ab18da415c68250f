/// All photos compared, and what came of it.
package struct MatchGraph: Sendable {
    /// Edges that hold.
    package private(set) var edges: [MatchEdge] = []
    /// For each photo the other one it came nearest to.
    package private(set) var nearest: [Int: (photo: Int, matches: Int, inliers: Int)] = [:]
    /// Points by photo.
    package private(set) var points: [PhotoPoints?]
    /// The last tier that was tried for a photo.
    package private(set) var tiers: [Int: Int] = [:]
    /// Photos that are copies of another.
    package private(set) var copies: [Int: Int] = [:]
    /// What came of each pair of which anything agreed.
    package private(set) var compared: [[Int]: PairOutcome] = [:]

    /// A graph of no comparison.
    package init(points: [PhotoPoints?]) { self.points = points }

    /// Compares two photos.
    package mutating func compare(_ first: Int, _ second: Int, verifier: PairVerifier = PairVerifier()) {
        guard let a = points[first], let b = points[second] else { return }
        note(verifier.compare(first, second, a, b), first, second)
    }

    /// Takes what is known of two photos already.
    package mutating func take(_ outcome: PairOutcome, _ first: Int, _ second: Int) {
        guard points.indices.contains(first), points.indices.contains(second) else { return }
        note(outcome, first, second)
    }

    /// Takes over edges that were found otherwise.
    package mutating func take(_ found: [MatchEdge]) {
        for edge in found {
            note(
                PairOutcome(edge: edge, matches: edge.matches, inliers: edge.inliers), edge.first, edge.second)
        }
    }

    /// Tries photos that nothing joins again with a rung that compares two of them as it likes.
    package mutating func retry(
        tier: Int, reach: Int, progress: (Int, Int) throws -> Void, compare: (Int, Int) -> PairOutcome?
    ) rethrows {
        let lonely = lonely()
        for (done, photo) in lonely.enumerated() {
            try progress(done, lonely.count)
            tiers[photo] = tier
            let near = (1...reach).flatMap { [photo - $0, photo + $0] } + [nearest[photo]?.photo ?? -1]
            for other in Set(near).sorted() where points.indices.contains(other) && other != photo {
                guard points[other] != nil, copies[other] == nil else { continue }
                let (first, second) = (min(photo, other), max(photo, other))
                guard !edges.contains(where: { $0.first == first && $0.second == second }),
                    let outcome = compare(first, second)
                else { continue }
                if outcome.edge != nil { note(outcome, first, second) }
            }
        }
    }

    private mutating func note(_ outcome: PairOutcome, _ first: Int, _ second: Int) {
        if outcome.inliers > (compared[[first, second]]?.inliers ?? 0) { compared[[first, second]] = outcome }
        for (one, other) in [(first, second), (second, first)] {
            let before = nearest[one]
            if (outcome.inliers, outcome.matches) > (before?.inliers ?? -1, before?.matches ?? -1) {
                nearest[one] = (other, outcome.matches, outcome.inliers)
            }
        }
        if let edge = outcome.edge { edges.append(edge) }
    }

    /// Marks photos that show exactly the same as an earlier one, and takes their edges away.
    package mutating func markCopies() {
        for edge in edges where copies[edge.second] == nil && copies[edge.first] == nil {
            guard let a = points[edge.first], let b = points[edge.second], isStill(edge, a) else { continue }
            if edge.inliers * 2 > min(a.count, b.count) { copies[edge.second] = edge.first }
        }
        edges.removeAll { copies[$0.first] != nil || copies[$0.second] != nil }
    }

    /// Whether the corners move by under half a percent of the diagonal.
    private func isStill(_ edge: MatchEdge, _ a: PhotoPoints) -> Bool {
        let limit = 0.01 * a.halfDiagonal
        return [(-1.0, -1.0), (1, -1), (-1, 1), (1, 1)].allSatisfy { corner in
            let (x, y) = (corner.0 * a.width / 2, corner.1 * a.height / 2)
            guard let there = edge.homography.maps(x: x, y: y) else { return false }
            return abs(there.x - x) < limit && abs(there.y - y) < limit
        }
    }

    /// Photos that nothing joins, of those that could be.
    package func lonely() -> [Int] {
        let joined = Set(edges.flatMap { [$0.first, $0.second] })
        return points.indices.filter { points[$0] != nil && !joined.contains($0) && copies[$0] == nil }
    }

    /// Tries photos that nothing joins again with other points: more of them, larger, or in dim parts.
    ///
    /// - Parameter fresh: Finds the points of a photo again.
    package mutating func retry(
        tier: Int, ratio: Double, fresh: (Int) -> PhotoPoints?, progress: (Int, Int) throws -> Void
    ) rethrows {
        let lonely = lonely()
        guard !lonely.isEmpty else { return }
        var found: [Int: PhotoPoints] = [:]
        func pointsAgain(_ photo: Int) -> PhotoPoints? {
            if let known = found[photo] { return known }
            found[photo] = fresh(photo)
            return found[photo]
        }
        for (done, photo) in lonely.enumerated() {
            try progress(done, lonely.count)
            tiers[photo] = tier
            guard let a = pointsAgain(photo) else { continue }
            // Neighbours in the order they were given, and the one that came nearest.
            let near = [photo - 1, photo + 1, photo - 2, photo + 2, nearest[photo]?.photo ?? -1]
            let others = near.filter {
                points.indices.contains($0) && points[$0] != nil && $0 != photo && copies[$0] == nil
            }
            for other in Set(others).sorted() {
                guard let b = pointsAgain(other) else { continue }
                let (first, second) = (min(photo, other), max(photo, other))
                guard !edges.contains(where: { $0.first == first && $0.second == second }) else { continue }
                let verifier = PairVerifier(ratio: ratio)
                note(verifier.compare(first, second, first == photo ? a : b, first == photo ? b : a), first, second)
            }
        }
    }
}
