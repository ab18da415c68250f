import Foundation

/// Two photos that show the same, and the pairs of points that say so.
package struct MatchEdge: Sendable {
    /// Number of the first photo.
    package let first: Int
    /// Number of the second photo.
    package let second: Int
    /// Pairs that agree: x0, y0, x1, y1 in matching pixels from the middles.
    package let pairs: [Double]
    /// From the first photo to the second.
    package let homography: Matrix3
    /// How many matches there were before the agreement.
    package let matches: Int
    /// Whether a person said so: no check may drop it.
    package let isPinned: Bool

    /// An edge; see its parts.
    package init(
        first: Int, second: Int, pairs: [Double], homography: Matrix3, matches: Int, isPinned: Bool = false
    ) {
        self.first = first
        self.second = second
        self.pairs = pairs
        self.homography = homography
        self.matches = matches
        self.isPinned = isPinned
    }

    /// The same with photo `n` called `names[n]`.
    func renumbered(_ names: [Int]) -> MatchEdge {
        MatchEdge(
            first: names[first], second: names[second], pairs: pairs, homography: homography, matches: matches,
            isPinned: isPinned)
    }

    /// How many pairs agree.
    package var inliers: Int { pairs.count / 4 }

    /// By how much it is believed: what a person said comes first.
    package var strength: Int { isPinned ? .max : inliers }

    /// The photo at the other end.
    package func other(than photo: Int) -> Int { photo == first ? second : first }

    /// The homography that leads away from a photo.
    package func homography(from photo: Int) -> Matrix3? { photo == first ? homography : homography.inverse }

    /// The pairs with the given photo in front.
    package func pairs(from photo: Int) -> [Double] {
        if photo == first { return pairs }
        var turned: [Double] = []
        turned.reserveCapacity(pairs.count)
        for at in stride(from: 0, to: pairs.count, by: 4) {
            turned.append(contentsOf: pairs[(at + 2)..<(at + 4)])
            turned.append(contentsOf: pairs[at..<(at + 2)])
        }
        return turned
    }
}

/// When agreement is enough (Brown and Lowe 2007).
package enum EdgeAcceptance {
    /// Fewest inliers.
    package static let least = 10

    /// Whether so many inliers of so many matches are no accident.
    package static func isEnough(inliers: Int, matches: Int) -> Bool {
        inliers >= least && Double(inliers) > needed(matches: matches)
    }

    /// How many inliers so many matches need.
    package static func needed(matches: Int) -> Double { 5.9 + 0.22 * Double(matches) }

    /// Whether the points cover enough of both photos: at least 1.5 % of the area.
    package static func isWide(_ pairs: [Double], _ a: PhotoPoints, _ b: PhotoPoints) -> Bool {
        hullArea(pairs, at: 0) >= 0.015 * a.width * a.height && hullArea(pairs, at: 2) >= 0.015 * b.width * b.height
    }

    /// The area of the convex hull (Andrew's monotone chain).
    static func hullArea(_ pairs: [Double], at offset: Int) -> Double {
        var points: [(x: Double, y: Double)] = []
        for at in stride(from: offset, to: pairs.count, by: 4) { points.append((pairs[at], pairs[at + 1])) }
        points.sort { $0.x != $1.x ? $0.x < $1.x : $0.y < $1.y }
        guard points.count >= 3 else { return 0 }
        func half(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
            var hull: [(x: Double, y: Double)] = []
            for p in points {
                while hull.count >= 2 {
                    let (a, b) = (hull[hull.count - 2], hull[hull.count - 1])
                    if (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0 { break }
                    hull.removeLast()
                }
                hull.append(p)
            }
            return hull.dropLast()
        }
        let hull = half(points) + half(points.reversed())
        let twice = hull.indices.reduce(0.0) { sum, index in
            let (a, b) = (hull[index], hull[(index + 1) % hull.count])
            return sum + a.x * b.y - a.y * b.x
        }
        return abs(twice) / 2
    }
}
