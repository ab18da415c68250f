import Basics
import Foundation
package import Kernels

/// A line of the world that a photo shows more or less upright: the plane through it and the camera.
///
/// Lines that are vertical in the world lie in planes that hold the vertical: their normals are square to it, and all of
/// them meet at its vanishing point.
package struct UprightLine: Sendable {
    /// Unit normal in the world.
    package let normal: Vector3
    /// Its length as an angle in radians.
    package let length: Double

    /// A line; see its parts.
    package init(normal: Vector3, length: Double) {
        self.normal = normal
        self.length = length
    }

    /// The lines of a photo, by its light at the matching size.
    package static func of(_ plane: WeightedPlane, camera: Camera, halfDiagonal: Double) -> [UprightLine] {
        let (cx, cy) = (Double(plane.width - 1) / 2, Double(plane.height - 1) / 2)
        return uprightEdges(plane).compactMap { edge in
            let top = camera.ray(x: edge.x0 - cx, y: edge.y0 - cy, halfDiagonal: halfDiagonal)
            let foot = camera.ray(x: edge.x1 - cx, y: edge.y1 - cy, halfDiagonal: halfDiagonal)
            let across = top.cross(foot)
            let size = across.length
            return size > 1e-6 ? UprightLine(normal: across * (1 / size), length: asin(min(1, size))) : nil
        }
    }

    /// Sine of how far a line may lean from the vertical that it counts for.
    private static let limit = sin(0.6 * Double.pi / 180)
    /// Farthest that down may be from where it was thought to be.
    private static let farthest = cos(25 * Double.pi / 180)
    /// Fewest lines that must agree.
    private static let fewest = 10
    /// The least share of all lines' length that must agree.
    private static let share = 0.3

    /// Where down is in the world by most of the lines; nil where too few agree or all look the same way.
    ///
    /// Pairs of lines propose a direction, lines vote by their length (RANSAC with a truncated square), and those that
    /// agree are fitted: the least eigenvector of Σ w n nᵀ.
    package static func down(_ lines: [UprightLine], near start: Vector3) -> Vector3? {
        guard lines.count >= fewest else { return nil }
        var random = SeededRandom(seed: UInt64(lines.count))
        var best: (down: Vector3, score: Double)?
        for _ in 0..<400 {
            let (a, b) = (Int(random.next() % UInt64(lines.count)), Int(random.next() % UInt64(lines.count)))
            let proposed = lines[a].normal.cross(lines[b].normal)
            // Lines that are seen in one direction fix nothing.
            guard proposed.length > 0.1 else { continue }
            let unit = proposed.normalized
            let down = unit.dot(start) < 0 ? unit * -1 : unit
            guard down.dot(start) > farthest else { continue }
            let score = lines.reduce(0) { $0 + $1.length * $1.vote(down) }
            if score > best?.score ?? 0 { best = (down, score) }
        }
        guard var down = best?.down else { return nil }
        for _ in 0..<5 {
            guard let next = fitted(lines, down) else { return nil }
            down = next
        }
        return down.dot(start) > farthest ? down : nil
    }

    private func vote(_ down: Vector3) -> Double {
        let off = normal.dot(down) / Self.limit
        return max(0, 1 - off * off)
    }

    private static func fitted(_ lines: [UprightLine], _ down: Vector3) -> Vector3? {
        var sum = [Double](repeating: 0, count: 9)
        var (agree, weight, all) = (0, 0.0, 0.0)
        for line in lines {
            all += line.length
            let vote = line.vote(down)
            guard vote > 0 else { continue }
            agree += 1
            weight += line.length
            let n = [line.normal.x, line.normal.y, line.normal.z]
            for p in 0..<3 { for q in 0..<3 { sum[p * 3 + q] += line.length * vote * n[p] * n[q] } }
        }
        guard agree >= fewest, weight >= share * all, let eigen = SymmetricEigen.of(sum, size: 3) else { return nil }
        // The lines must stand in different directions, or they fix one angle only.
        guard eigen.values[1] > 0.01 * (eigen.values[0] + eigen.values[1] + eigen.values[2]) else { return nil }
        let v = eigen.vectors[0]
        let axis = Vector3(v[0], v[1], v[2])
        return axis.dot(down) < 0 ? axis * -1 : axis
    }
}
