/// Maps between planes with 8 parameters, from four pairs of points or from many (equation 1.2).
package enum Homography {
    /// The map that four pairs fix exactly; nil when three points lie on a line or the map turns the plane over.
    package static func minimal(_ pairs: [Double]) -> Matrix3? {
        precondition(pairs.count == 16)
        let from = (0..<4).map { Vector3(pairs[$0 * 4], pairs[$0 * 4 + 1], 1) }
        let to = (0..<4).map { Vector3(pairs[$0 * 4 + 2], pairs[$0 * 4 + 3], 1) }
        guard keepsSides(from, to), let a = basis(from), let b = basis(to), let back = a.inverse else { return nil }
        return scaled(b * back)
    }

    /// The columns p1, p2, p3 with the scales that make their sum p4.
    private static func basis(_ p: [Vector3]) -> Matrix3? {
        let columns = Matrix3(rows: p[0], p[1], p[2]).transposed
        guard let inverse = columns.inverse else { return nil }
        let s = inverse * p[3]
        return columns * Matrix3.diagonal(s.x, s.y, s.z)
    }

    /// Whether every triple of points turns the same way in both pictures, and none lies on a line.
    private static func keepsSides(_ a: [Vector3], _ b: [Vector3]) -> Bool {
        for triple in [(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)] {
            let s = a[triple.0].cross(a[triple.1]).dot(a[triple.2])
            let t = b[triple.0].cross(b[triple.1]).dot(b[triple.2])
            if s * t <= 0 || abs(s) < 20 || abs(t) < 20 { return false }
        }
        return true
    }

    /// The map with 1 in its corner; nil when it cannot be.
    package static func scaled(_ h: Matrix3) -> Matrix3? {
        let corner = h.third.z
        let size = max(h.first.length, h.second.length, h.third.length)
        guard abs(corner) > 1e-12 * size else { return nil }
        let out = h * (1 / corner)
        return out.isFinite && out.determinant > 0 ? out : nil
    }

    /// The least algebraic error over many pairs in normalised coordinates (Hartley 1997).
    package static func fit(_ pairs: [Double]) -> Matrix3? {
        let count = pairs.count / 4
        guard count >= 4 else { return nil }
        let (a, b) = (normaliser(pairs, at: 0), normaliser(pairs, at: 2))
        var m = [Double](repeating: 0, count: 81)
        for i in 0..<count {
            let x = (pairs[i * 4] - a.x) * a.scale
            let y = (pairs[i * 4 + 1] - a.y) * a.scale
            let u = (pairs[i * 4 + 2] - b.x) * b.scale
            let v = (pairs[i * 4 + 3] - b.y) * b.scale
            add([x, y, 1, 0, 0, 0, -u * x, -u * y, -u], to: &m)
            add([0, 0, 0, x, y, 1, -v * x, -v * y, -v], to: &m)
        }
        guard let eigen = SymmetricEigen.of(m, size: 9), let h = Matrix3(eigen.vectors[0]),
            eigen.values[1] > 1e-12 * max(eigen.values[8], 1e-300)
        else { return nil }
        let into = Matrix3(
            rows: Vector3(a.scale, 0, -a.x * a.scale), Vector3(0, a.scale, -a.y * a.scale), Vector3(0, 0, 1))
        let out = Matrix3(rows: Vector3(1 / b.scale, 0, b.x), Vector3(0, 1 / b.scale, b.y), Vector3(0, 0, 1))
        return scaled(out * h * into)
    }

    private static func add(_ row: [Double], to m: inout [Double]) {
        for p in 0..<9 where row[p] != 0 {
            for q in 0..<9 { m[p * 9 + q] += row[p] * row[q] }
        }
    }

    private static func normaliser(_ pairs: [Double], at offset: Int) -> (x: Double, y: Double, scale: Double) {
        let count = pairs.count / 4
        var (sx, sy) = (0.0, 0.0)
        for i in 0..<count {
            sx += pairs[i * 4 + offset]
            sy += pairs[i * 4 + offset + 1]
        }
        let (cx, cy) = (sx / Double(count), sy / Double(count))
        var spread = 0.0
        for i in 0..<count {
            let (dx, dy) = (pairs[i * 4 + offset] - cx, pairs[i * 4 + offset + 1] - cy)
            spread += (dx * dx + dy * dy).squareRoot()
        }
        return (cx, cy, spread > 0 ? 2.0.squareRoot() * Double(count) / spread : 1)
    }
}

/// Maps with 4 and 6 parameters by linear least squares (equation 1.15).
package enum LinearMotion {
    /// The similarity [1+a -b tx; b 1+a ty] nearest to pairs; nil for fewer than two apart.
    package static func similarity(_ pairs: [Double]) -> Matrix3? {
        let count = Double(pairs.count / 4)
        guard count >= 2 else { return nil }
        let m = means(pairs)
        var (along, across, size) = (0.0, 0.0, 0.0)
        for i in 0..<(pairs.count / 4) {
            let (x, y) = (pairs[i * 4] - m[0], pairs[i * 4 + 1] - m[1])
            let (u, v) = (pairs[i * 4 + 2] - m[2], pairs[i * 4 + 3] - m[3])
            along += x * u + y * v
            across += x * v - y * u
            size += x * x + y * y
        }
        guard size > 1e-9 else { return nil }
        let (a, b) = (along / size, across / size)
        guard a * a + b * b > 1e-12 else { return nil }
        return Matrix3(
            rows: Vector3(a, -b, m[2] - a * m[0] + b * m[1]), Vector3(b, a, m[3] - b * m[0] - a * m[1]),
            Vector3(0, 0, 1))
    }

    /// The affine map nearest to pairs; nil when the points lie nearly on a line.
    package static func affine(_ pairs: [Double]) -> Matrix3? {
        guard pairs.count >= 12 else { return nil }
        let m = means(pairs)
        var (xx, xy, yy, xu, yu, xv, yv) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for i in 0..<(pairs.count / 4) {
            let (x, y) = (pairs[i * 4] - m[0], pairs[i * 4 + 1] - m[1])
            let (u, v) = (pairs[i * 4 + 2] - m[2], pairs[i * 4 + 3] - m[3])
            xx += x * x
            xy += x * y
            yy += y * y
            xu += x * u
            yu += y * u
            xv += x * v
            yv += y * v
        }
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-4 * xx * yy, determinant > 0 else { return nil }
        let (a, b) = ((yy * xu - xy * yu) / determinant, (xx * yu - xy * xu) / determinant)
        let (c, d) = ((yy * xv - xy * yv) / determinant, (xx * yv - xy * xv) / determinant)
        return Matrix3(
            rows: Vector3(a, b, m[2] - a * m[0] - b * m[1]), Vector3(c, d, m[3] - c * m[0] - d * m[1]),
            Vector3(0, 0, 1))
    }

    private static func means(_ pairs: [Double]) -> [Double] {
        let count = Double(max(1, pairs.count / 4))
        var sums = [0.0, 0.0, 0.0, 0.0]
        for i in pairs.indices { sums[i % 4] += pairs[i] }
        return sums.map { $0 / count }
    }
}
