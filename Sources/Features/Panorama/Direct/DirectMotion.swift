import Foundation

/// What may change while pictures are aligned directly: a planar motion, or the turn of a camera.
public enum DirectMotion: Sendable, Hashable {
    /// 2 to 8 parameters.
    case planar(PlanarMotion)
    /// Three: a turn ω between cameras of known focal lengths in pixels, H = K1 exp([ω]×) R K0⁻¹ (equation 1.6).
    case rotation(focal0: Double, focal1: Double)
    /// Four: a similarity by its angle, (ln s, θ in radians, tx, ty).
    case turnAndScale

    /// How many parameters there are.
    public var parameters: Int {
        switch self {
        case .planar(let motion): motion.parameters
        case .rotation: 3
        case .turnAndScale: 4
        }
    }

    /// A map after its parameters changed by a step (additive forms); nil when the map broke down.
    func moved(_ map: Matrix3, by step: [Double]) -> Matrix3? {
        switch self {
        case .planar(let motion):
            let old = motion.parameters(of: map)
            return motion.map(zip(old, step).map { $0 + $1 }).flatMap(Homography.scaled)
        case .rotation(let focal0, let focal1):
            let turn = Matrix3.rotation(Vector3(step[0], step[1], step[2])) * Self.turn(map, focal0, focal1)
            return Homography.scaled(RotationMotion.homography(turn, focal0: focal0, focal1: focal1))
        case .turnAndScale:
            let m = map.values
            let (size, angle) = ((m[0] * m[0] + m[3] * m[3]).squareRoot(), atan2(m[3], m[0]))
            guard size > 0, abs(step[0]) < 5 else { return nil }
            let (s, turned) = (size * exp(step[0]), angle + step[1])
            let (a, b) = (s * cos(turned), s * sin(turned))
            return Matrix3(rows: Vector3(a, -b, m[2] + step[2]), Vector3(b, a, m[5] + step[3]), Vector3(0, 0, 1))
        }
    }

    /// How each parameter changes the entries of a map (additive forms), entries being those of the map with 1 in its corner.
    func entries(at map: Matrix3) -> [[(Int, Double)]] {
        switch self {
        case .planar(let motion): return motion.entries(at: motion.parameters(of: map))
        case .rotation(let focal0, let focal1):
            let turn = Self.turn(map, focal0, focal1)
            let whole = RotationMotion.homography(turn, focal0: focal0, focal1: focal1)
            return Self.axes.map { axis in
                Self.sparse(Self.slope(axis, turn, focal0, focal1) * (1 / whole.third.z))
            }
        case .turnAndScale:
            let (a, b) = (map.first.x, map.second.x)
            return [[(0, a), (1, -b), (3, b), (4, a)], [(0, -b), (1, -a), (3, a), (4, -b)], [(2, 1)], [(5, 1)]]
        }
    }

    /// The small map of a step in the template's own frame (compositional forms).
    func increment(_ step: [Double]) -> Matrix3? {
        switch self {
        case .planar(let motion): return motion.map(step)
        case .rotation(let focal0, _):
            return RotationMotion.homography(
                .rotation(Vector3(step[0], step[1], step[2])), focal0: focal0, focal1: focal0)
        case .turnAndScale: return moved(.identity, by: step)
        }
    }

    /// How each parameter changes the entries of the small map at 0.
    var incrementEntries: [[(Int, Double)]] {
        switch self {
        case .planar(let motion):
            return motion.entries(at: [Double](repeating: 0, count: motion.parameters))
        case .rotation(let focal0, _):
            return Self.axes.map { Self.sparse(Self.slope($0, .identity, focal0, focal0)) }
        case .turnAndScale: return entries(at: .identity)
        }
    }

    private static let axes = [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)]

    /// The rotation nearest to K1⁻¹ H K0.
    private static func turn(_ map: Matrix3, _ focal0: Double, _ focal1: Double) -> Matrix3 {
        let whole = Matrix3.diagonal(1 / focal1, 1 / focal1, 1) * map * Matrix3.diagonal(focal0, focal0, 1)
        let size = whole.determinant
        let scale = size > 0 ? 1 / cbrt(size) : 1
        return (whole * scale).orthonormalized
    }

    /// ∂(K1 exp([ω]×) R K0⁻¹) along an axis at ω = 0.
    private static func slope(_ axis: Vector3, _ turn: Matrix3, _ focal0: Double, _ focal1: Double) -> Matrix3 {
        let cross = Matrix3(
            rows: Vector3(0, -axis.z, axis.y), Vector3(axis.z, 0, -axis.x), Vector3(-axis.y, axis.x, 0))
        return RotationMotion.homography(cross * turn, focal0: focal0, focal1: focal1)
    }

    private static func sparse(_ matrix: Matrix3) -> [(Int, Double)] {
        matrix.values.enumerated().filter { $0.element != 0 }.map { ($0.offset, $0.element) }
    }

    /// The same motion for pictures `factor` times as large.
    func resized(_ factor: Double) -> DirectMotion {
        switch self {
        case .planar, .turnAndScale: self
        case .rotation(let focal0, let focal1): .rotation(focal0: focal0 * factor, focal1: focal1 * factor)
        }
    }
}

extension DirectMotion {
    /// A map after its parameters changed by a step; nil for another count or where the map breaks down.
    public func moving(_ map: Matrix3, by step: [Double]) -> Matrix3? {
        step.count == parameters ? moved(map, by: step) : nil
    }
}
