internal import Kernels

/// JᵀJ, Jᵀr and the cost of a least-squares problem, put together from small blocks.
package struct NormalEquations: Sendable {
    /// Number of unknowns.
    package let size: Int
    /// size x size, symmetric.
    package private(set) var matrix: [Double]
    /// Jᵀr.
    package private(set) var vector: [Double]
    /// The cost.
    package private(set) var cost = 0.0

    /// Equations of no residual.
    package init(size: Int) {
        self.size = size
        matrix = [Double](repeating: 0, count: size * size)
        vector = [Double](repeating: 0, count: size)
    }

    /// Adds a block whose local unknowns stand for the unknowns at `places`: none, one, or a sum of several.
    mutating func add(_ part: PairEquations, at places: [[Int]]) {
        let n = part.size
        cost += part.cost
        for p in 0..<n {
            for row in places[p] {
                vector[row] += part.vector[p]
                for q in 0..<n {
                    let value = part.matrix[q >= p ? p * n + q : q * n + p]
                    for column in places[q] { matrix[row * size + column] += value }
                }
            }
        }
    }

    /// Adds a block after a change of unknowns: local derivatives times `basis` (local x own) at `places`.
    mutating func add(_ part: PairEquations, basis: [[(Int, Double)]], at places: [Int]) {
        let n = part.size
        cost += part.cost
        for (p, row) in places.enumerated() where row >= 0 {
            for (a, va) in basis[p] {
                vector[row] += va * part.vector[a]
                for (q, column) in places.enumerated() where column >= 0 {
                    var value = 0.0
                    for (b, vb) in basis[q] { value += vb * part.matrix[b >= a ? a * n + b : b * n + a] }
                    matrix[row * size + column] += va * value
                }
            }
        }
    }

    /// Adds weight (value + step)².
    mutating func addPrior(at place: Int, value: Double, weight: Double) {
        matrix[place * size + place] += weight
        vector[place] += weight * value
        cost += weight * value * value
    }

    /// The step that lowers the cost, with Marquardt's damping; nil when the matrix is not positive.
    package func step(damping: Double) -> [Double]? {
        var damped = matrix
        for index in 0..<size {
            let at = index * size + index
            damped[at] = damped[at] * (1 + damping) + 1e-12
        }
        return solveSymmetric(damped, vector.map { -$0 })
    }

    /// The inverse's diagonal times σ², or nil: variances of the unknowns, damped a little because the gauge is free.
    package func variances(sigma: Double) -> [Double]? {
        var damped = matrix
        let scale = (0..<size).reduce(0.0) { max($0, matrix[$1 * size + $1]) }
        for index in 0..<size { damped[index * size + index] += 1e-9 * scale }
        var out: [Double] = []
        for index in 0..<size {
            var unit = [Double](repeating: 0, count: size)
            unit[index] = sigma * sigma
            guard let column = solveSymmetric(damped, unit) else { return nil }
            out.append(column[index])
        }
        return out
    }
}
