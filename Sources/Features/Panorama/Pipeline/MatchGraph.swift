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

    /// Joins two photos because a person said so: where they meet, by four pairs of places or more.
    ///
    /// Pairs that were found between the two stay where they agree with the person.
    package mutating func pin(_ first: Int, _ second: Int, pairs: [Double]) {
        guard first < second, points.indices.contains(first), points[first] != nil,
            points.indices.contains(second), points[second] != nil,
            let map = pairs.count == 16 ? Homography.minimal(pairs) : Homography.fit(pairs)
        else { return }
        var all = pairs
        for edge in edges where edge.first == first && edge.second == second {
            for at in stride(from: 0, to: edge.pairs.count, by: 4) {
                let pair = edge.pairs[at..<(at + 4)]
                guard let there = map.maps(x: edge.pairs[at], y: edge.pairs[at + 1]),
                    abs(there.x - edge.pairs[at + 2]) < 8, abs(there.y - edge.pairs[at + 3]) < 8
                else { continue }
                all += pair
            }
        }
        edges.removeAll { $0.first == first && $0.second == second }
        copies[first] = nil
        copies[second] = nil
        let edge = MatchEdge(
            first: first, second: second, pairs: all, homography: map, matches: all.count / 4, isPinned: true)
        compared[[first, second]] = nil
        note(PairOutcome(edge: edge, matches: edge.matches, inliers: edge.inliers), first, second)
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

    /// Marks photos that show exactly the same as another, and takes their edges away: of all alike the best one stays.
    ///
    /// - Parameter pixels: Pixels of each photo at full size; of equal sizes the one with more points is better, then
    ///   the earlier one.
    package mutating func markCopies(pixels: [Int] = []) {
        func worth(_ photo: Int) -> (Int, Int, Int) {
            (pixels.indices.contains(photo) ? pixels[photo] : 0, points[photo]?.count ?? 0, -photo)
        }
        for edge in edges where copies[edge.second] == nil && copies[edge.first] == nil {
            guard let a = points[edge.first], let b = points[edge.second], !edge.isPinned, isStill(edge, a, b)
            else { continue }
            guard edge.inliers * 2 > min(a.count, b.count) else { continue }
            let isFirst = worth(edge.first) > worth(edge.second)
            copies[isFirst ? edge.second : edge.first] = isFirst ? edge.first : edge.second
        }
        for photo in copies.keys {
            var best = photo
            while let better = copies[best], better != photo { best = better }
            copies[photo] = best
        }
        edges.removeAll { copies[$0.first] != nil || copies[$0.second] != nil }
    }

    /// Whether the corners fall on the corners, to half a percent of the diagonal.
    private func isStill(_ edge: MatchEdge, _ a: PhotoPoints, _ b: PhotoPoints) -> Bool {
        let limit = 0.01 * b.halfDiagonal
        return [(-1.0, -1.0), (1, -1), (-1, 1), (1, 1)].allSatisfy { corner in
            guard let there = edge.homography.maps(x: corner.0 * a.width / 2, y: corner.1 * a.height / 2) else {
                return false
            }
            return abs(there.x - corner.0 * b.width / 2) < limit && abs(there.y - corner.1 * b.height / 2) < limit
        }
    }

    /// Takes the edges of photos away.
    mutating func leaveOut(_ photos: Set<Int>) {
        guard !photos.isEmpty else { return }
        edges.removeAll { photos.contains($0.first) || photos.contains($0.second) }
    }

    /// Photos that nothing joins, of those that could be.
    package func lonely() -> [Int] {
        let joined = Set(edges.flatMap { [$0.first, $0.second] })
        return points.indices.filter { points[$0] != nil && !joined.contains($0) && copies[$0] == nil }
    }

    /// Tries photos that nothing joins again with other points: more of them, larger, or in dim parts.
    ///
    /// A few points of each, the scouts, are compared first: only where more of them agree than chance makes agree, or did
    /// before, are all points found.
    /// - Parameters:
    ///   - changes: Whether this rung would find points in a photo that are not known yet.
    ///   - scouts: Finds few points of a photo.
    ///   - fresh: Finds the points of a photo again.
    package mutating func retry(
        tier: Int, ratio: Double, changes: (Int) -> Bool, scouts: (Int) -> PhotoPoints?,
        fresh: (Int) -> PhotoPoints?, progress: (Int, Int) throws -> Void
    ) rethrows {
        let lonely = lonely()
        for (done, photo) in lonely.enumerated() {
            try progress(done, lonely.count)
            tiers[photo] = tier
            // Neighbours in the order they were given, and the one that came nearest: finding points again is dear.
            let near = [photo - 1, photo + 1, nearest[photo]?.photo ?? -1]
            let others = near.filter {
                points.indices.contains($0) && points[$0] != nil && $0 != photo && copies[$0] == nil
            }
            for other in Set(others).sorted() {
                let (first, second) = (min(photo, other), max(photo, other))
                guard !edges.contains(where: { $0.first == first && $0.second == second }),
                    isPromising(first, second) || changes(first) || changes(second)
                else { continue }
                let verifier = PairVerifier(ratio: ratio)
                func compared(_ find: (Int) -> PhotoPoints?) -> PairOutcome? {
                    guard let a = find(first), let b = find(second) else { return nil }
                    return verifier.compare(first, second, a, b)
                }
                var best: PairOutcome?
                if !isPromising(first, second) {
                    best = compared(scouts)
                    guard let best, best.inliers >= Self.promising else {
                        if let best { note(best, first, second) }
                        continue
                    }
                }
                if let all = compared(fresh), all.edge != nil || best?.edge == nil { best = all }
                if let best { note(best, first, second) }
            }
        }
    }

    private func isPromising(_ first: Int, _ second: Int) -> Bool {
        (compared[[first, second]]?.inliers ?? 0) >= Self.promising
    }

    /// Of few accidental matches four agree by themselves, and seldom one more.
    private static let promising = 6
}
