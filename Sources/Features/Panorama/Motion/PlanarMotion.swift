import Foundation

/// Motions of the plane, from 2 to 8 parameters, all as one 3 x 3 form x' ~ H x (equations 1.1 and 1.2).
///
/// Parameters 0 mean that nothing moves. Points are in pixels from the middle of a picture, unless said otherwise.
public enum PlanarMotion: String, Sendable, Hashable, Codable, CaseIterable {
    /// x' = x + t: (tx, ty).
    case translation
    /// x' = R(θ) x + t: (θ in radians, tx, ty).
    case rigid
    /// [1+a -b tx; b 1+a ty]: (a, b, tx, ty).
    case similarity
    /// [1+a00 a01 a02; a10 1+a11 a12]: six numbers, row by row.
    case affine
    /// [1+h00 h01 h02; h10 1+h11 h12; h20 h21 1]: eight numbers, row by row.
    case homography

    /// How many parameters there are.
    public var parameters: Int {
        switch self {
        case .translation: 2
        case .rigid: 3
        case .similarity: 4
        case .affine: 6
        case .homography: 8
        }
    }

    /// The map of so many parameters; nil for another count.
    public func map(_ p: [Double]) -> Matrix3? {
        guard p.count == parameters else { return nil }
        switch self {
        case .translation:
            return Matrix3(rows: Vector3(1, 0, p[0]), Vector3(0, 1, p[1]), Vector3(0, 0, 1))
        case .rigid:
            let (c, s) = (cos(p[0]), sin(p[0]))
            return Matrix3(rows: Vector3(c, -s, p[1]), Vector3(s, c, p[2]), Vector3(0, 0, 1))
        case .similarity:
            return Matrix3(rows: Vector3(1 + p[0], -p[1], p[2]), Vector3(p[1], 1 + p[0], p[3]), Vector3(0, 0, 1))
        case .affine:
            return Matrix3(
                rows: Vector3(1 + p[0], p[1], p[2]), Vector3(p[3], 1 + p[4], p[5]), Vector3(0, 0, 1))
        case .homography:
            return Matrix3(
                rows: Vector3(1 + p[0], p[1], p[2]), Vector3(p[3], 1 + p[4], p[5]), Vector3(p[6], p[7], 1))
        }
    }

    /// The parameters of a map that is of this kind; of another map, those of the entries that this kind reads.
    public func parameters(of map: Matrix3) -> [Double] {
        let m = map.values
        switch self {
        case .translation: return [m[2], m[5]]
        case .rigid: return [atan2(m[3] - m[1], m[0] + m[4]), m[2], m[5]]
        case .similarity: return [(m[0] + m[4]) / 2 - 1, (m[3] - m[1]) / 2, m[2], m[5]]
        case .affine: return [m[0] - 1, m[1], m[2], m[3], m[4] - 1, m[5]]
        case .homography: return [m[0] - 1, m[1], m[2], m[3], m[4] - 1, m[5], m[6], m[7]]
        }
    }

    /// How each parameter changes the nine entries of the map at the given parameters: (entry, factor) pairs.
    func entries(at p: [Double]) -> [[(Int, Double)]] {
        switch self {
        case .translation: return [[(2, 1)], [(5, 1)]]
        case .rigid:
            let (c, s) = (cos(p[0]), sin(p[0]))
            return [[(0, -s), (1, -c), (3, c), (4, -s)], [(2, 1)], [(5, 1)]]
        case .similarity: return [[(0, 1), (4, 1)], [(1, -1), (3, 1)], [(2, 1)], [(5, 1)]]
        case .affine: return (0..<6).map { [($0, 1)] }
        case .homography: return (0..<8).map { [($0, 1)] }
        }
    }

