import Foundation

/// Why pairs of points do not meet (chapter 4.4): each cause leaves another pattern of residuals.
public enum MismatchCause: String, Sendable, Codable, CaseIterable {
    /// Nothing to speak of.
    case nothing
    /// Grows with the distance from the middle, in all photos alike: the lens.
    case lens
    /// Runs along lines through one direction, more for near things: the camera moved.
    case parallax
    /// Only here and there: something small moved.
    case smallMotion
    /// In large areas of some photos: something large moved.
    case largeMotion
}

/// Tells causes of mismatch apart from what is left after the cameras were solved.
package struct MismatchReport: Sendable {
    /// What explains the residuals best.
    package let cause: MismatchCause
    /// Median residual in pixels.
    package let median: Double
    /// The share of the residuals that one curve of the radius explains, 0...1.
    package let lens: Double
    /// How well the residuals of each edge follow one direction between its cameras, 0...1.
    package let parallax: Double

    /// Pixels under which nothing is asked.
    private static let quiet = 0.7
    /// Pixels from which on a pair is wrong by itself, and times the median.
    private static let apart = 4.0

    /// The report of a group's cameras.
    ///
    /// - Parameters:
    ///   - edges: Numbers of two cameras and all pairs between them, those as well that did not agree.
    ///   - halfDiagonals: Of the photos, by number of the camera.
    package init(cameras: [Camera], halfDiagonals: [Double], edges: [(j: Int, k: Int, pairs: [Double])]) {
        let found = edges.map { Residuals(cameras, halfDiagonals, $0) }
        let lengths = found.flatMap(\.lengths).sorted()
        median = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
        let limit = max(Self.apart * max(median, 0.2), 1.5)
        let far = lengths.count { $0 > limit }
        guard !lengths.isEmpty else {
            (cause, lens, parallax) = (.nothing, 0, 0)
            return
        }
        (lens, parallax) = (Self.lensShare(found), Self.parallaxShare(found))
        if median > Self.quiet {
            cause = lens > 0.4 && lens >= parallax ? .lens : parallax > 0.5 ? .parallax : .largeMotion
        } else if Double(far) < 0.02 * Double(lengths.count) || far < 4 {
            cause = .nothing
        } else {
            // A tenth of what two photos share is large.
            let worst =
                found.map { edge in
                    Double(edge.lengths.count { $0 > limit }) / Double(max(1, edge.lengths.count))
                }.max() ?? 0
            cause = worst > 0.25 ? .largeMotion : .smallMotion
        }
    }

    /// What one edge leaves, in pixels of its second photo.
    private struct Residuals {
        /// Place in the second photo over half its diagonal, and the residual there.
        var points: [(x: Double, y: Double, dx: Double, dy: Double)] = []
        /// Rays of both photos in the world.
        var rays: [(a: Vector3, b: Vector3)] = []
        var lengths: [Double] = []

        init(_ cameras: [Camera], _ halves: [Double], _ edge: (j: Int, k: Int, pairs: [Double])) {
            let (a, b) = (cameras[edge.j], cameras[edge.k])
            for at in stride(from: 0, to: edge.pairs.count, by: 4) {
                let (x, y) = (edge.pairs[at + 2], edge.pairs[at + 3])
                let ray = a.ray(x: edge.pairs[at], y: edge.pairs[at + 1], halfDiagonal: halves[edge.j])
                guard let seen = b.pixel(of: ray, halfDiagonal: halves[edge.k]) else { continue }
                points.append((x / halves[edge.k], y / halves[edge.k], x - seen.x, y - seen.y))
                rays.append((ray, b.ray(x: x, y: y, halfDiagonal: halves[edge.k])))
                lengths.append(((x - seen.x) * (x - seen.x) + (y - seen.y) * (y - seen.y)).squareRoot())
            }
        }
    }

    /// The share of the residuals' squares that one curve of the radius explains in all photos: r (c1 ρ² + c2 ρ⁴) after
    /// a shift of each edge.
    private static func lensShare(_ edges: [Residuals]) -> Double {
        var (before, after) = (0.0, 0.0)
        var m = [0.0, 0.0, 0.0]
        var v = [0.0, 0.0]
        func centred(_ edge: Residuals) -> [(a: (Double, Double), b: (Double, Double), r: (Double, Double))] {
            let rows = edge.points.map { p -> ((Double, Double), (Double, Double), (Double, Double)) in
                let rho = p.x * p.x + p.y * p.y
                return ((p.x * rho, p.y * rho), (p.x * rho * rho, p.y * rho * rho), (p.dx, p.dy))
            }
            // A turn and a zoom of the camera follow a lens: they are taken out of both sides alike.
            return Self.withoutSimilarity(rows, edge.points.map { ($0.x, $0.y) })
        }
        let all = edges.map(centred)
        for row in all.joined() {
            m[0] += row.a.0 * row.a.0 + row.a.1 * row.a.1
            m[1] += row.a.0 * row.b.0 + row.a.1 * row.b.1
            m[2] += row.b.0 * row.b.0 + row.b.1 * row.b.1
            v[0] += row.a.0 * row.r.0 + row.a.1 * row.r.1
            v[1] += row.b.0 * row.r.0 + row.b.1 * row.r.1
        }
        let determinant = m[0] * m[2] - m[1] * m[1]
        guard determinant > 1e-12 else { return 0 }
        let (c, d) = ((m[2] * v[0] - m[1] * v[1]) / determinant, (m[0] * v[1] - m[1] * v[0]) / determinant)
        for row in all.joined() {
            before += row.r.0 * row.r.0 + row.r.1 * row.r.1
            let (x, y) = (row.r.0 - c * row.a.0 - d * row.b.0, row.r.1 - c * row.a.1 - d * row.b.1)
            after += x * x + y * y
        }
        return before > 0 ? 1 - after / before : 0
    }

    /// Each of three vector fields less the similarity that fits it best.
    private static func withoutSimilarity(
        _ rows: [((Double, Double), (Double, Double), (Double, Double))], _ places: [(Double, Double)]
    ) -> [(a: (Double, Double), b: (Double, Double), r: (Double, Double))] {
        guard places.count >= 3 else { return [] }
        let count = Double(places.count)
        let middle = places.reduce(into: (0.0, 0.0)) {
            $0.0 += $1.0 / count
            $0.1 += $1.1 / count
        }
        let p = places.map { ($0.0 - middle.0, $0.1 - middle.1) }
        let size = p.reduce(1e-12) { $0 + $1.0 * $1.0 + $1.1 * $1.1 }
        func rest(_ f: [(Double, Double)]) -> [(Double, Double)] {
            let mean = f.reduce(into: (0.0, 0.0)) {
                $0.0 += $1.0 / count
                $0.1 += $1.1 / count
            }
            var (a, b) = (0.0, 0.0)
            for (v, q) in zip(f, p) {
                a += (v.0 * q.0 + v.1 * q.1) / size
                b += (v.1 * q.0 - v.0 * q.1) / size
            }
            return zip(f, p).map { v, q in
                (v.0 - mean.0 - a * q.0 + b * q.1, v.1 - mean.1 - b * q.0 - a * q.1)
            }
        }
        let (a, b, r) = (rest(rows.map(\.0)), rest(rows.map(\.1)), rest(rows.map(\.2)))
        return a.indices.map { (a[$0], b[$0], r[$0]) }
    }

    /// How much less residuals stand across the best epipolar direction of their edge than along it, 0...1.
    private static func parallaxShare(_ edges: [Residuals]) -> Double {
        var shares: [(share: Double, weight: Double)] = []
        for edge in edges where edge.rays.count >= 8 {
            var m = [Double](repeating: 0, count: 9)
            for (a, b) in edge.rays {
                // The rays and the way between the cameras lie in one plane.
                let n = a.cross(b)
                let v = [n.x, n.y, n.z]
                for p in 0..<3 { for q in 0..<3 { m[p * 3 + q] += v[p] * v[q] } }
            }
            guard let eigen = SymmetricEigen.of(m, size: 3), eigen.values[1] > 0 else { continue }
            // Of noise alone the least is a good part of the middle one.
            shares.append((1 - min(1, 3 * eigen.values[0] / eigen.values[1]), Double(edge.rays.count)))
        }
        let weight = shares.reduce(0.0) { $0 + $1.weight }
        return weight > 0 ? shares.reduce(0.0) { $0 + $1.share * $1.weight } / weight : 0
    }
}
