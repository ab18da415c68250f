#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A projective map of the plane (a homography): (x, y, 1) times a 3 x 3 matrix, divided by the third number.
///
/// Pixel centres stand at whole numbers.
public struct PlaneMap: Sendable, Hashable {
    /// The matrix, row-major, 9 numbers.
    public let matrix: [Double]

    /// A map by its matrix, row-major; nil unless there are 9 finite numbers.
    public init?(_ matrix: [Double]) {
        guard matrix.count == 9, matrix.allSatisfy(\.isFinite) else { return nil }
        self.matrix = matrix
    }

    private init(whole matrix: [Double]) { self.matrix = matrix }

    /// The map that leaves everything where it is.
    public static let identity = PlaneMap(whole: [1, 0, 0, 0, 1, 0, 0, 0, 1])

    /// A shift.
    public static func translation(x: Double, y: Double) -> PlaneMap { PlaneMap(whole: [1, 0, x, 0, 1, y, 0, 0, 1]) }

    /// A scale about the origin.
    public static func scale(x: Double, y: Double) -> PlaneMap { PlaneMap(whole: [x, 0, 0, 0, y, 0, 0, 0, 1]) }

    /// A turn about the origin; positive angles look clockwise, because y points down.
    public static func rotation(degrees: Double) -> PlaneMap {
        let angle = degrees * .pi / 180
        return PlaneMap(whole: [cos(angle), -sin(angle), 0, sin(angle), cos(angle), 0, 0, 0, 1])
    }

    /// The map that does this one first and then the other.
    public func then(_ next: PlaneMap) -> PlaneMap {
        PlaneMap(
            whole: (0..<9).map { at -> Double in
                var sum = 0.0
                for inner in 0..<3 { sum += next.matrix[at / 3 * 3 + inner] * matrix[inner * 3 + at % 3] }
                return sum
            })
    }

    /// The map back, or nil when there is none.
    public var inverse: PlaneMap? {
        let m = matrix
        let cofactors = [
            m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
            m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
            m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3],
        ]
        let determinant = m[0] * cofactors[0] + m[1] * cofactors[3] + m[2] * cofactors[6]
        let size = m.reduce(0) { max($0, abs($1)) }
        guard abs(determinant) > 1e-15 * size * size * size else { return nil }
        return PlaneMap(cofactors.map { $0 / determinant })
    }

    /// Where a point goes, or nil for a point on or behind the horizon.
    public func callAsFunction(x: Double, y: Double) -> (x: Double, y: Double)? {
        let depth = matrix[6] * x + matrix[7] * y + matrix[8]
        guard depth > 0 else { return nil }
        return (
            (matrix[0] * x + matrix[1] * y + matrix[2]) / depth, (matrix[3] * x + matrix[4] * y + matrix[5]) / depth
        )
    }
}
