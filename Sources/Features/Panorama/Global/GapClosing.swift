import Foundation

/// Closes a ring whose focal length is not known well: what is missing to 360° corrects the focal length, and what is
/// left is spread over the views (Szeliski and Shum 1997). A start for the solution of all cameras together.
public enum GapClosing {
    /// A ring in the order of its views, each edge's pairs leading to the next view, the last one's to the first.
    public struct Ring: Sendable {
        /// x, y, x', y' of the pairs of each edge, in pixels from the middles.
        public var edges: [[Double]]

        /// A ring of edges.
        public init(edges: [[Double]]) { self.edges = edges }
    }

    /// The turns from each view to the next at a focal length; nil when an edge has none.
    static func turns(_ ring: Ring, focal: Double) -> [Matrix3]? {
        let turns = ring.edges.compactMap { RotationMotion.ofPairs($0, focal0: focal, focal1: focal) }
        return turns.count == ring.edges.count && turns.count >= 3 ? turns : nil
    }

    /// The angle in degrees by which the ring stays open: 360 less the sum of its turns. Too long a focal length turns
    /// too little.
    public static func gap(_ ring: Ring, focal: Double) -> Double? {
        turns(ring, focal: focal).map { 360 - $0.reduce(0.0) { $0 + $1.rotationAngle } * 180 / .pi }
    }

    /// The focal length f (1 - θ/360°) for a gap θ, a few times over; nil where the views go nowhere near once round.
    public static func focal(_ ring: Ring, start: Double) -> Double? {
        var focal = start
        for _ in 0..<5 {
            guard let gap = gap(ring, focal: focal), abs(gap) < 120 else { return nil }
            focal *= 1 - gap / 360
            if abs(gap) < 0.01 { break }
        }
        return focal.isFinite && focal > 0.3 * start && focal < 3 * start ? focal : nil
    }

    /// World-to-camera rotations of the views, the first one's is 1, with the rest of the gap spread evenly.
    public static func rotations(_ ring: Ring, focal: Double) -> [Matrix3]? {
        guard let turns = turns(ring, focal: focal) else { return nil }
        var open = [Matrix3.identity]
        for turn in turns { open.append(turn * open[open.count - 1]) }
        // What once round should be 1: taken back a share at a time, in the world's frame.
        let rest = open.removeLast()
        let back = vector(rest.transposed)
        return open.enumerated().map { index, rotation in
            rotation * Matrix3.rotation(back * (Double(index) / Double(turns.count)))
        }
    }

    /// The axis of a rotation times its angle.
    static func vector(_ rotation: Matrix3) -> Vector3 {
        let axis = Vector3(
            rotation.third.y - rotation.second.z, rotation.first.z - rotation.third.x,
            rotation.second.x - rotation.first.y)
        let size = axis.length
        return size > 1e-12 ? axis * (rotation.rotationAngle / size) : Vector3(0, 0, 0)
    }

    /// The ring that a group's views form by their yaw at a start, with the numbers of its views; nil where edges miss.
    static func ring(_ group: [Int], edges: [MatchEdge], rotations: [Matrix3]) -> (order: [Int], ring: Ring)? {
        guard group.count >= 4 else { return nil }
        let cameras = rotations.map { Camera(rotation: $0, focal: 1) }
        let upright = Straightening.upright(cameras)
        let yaws = cameras.map { camera -> Double in
            let ahead = upright * camera.rotation.third
            return atan2(ahead.x, ahead.z)
        }
        let order = group.indices.sorted { yaws[$0] < yaws[$1] }
        var found: [[Double]] = []
        for (index, at) in order.enumerated() {
            let (from, to) = (group[at], group[order[(index + 1) % order.count]])
            let edge = edges.first {
                ($0.first == from && $0.second == to) || ($0.first == to && $0.second == from)
            }
            guard let edge else { return nil }
            found.append(edge.pairs(from: from))
        }
        return (order, Ring(edges: found))
    }
}
