internal import Kernels

/// Points spread over the whole picture (adaptive non-maximal suppression; Brown, Szeliski and Winder 2005).
package enum EvenSpread {
    /// A point must be this much weaker than another to be suppressed by it.
    private static let margin: Float = 0.9
    /// More points are not looked at: the strongest come first.
    private static let most = 12_000

    /// At most `limit` of the points (x, y, strength, what): those whose nearest stronger neighbour is farthest.
    package static func choose<Point>(_ points: [(Float, Float, Float, Point)], limit: Int) -> [Point] {
        let order = points.indices.sorted { a, b in
            if points[a].2 != points[b].2 { return points[a].2 > points[b].2 }
            return points[a].1 != points[b].1 ? points[a].1 < points[b].1 : points[a].0 < points[b].0
        }.prefix(most)
        guard order.count > limit else { return order.map { points[$0].3 } }
        let radii = suppressionRadii(
            x: order.map { points[$0].0 }, y: order.map { points[$0].1 }, strength: order.map { points[$0].2 },
            margin: margin)
        let chosen = order.indices.sorted { radii[$0] != radii[$1] ? radii[$0] > radii[$1] : $0 < $1 }.prefix(limit)
        return chosen.sorted().map { points[order[$0]].3 }
    }
}
