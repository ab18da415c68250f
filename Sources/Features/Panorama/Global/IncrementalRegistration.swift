/// Cameras found photo by photo: each joins with most pairs to those already placed (PANO-181).
package struct IncrementalRegistration: Sendable {
    private let group: [Int]
    private let edges: [MatchEdge]
    private let halfDiagonals: [Double]
    private let bodies: [Int]?

    /// A registration of a group.
    package init(group: [Int], edges: [MatchEdge], halfDiagonals: [Double], bodies: [Int]? = nil) {
        self.bodies = bodies
        self.group = group
        self.edges = edges
        self.halfDiagonals = halfDiagonals
    }

    /// The cameras, solved anew after each photo; nil when the numbers broke down.
    package func solved(focal: Double) -> RayBundle? {
        guard let first = edges.max(by: { ($0.inliers, $1.first) < ($1.inliers, $0.first) }) else { return nil }
        let place = Dictionary(uniqueKeysWithValues: group.enumerated().map { ($1, $0) })
        var bundle = RayBundle(
            rotations: group.map { _ in .identity }, focal: focal, halfDiagonals: halfDiagonals, bodies: bodies)
        var placed: Set<Int> = [first.first]
        while placed.count < group.count {
            guard let next = nextPhoto(placed), let at = place[next] else { return nil }
            let touching = edges.filter { $0.first == next || $0.second == next }
                .filter { placed.contains($0.other(than: next)) }
            guard let surest = touching.max(by: { $0.inliers < $1.inliers }),
                let before = place[surest.other(than: next)]
            else { return nil }
            let pairs = surest.pairs(from: surest.other(than: next))
            let turn = RotationMotion.ofPairs(pairs, focal0: bundle.focal, focal1: bundle.focal)
            bundle.rotations[at] = (turn ?? .identity) * bundle.rotations[before]
            placed.insert(next)
            let inside = edges.filter { placed.contains($0.first) && placed.contains($0.second) }
            let local = inside.compactMap { edge -> (j: Int, k: Int, pairs: [Double])? in
                guard let j = place[edge.first], let k = place[edge.second] else { return nil }
                return (j, k, edge.pairs)
            }
            let isLast = placed.count == group.count
            guard
                bundle.solve(
                    local, freedom: .init(lens: false, ownFocal: false), huber: 20, limit: isLast ? 60 : 6)
            else { return nil }
        }
        return bundle
    }

    /// The photo with most pairs to those placed.
    private func nextPhoto(_ placed: Set<Int>) -> Int? {
        var counts: [Int: Int] = [:]
        for edge in edges {
            switch (placed.contains(edge.first), placed.contains(edge.second)) {
            case (true, false): counts[edge.second, default: 0] += edge.inliers
            case (false, true): counts[edge.first, default: 0] += edge.inliers
            default: break
            }
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}
