internal import Kernels

/// Points spread over the whole picture (adaptive non-maximal suppression; Brown, Szeliski and Winder 2005).
///
/// Loud things get no more than their place: of 8 x 8 parts of the picture each gives at most 2.7 % of the points as long
/// as the others have enough, so that a sign that stands on nine of them stays under a quarter.
package enum EvenSpread {
    /// A point must be this much weaker than another to be suppressed by it.
    private static let margin: Float = 0.9
    /// More points are not looked at: the strongest come first.
    private static let most = 12_000
    /// Parts across and down.
    private static let parts = 8
    /// A part's points, times those it would have were all parts alike.
    private static let share = 1.75

    /// At most `limit` of the points (x, y, strength, what): those whose nearest stronger neighbour is farthest.
    ///
    /// - Parameter size: Width and height of the picture that the places are in.
    package static func choose<Point>(
        _ points: [(Float, Float, Float, Point)], limit: Int, size: (width: Int, height: Int)
    ) -> [Point] {
        let order = points.indices.sorted { a, b in
            if points[a].2 != points[b].2 { return points[a].2 > points[b].2 }
            return points[a].1 != points[b].1 ? points[a].1 < points[b].1 : points[a].0 < points[b].0
        }
        guard order.count > limit else { return order.map { points[$0].3 } }
        let cells = order.map { part(points[$0].0, points[$0].1, size) }
        let looked = Array(strongest(order, cells).prefix(most))
        let places = looked.map { order[$0] }
        let radii = suppressionRadii(
            x: places.map { points[$0].0 }, y: places.map { points[$0].1 }, strength: places.map { points[$0].2 },
            margin: margin)
        let farthest = looked.indices.sorted { radii[$0] != radii[$1] ? radii[$0] > radii[$1] : $0 < $1 }
        let chosen = taken(farthest, limit: limit) { cells[looked[$0]] }
        return chosen.sorted().map { points[places[$0]].3 }
    }

    private static func part(_ x: Float, _ y: Float, _ size: (width: Int, height: Int)) -> Int {
        let column = min(parts - 1, max(0, Int(x) * parts / max(1, size.width)))
        return min(parts - 1, max(0, Int(y) * parts / max(1, size.height))) * parts + column
    }

    /// The strongest by their places in `order`, of every part as many as of any: a loud part does not crowd out others.
    private static func strongest(_ order: [Int], _ cells: [Int]) -> [Int] {
        guard order.count > most else { return Array(order.indices) }
        var counts = [Int](repeating: 0, count: parts * parts)
        let quota = 4 * most / (parts * parts)
        let kept = order.indices.filter { at in
            counts[cells[at]] += 1
            return counts[cells[at]] <= quota
        }
        return kept.count >= most ? kept : Array(order.indices)
    }

    /// The first of an order, no more than a part's share of each; the share grows until there are enough.
    private static func taken(_ order: [Int], limit: Int, part: (Int) -> Int) -> [Int] {
        var quota = max(1, Int(share * Double(limit) / Double(parts * parts)))
        while true {
            var counts = [Int](repeating: 0, count: parts * parts)
            var chosen: [Int] = []
            for at in order where chosen.count < limit {
                let place = part(at)
                guard counts[place] < quota else { continue }
                counts[place] += 1
                chosen.append(at)
            }
            if chosen.count >= limit || quota >= limit { return chosen }
            quota = quota * 5 / 4 + 1
        }
    }
}
