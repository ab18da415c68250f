import Foundation

/// First values of cameras and maps along the tree of the surest edges.
package enum SpanningStart {
    /// The focal length that the edges' homographies tell: the median, or nil when none tells one.
    package static func focal(_ edges: [MatchEdge], size: Double) -> Double? {
        let all = edges.flatMap { edge -> [Double] in
            let (a, b) = FocalFromHomography.focals(edge.homography)
            return [a, b].compactMap { $0 }
        }.filter { $0 > 0.2 * size && $0 < 20 * size }.sorted()
        return all.isEmpty ? nil : all[all.count / 2]
    }

    /// Rotations by place in the group, the root's is 1.
    package static func rotations(_ group: [Int], edges: [MatchEdge], focal: Double) -> [Matrix3] {
        let (root, steps) = Components.spanningTree(group, edges: edges)
        var found = [root: Matrix3.identity]
        for step in steps {
            guard let before = found[step.from] else { continue }
            let turn = RotationMotion.ofPairs(step.edge.pairs(from: step.from), focal0: focal, focal1: focal)
            found[step.edge.other(than: step.from)] = (turn ?? .identity) * before
        }
        return group.map { found[$0] ?? .identity }
    }

    /// Maps to the root's pixels by place in the group, of one kind; nil when one cannot be.
    package static func maps(_ group: [Int], edges: [MatchEdge], kind: PlanarKind) -> (reference: Int, maps: [Matrix3])?
    {
        let (root, steps) = Components.spanningTree(group, edges: edges)
        var found = [root: Matrix3.identity]
        for step in steps {
            // From the new photo to the one before it.
            let other = step.edge.other(than: step.from)
            let pairs = step.edge.pairs(from: other)
            let map: Matrix3? =
                switch kind {
                case .similarity: LinearMotion.similarity(pairs)
                case .affine: LinearMotion.affine(pairs)
                case .homography: step.edge.homography(from: other)
                }
            guard let before = found[step.from], let map, let whole = Homography.scaled(before * map) else {
                return nil
            }
            found[other] = whole
        }
        guard let reference = group.firstIndex(of: root) else { return nil }
        let maps = group.compactMap { found[$0] }
        return maps.count == group.count ? (reference, maps) : nil
    }
}