    /// ∂x'/∂p and ∂y'/∂p at a point, one number a parameter; nil on or behind the horizon.
    public func slopes(_ p: [Double], x: Double, y: Double) -> (x: [Double], y: [Double])? {
        guard let map = map(p) else { return nil }
        let whole = map * Vector3(x, y, 1)
        guard whole.z > 1e-12 else { return nil }
        let (u, v) = (whole.x / whole.z, whole.y / whole.z)
        let across = [x, y, 1, 0, 0, 0, -u * x, -u * y, -u].map { $0 / whole.z }
        let down = [0, 0, 0, x, y, 1, -v * x, -v * y, -v].map { $0 / whole.z }
        let parts = entries(at: p)
        return (
            parts.map { $0.reduce(0.0) { $0 + $1.1 * across[$1.0] } },
            parts.map { $0.reduce(0.0) { $0 + $1.1 * down[$1.0] } }
        )
    }

    /// The map nearest to pairs (x, y, x', y') by least squares; nil when they do not fix one.
    ///
    /// Translation, rigid, similarity and affine are closed forms (equation 1.15); a homography is the algebraic fit in
    /// normalised coordinates (Hartley 1997).
    public func fit(_ pairs: [Double]) -> Matrix3? {
        guard pairs.count % 4 == 0, !pairs.isEmpty, pairs.allSatisfy(\.isFinite) else { return nil }
        switch self {
        case .translation: return LinearMotion.translation(pairs)
        case .rigid: return LinearMotion.rigid(pairs)
        case .similarity: return LinearMotion.similarity(pairs)
        case .affine: return LinearMotion.affine(pairs)
        case .homography: return Homography.fit(pairs)
        }
    }
}

extension LinearMotion {
    /// The mean shift.
    package static func translation(_ pairs: [Double]) -> Matrix3? {
        let count = Double(pairs.count / 4)
        guard count >= 1 else { return nil }
        var (x, y) = (0.0, 0.0)
        for at in stride(from: 0, to: pairs.count, by: 4) {
            x += pairs[at + 2] - pairs[at]
            y += pairs[at + 3] - pairs[at + 1]
        }
        return Matrix3(rows: Vector3(1, 0, x / count), Vector3(0, 1, y / count), Vector3(0, 0, 1))
    }

    /// The turn and shift nearest to pairs (Horn 1987 in two dimensions): a similarity whose scale is set to 1.
    package static func rigid(_ pairs: [Double]) -> Matrix3? {
        let count = Double(pairs.count / 4)
        guard count >= 2 else { return nil }
        var mean = [0.0, 0.0, 0.0, 0.0]
        for at in pairs.indices { mean[at % 4] += pairs[at] / count }
        var (along, across) = (0.0, 0.0)
        for at in stride(from: 0, to: pairs.count, by: 4) {
            let (x, y) = (pairs[at] - mean[0], pairs[at + 1] - mean[1])
            let (u, v) = (pairs[at + 2] - mean[2], pairs[at + 3] - mean[3])
            along += x * u + y * v
            across += x * v - y * u
        }
        let size = (along * along + across * across).squareRoot()
        guard size > 1e-9 else { return nil }
        let (c, s) = (along / size, across / size)
        return Matrix3(
            rows: Vector3(c, -s, mean[2] - c * mean[0] + s * mean[1]),
            Vector3(s, c, mean[3] - s * mean[0] - c * mean[1]), Vector3(0, 0, 1))
    }
}

extension Matrix3 {
    /// The same map for pictures whose sides are `factor` times as long: S H S⁻¹ with S = diag(factor, factor, 1).
    public func resized(_ factor: Double) -> Matrix3 {
        Matrix3.diagonal(factor, factor, 1) * self * Matrix3.diagonal(1 / factor, 1 / factor, 1)
    }

    /// The same map between coordinates of which the old ones begin at `from` and the new ones at `to` of this map's.
    public func moved(from: (x: Double, y: Double), to: (x: Double, y: Double)) -> Matrix3 {
        let back = Matrix3(rows: Vector3(1, 0, -to.x), Vector3(0, 1, -to.y), Vector3(0, 0, 1))
        let there = Matrix3(rows: Vector3(1, 0, from.x), Vector3(0, 1, from.y), Vector3(0, 0, 1))
        return back * self * there
    }
}
