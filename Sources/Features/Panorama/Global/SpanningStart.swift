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

    /// What each photo's focal length adds to the common one, by place in the group: 0 unless photos were zoomed.
    ///
    /// What two turned photos share is as large in one as in the other; where it is over 1.4 times as large, the lens was
    /// at another length.
    package static func ownFocals(_ group: [Int], edges: [MatchEdge], focal: Double) -> [Double] {
        let (root, steps) = Components.spanningTree(group, edges: edges)
        var sizes = [root: 1.0]
        var isZoomed = false
        for step in steps {
            let map = LinearMotion.similarity(step.edge.pairs(from: step.from))
            let scale = map.map { hypot($0.first.x, $0.second.x) } ?? 1
            let isOther = scale.isFinite && scale > 0.1 && scale < 10 && abs(log(scale)) > log(1.4)
            isZoomed = isZoomed || isOther
            sizes[step.edge.other(than: step.from)] = (sizes[step.from] ?? 1) * (isOther ? scale : 1)
        }
        guard isZoomed else { return group.map { _ in 0 } }
        let middle = sizes.values.sorted()[(sizes.count - 1) / 2]
        return group.map { focal * min(4.5, max(0.25, (sizes[$0] ?? 1) / middle)) - focal }
    }

    /// Rotations by place in the group, the root's is 1.
    ///
    /// - Parameter own: What each photo's focal length adds, by place in the group; empty for nothing.
    package static func rotations(
        _ group: [Int], edges: [MatchEdge], focal: Double, own: [Double] = []
    ) -> [Matrix3] {
        let (root, steps) = Components.spanningTree(group, edges: edges)
        let place = Dictionary(uniqueKeysWithValues: group.enumerated().map { ($1, $0) })
        func length(_ photo: Int) -> Double {
            focal + (place[photo].flatMap { own.indices.contains($0) ? own[$0] : nil } ?? 0)
        }
        var found = [root: Matrix3.identity]
        for step in steps {
            guard let before = found[step.from] else { continue }
            let other = step.edge.other(than: step.from)
            let turn = RotationMotion.ofPairs(
                step.edge.pairs(from: step.from), focal0: length(step.from), focal1: length(other))
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
