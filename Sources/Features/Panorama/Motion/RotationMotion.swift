import Foundation

/// Cameras that turn about their centre: x ~ K R X with K = diag(f, f, 1) (equations 1.3 and 1.6).
package enum RotationMotion {
    /// The rotation that sends directions `from` nearest to directions `to` (Horn 1987, by quaternions); nil under two.
    package static func between(_ from: [Vector3], _ to: [Vector3]) -> Matrix3? {
        guard from.count >= 2, from.count == to.count else { return nil }
        var s = Matrix3.diagonal(0, 0, 0)
        for (a, b) in zip(from, to) {
            s.first = s.first + b * a.x
            s.second = s.second + b * a.y
            s.third = s.third + b * a.z
        }
        let (x, y, z) = (s.first, s.second, s.third)
        let n = [
            x.x + y.y + z.z, y.z - z.y, z.x - x.z, x.y - y.x,
            y.z - z.y, x.x - y.y - z.z, x.y + y.x, z.x + x.z,
            z.x - x.z, x.y + y.x, y.y - x.x - z.z, y.z + z.y,
            x.y - y.x, z.x + x.z, y.z + z.y, z.z - x.x - y.y,
        ]
        guard let q = SymmetricEigen.of(n, size: 4)?.vectors.last else { return nil }
        return matrix(quaternion: q)
    }

    private static func matrix(quaternion q: [Double]) -> Matrix3 {
        let (w, x, y, z) = (q[0], q[1], q[2], q[3])
        return Matrix3(
            rows: Vector3(1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
            Vector3(2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
            Vector3(2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)))
    }

    /// H = K1 R K0⁻¹ for centred pixels (equation 1.6).
    package static func homography(_ rotation: Matrix3, focal0: Double, focal1: Double) -> Matrix3 {
        Matrix3.diagonal(focal1, focal1, 1) * rotation * Matrix3.diagonal(1 / focal0, 1 / focal0, 1)
    }

    /// The rotation that pairs (x0, y0, x1, y1) of centred pixels of two cameras tell, worst ones left out once.
    package static func ofPairs(_ pairs: [Double], focal0: Double, focal1: Double) -> Matrix3? {
        let count = pairs.count / 4
        let from = (0..<count).map { Vector3(pairs[$0 * 4], pairs[$0 * 4 + 1], focal0).normalized }
        let to = (0..<count).map { Vector3(pairs[$0 * 4 + 2], pairs[$0 * 4 + 3], focal1).normalized }
        guard let first = between(from, to) else { return nil }
        let errors = zip(from, to).map { (first * $0 - $1).length }
        let limit = 2 * (errors.sorted()[errors.count / 2]) + 1e-12
        let kept = errors.indices.filter { errors[$0] <= limit }
        return between(kept.map { from[$0] }, kept.map { to[$0] }) ?? first
    }
}

/// Focal lengths that a homography between two views of a turning camera tells (Szeliski and Shum 1997).
package enum FocalFromHomography {
    /// Both focal lengths in pixels for centred pixels, where they can be told.
    package static func focals(_ homography: Matrix3) -> (first: Double?, second: Double?) {
        let (a, b, c) = (homography.first, homography.second, homography.third)
        let first = better(
            (b.z * b.z - a.z * a.z, a.x * a.x + a.y * a.y - b.x * b.x - b.y * b.y),
            (-a.z * b.z, a.x * b.x + a.y * b.y))
        let second = better(
            (a.x * a.x + b.x * b.x - a.y * a.y - b.y * b.y, c.y * c.y - c.x * c.x),
            (-(a.x * a.y + b.x * b.y), c.x * c.y))
        return (first, second)
    }

    /// The square root of the quotient whose denominator is larger, of those that are positive.
    private static func better(_ p: (Double, Double), _ q: (Double, Double)) -> Double? {
        let values = [p, q].sorted { abs($0.1) > abs($1.1) }.compactMap { part -> Double? in
            guard abs(part.1) > 1e-14 else { return nil }
            let square = part.0 / part.1
            return square.isFinite && square > 0 ? square.squareRoot() : nil
        }
        return values.first
    }
}
