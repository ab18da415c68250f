/// How much of a frame another one shows.
enum FrameOverlap {
    /// The share of a rectangle's area that lies inside it after a map from its middle; 0 beyond the horizon.
    static func share(_ map: Matrix3, width: Double, height: Double) -> Double {
        let (x, y) = (width / 2, height / 2)
        var corners: [(x: Double, y: Double)] = []
        for corner in [(-x, -y), (x, -y), (x, y), (-x, y)] {
            guard let point = map.maps(x: corner.0, y: corner.1) else { return 0 }
            corners.append(point)
        }
        // Clipped side by side (Sutherland and Hodgman 1974): a point is inside where a·p <= b.
        for side in [(1.0, 0.0, x), (-1, 0, x), (0, 1, y), (0, -1, y)] { corners = clipped(corners, side) }
        return min(1, abs(area(corners)) / max(1e-9, width * height))
    }

    private static func clipped(
        _ points: [(x: Double, y: Double)], _ side: (a: Double, b: Double, c: Double)
    ) -> [(x: Double, y: Double)] {
        func beyond(_ p: (x: Double, y: Double)) -> Double { side.a * p.x + side.b * p.y - side.c }
        var out: [(x: Double, y: Double)] = []
        for (index, point) in points.enumerated() {
            let before = points[(index + points.count - 1) % points.count]
            let (u, v) = (beyond(before), beyond(point))
            if (u <= 0) != (v <= 0) {
                let share = u / (u - v)
                out.append((before.x + share * (point.x - before.x), before.y + share * (point.y - before.y)))
            }
            if v <= 0 { out.append(point) }
        }
        return out
    }

    /// The area with its sign (the shoelace formula).
    private static func area(_ points: [(x: Double, y: Double)]) -> Double {
        points.indices.reduce(0.0) { sum, index in
            let (a, b) = (points[index], points[(index + 1) % points.count])
            return sum + (a.x * b.y - b.x * a.y) / 2
        }
    }
}
