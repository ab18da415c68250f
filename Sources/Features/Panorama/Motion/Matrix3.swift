import Foundation

/// Three numbers: a direction or a homogeneous point.
public struct Vector3: Sendable, Hashable {
    /// First, to the right.
    public var x: Double
    /// Second, downwards.
    public var y: Double
    /// Third, ahead.
    public var z: Double

    /// A vector of three numbers.
    public init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The square root of the sum of squares.
    public var length: Double { dot(self).squareRoot() }

    /// The same direction with length 1; itself when it has none.
    public var normalized: Vector3 {
        let size = length
        return size > 0 ? self * (1 / size) : self
    }

    /// The sum of products.
    public func dot(_ other: Vector3) -> Double { x * other.x + y * other.y + z * other.z }

    /// The vector that is normal to both.
    public func cross(_ other: Vector3) -> Vector3 {
        Vector3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    /// The sum.
    public static func + (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x + b.x, a.y + b.y, a.z + b.z) }
    /// The difference.
    public static func - (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x - b.x, a.y - b.y, a.z - b.z) }
    /// The vector times a number.
    public static func * (a: Vector3, b: Double) -> Vector3 { Vector3(a.x * b, a.y * b, a.z * b) }
}

/// A 3 x 3 matrix, row by row: a homography, a rotation, a calibration.
public struct Matrix3: Sendable, Hashable {
    /// First row.
    public var first: Vector3
    /// Second row.
    public var second: Vector3
    /// Third row.
    public var third: Vector3

    /// A matrix of three rows.
    public init(rows first: Vector3, _ second: Vector3, _ third: Vector3) {
        self.first = first
        self.second = second
        self.third = third
    }

    /// A matrix of nine numbers, row by row; nil for another count.
    public init?(_ values: [Double]) {
        guard values.count == 9 else { return nil }
        self.init(
            rows: Vector3(values[0], values[1], values[2]), Vector3(values[3], values[4], values[5]),
            Vector3(values[6], values[7], values[8]))
    }

    /// The matrix that changes nothing.
    public static let identity = Matrix3(rows: Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1))

    /// A matrix with these numbers in its diagonal and zeros elsewhere.
    public static func diagonal(_ x: Double, _ y: Double, _ z: Double) -> Matrix3 {
        Matrix3(rows: Vector3(x, 0, 0), Vector3(0, y, 0), Vector3(0, 0, z))
    }

    /// Nine numbers, row by row.
    public var values: [Double] {
        [first.x, first.y, first.z, second.x, second.y, second.z, third.x, third.y, third.z]
    }

    /// Rows and columns exchanged.
    public var transposed: Matrix3 {
        Matrix3(
            rows: Vector3(first.x, second.x, third.x), Vector3(first.y, second.y, third.y),
            Vector3(first.z, second.z, third.z))
    }

    /// The determinant.
    public var determinant: Double { first.dot(second.cross(third)) }

    /// The sum of the diagonal.
    public var trace: Double { first.x + second.y + third.z }

    /// Whether every number is finite.
    public var isFinite: Bool { values.allSatisfy(\.isFinite) }

    /// The inverse, or nil when there is none in floating point.
    public var inverse: Matrix3? {
        let (a, b, c) = (second.cross(third), third.cross(first), first.cross(second))
        let determinant = first.dot(a)
        let size = max(first.length, second.length, third.length)
        guard abs(determinant) > 1e-15 * size * size * size else { return nil }
        let scale = 1 / determinant
        let columns = Matrix3(rows: a * scale, b * scale, c * scale)
        return columns.transposed.isFinite ? columns.transposed : nil
    }

    /// The product of two matrices.
    public static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
        let t = b.transposed
        func row(_ r: Vector3) -> Vector3 { Vector3(r.dot(t.first), r.dot(t.second), r.dot(t.third)) }
        return Matrix3(rows: row(a.first), row(a.second), row(a.third))
    }

    /// A matrix times a vector.
    public static func * (a: Matrix3, b: Vector3) -> Vector3 {
        Vector3(a.first.dot(b), a.second.dot(b), a.third.dot(b))
    }

    /// All numbers times one.
    public static func * (a: Matrix3, b: Double) -> Matrix3 {
        Matrix3(rows: a.first * b, a.second * b, a.third * b)
    }

    /// Where a point of the plane goes, or nil on or behind the horizon (equation 1.2).
    public func maps(x: Double, y: Double) -> (x: Double, y: Double)? {
        let point = self * Vector3(x, y, 1)
        guard point.z > 1e-12 else { return nil }
        return (point.x / point.z, point.y / point.z)
    }
}

extension Matrix3 {
    /// The rotation by |ω| radians about ω (Rodrigues).
    public static func rotation(_ omega: Vector3) -> Matrix3 {
        let angle = omega.length
        // Series near zero, where the quotients lose their digits.
        let s = angle < 1e-6 ? 1 - angle * angle / 6 : sin(angle) / angle
        let c = angle < 1e-4 ? 0.5 - angle * angle / 24 : (1 - cos(angle)) / (angle * angle)
        let (x, y, z) = (omega.x, omega.y, omega.z)
        return Matrix3(
            rows: Vector3(1 - c * (y * y + z * z), c * x * y - s * z, c * x * z + s * y),
            Vector3(c * x * y + s * z, 1 - c * (x * x + z * z), c * y * z - s * x),
            Vector3(c * x * z - s * y, c * y * z + s * x, 1 - c * (x * x + y * y)))
    }

    /// The nearest rotation of a matrix that is almost one: Gram and Schmidt.
    public var orthonormalized: Matrix3 {
        let x = first.normalized
        let y = (second - x * x.dot(second)).normalized
        return Matrix3(rows: x, y, x.cross(y))
    }

    /// The angle of a rotation in radians, 0...π.
    public var rotationAngle: Double {
        // The antisymmetric part is exact for small angles, where the cosine is flat.
        let axis = Vector3(third.y - second.z, first.z - third.x, second.x - first.y)
        return atan2(axis.length, trace - 1)
    }
}
