import Foundation

/// Two photos of a group that lie on each other by the group's geometry, and that no edge confirms.
package struct OpenOverlap: Sendable, Hashable {
    /// Number of the first photo.
    package let first: Int
    /// Number of the second photo, the larger one.
    package let second: Int
    /// How far a pixel of the one may be from its place in the other, in matching pixels: one standard deviation.
    package let deviation: Double

    /// An overlap; see its parts.
    package init(first: Int, second: Int, deviation: Double) {
        self.first = first
        self.second = second
        self.deviation = deviation
    }
}

/// Photos that lie on each other by their geometry, and that edges join but a long way round: where a ring met itself and
/// nothing said so, all that the way round got wrong lies in this one place.
package enum OpenLoops {
    /// Edges of the way round from which on it is long: a shorter one leaves little to be wrong.
    static let far = 3
    /// The share of one of the two photos that must lie on the other.
    static let overlap = 0.1

    /// The pairs, the lower number first, in rising order.
    package static func pairs(
        _ photos: [Int], _ cameras: [Int: Camera], joined: [(Int, Int)], points: [PhotoPoints]
    ) -> [(first: Int, second: Int)] {
        var near: [Int: [Int]] = [:]
        for (first, second) in joined {
            near[first, default: []].append(second)
            near[second, default: []].append(first)
        }
        var found: [(first: Int, second: Int)] = []
        let sorted = photos.sorted()
        for (place, first) in sorted.enumerated() {
            guard let a = cameras[first] else { continue }
            let reached = within(far - 1, of: first, near)
            for second in sorted[(place + 1)...] where !reached.contains(second) {
                guard let b = cameras[second] else { continue }
                let widest = reach(a, points[first]) + reach(b, points[second])
                guard a.rotation.third.dot(b.rotation.third) > cos(min(.pi, widest)) else { continue }
                let shared = places(a, points[first], b, points[second]).count
                let back = places(b, points[second], a, points[first]).count
                if Double(max(shared, back)) >= overlap * Double(side * side) { found.append((first, second)) }
            }
        }
        return found
    }

    private static let side = 9

    /// The places of a grid over a photo that another one shows, from the middle of the first.
    package static func places(
        _ a: Camera, _ pa: PhotoPoints, _ b: Camera, _ pb: PhotoPoints
    ) -> [(x: Double, y: Double)] {
        (0..<(side * side)).compactMap { at in
            let x = (Double(at % side) / Double(side - 1) - 0.5) * pa.width
            let y = (Double(at / side) / Double(side - 1) - 0.5) * pa.height
            let ray = a.ray(x: x, y: y, halfDiagonal: pa.halfDiagonal)
            guard let seen = b.pixel(of: ray, halfDiagonal: pb.halfDiagonal), abs(seen.x) <= pb.width / 2,
                abs(seen.y) <= pb.height / 2
            else { return nil }
            return (x, y)
        }
    }

    /// The angle from the middle of a photo to its corners.
    private static func reach(_ camera: Camera, _ points: PhotoPoints) -> Double {
        let corner = camera.ray(x: points.width / 2, y: points.height / 2, halfDiagonal: points.halfDiagonal)
        return acos(min(1, max(-1, camera.rotation.third.dot(corner))))
    }

    private static func within(_ steps: Int, of photo: Int, _ near: [Int: [Int]]) -> Set<Int> {
        var reached: Set<Int> = [photo]
        var front = [photo]
        for _ in 0..<steps { front = front.flatMap { near[$0] ?? [] }.filter { reached.insert($0).inserted } }
        return reached
    }
}
