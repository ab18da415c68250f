internal import Kernels

/// The shape of a point's surroundings: the map that makes their gradients alike in all directions (second-moment
/// normalisation; Lindeberg and Gårding 1997, Mikolajczyk and Schmid 2004).
struct AffineShape {
    /// From the round patch to the picture: a 2 x 2 matrix of determinant 1, row by row.
    var matrix: (Double, Double, Double, Double) = (1, 0, 0, 1)

    /// More slanted than this is no shape of a thing.
    private static let most = 5.0
    private static let half = 10

    /// The shape at a point of a picture; nil when the iteration leaves what can be.
    init?(_ plane: WeightedPlane, x: Double, y: Double, sigma: Double) {
        for _ in 0..<6 {
            let patch = Self.patch(plane, x: x, y: y, shape: self, spacing: sigma * 0.5, half: Self.half)
            let moments = secondMoments(
                patch, width: 2 * Self.half + 1, height: 2 * Self.half + 1, sigma: Float(Self.half) / 2.5)
            let (a, b, c) = (Double(moments.0), Double(moments.1), Double(moments.2))
            let middle = (a + c) / 2
            let spread = ((a - c) / 2 * (a - c) / 2 + b * b).squareRoot()
            guard middle - spread > 1e-9 * middle, middle > 0 else { return nil }
            let (large, small) = (middle + spread, middle - spread)
            if large < 1.1 * small { return }
            apply(a, b, c, large, small)
            guard slant < Self.most else { return nil }
        }
    }

    /// Times the root of the inverse moments, of determinant 1.
    private mutating func apply(_ a: Double, _ b: Double, _ c: Double, _ large: Double, _ small: Double) {
        // μ^(-1/2) = p + q μ with the eigenvalues' inverse roots.
        let (u, v) = (1 / large.squareRoot(), 1 / small.squareRoot())
        let q = (u - v) / (large - small)
        let p = u - q * large
        let size = 1 / (u * v).squareRoot()
        let (s, t, w) = ((p + q * a) * size, q * b * size, (p + q * c) * size)
        let m = matrix
        matrix = (m.0 * s + m.1 * t, m.0 * t + m.1 * w, m.2 * s + m.3 * t, m.2 * t + m.3 * w)
    }

    /// The quotient of the matrix's singular values.
    private var slant: Double {
        let m = matrix
        let sum = m.0 * m.0 + m.1 * m.1 + m.2 * m.2 + m.3 * m.3
        // Determinant 1: the squares are the roots of s² - sum s + 1.
        let root = (max(0, sum * sum / 4 - 1)).squareRoot()
        return sum / 2 + root
    }

    /// Samples around a point through a shape, `spacing` pixels apart.
    static func patch(
        _ plane: WeightedPlane, x: Double, y: Double, shape: AffineShape, spacing: Double, half: Int
    ) -> [Float] {
        let m = shape.matrix
        let across = SIMD2(Float(m.0 * spacing), Float(m.2 * spacing))
        let down = SIMD2(Float(m.1 * spacing), Float(m.3 * spacing))
        let origin = SIMD2(Float(x), Float(y)) - (across + down) * Float(half)
        return sampleSlanted(plane, origin: origin, across: across, down: down, side: 2 * half + 1)
    }
}
