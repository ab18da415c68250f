/// Eigenvalues and eigenvectors of small symmetric matrices by Jacobi's rotations.
package struct SymmetricEigen: Sendable {
    /// Ascending.
    package let values: [Double]
    /// Unit vectors, in the order of the values.
    package let vectors: [[Double]]

    /// Of a row-major matrix; nil when it holds what is no number.
    package static func of(_ matrix: [Double], size n: Int) -> SymmetricEigen? {
        guard matrix.count == n * n, n > 0, matrix.allSatisfy(\.isFinite) else { return nil }
        var a = matrix
        var v = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0.0 }
        for _ in 0..<60 {
            var off = 0.0
            for p in 0..<n { for q in (p + 1)..<max(n, p + 1) { off += a[p * n + q] * a[p * n + q] } }
            let size = (0..<n).reduce(0.0) { $0 + a[$1 * n + $1] * a[$1 * n + $1] }
            if off <= 1e-30 * (size + off) { break }
            for p in 0..<n { for q in (p + 1)..<max(n, p + 1) { rotate(&a, &v, n, p, q) } }
        }
        let order = (0..<n).sorted { a[$0 * n + $0] < a[$1 * n + $1] }
        return SymmetricEigen(
            values: order.map { a[$0 * n + $0] }, vectors: order.map { column in (0..<n).map { v[$0 * n + column] } })
    }

    private static func rotate(_ a: inout [Double], _ v: inout [Double], _ n: Int, _ p: Int, _ q: Int) {
        let apq = a[p * n + q]
        guard apq != 0 else { return }
        let theta = (a[q * n + q] - a[p * n + p]) / (2 * apq)
        let t = (theta < 0 ? -1.0 : 1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<n {
            let (x, y) = (a[k * n + p], a[k * n + q])
            a[k * n + p] = c * x - s * y
            a[k * n + q] = s * x + c * y
        }
        for k in 0..<n {
            let (x, y) = (a[p * n + k], a[q * n + k])
            a[p * n + k] = c * x - s * y
            a[q * n + k] = s * x + c * y
        }
        for k in 0..<n {
            let (x, y) = (v[k * n + p], v[k * n + q])
            v[k * n + p] = c * x - s * y
            v[k * n + q] = s * x + c * y
        }
    }
}
