import Foundation
internal import Kernels

/// How far pixels of one photo may be from their place in another, by the covariance σ² (JᵀJ)⁻¹ of the solution.
package struct PoseCovariance: Sendable {
    private let bundle: RayBundle
    private let freedom: RayBundle.Freedom
    private let size: Int
    /// σ² (JᵀJ)⁻¹, the first camera held.
    private let matrix: [Double]
    /// Standard deviation of a coordinate of a pair, in pixels.
    package let sigma: Double

    /// The covariance of a solved bundle; nil when its equations have no inverse.
    package init?(_ bundle: RayBundle, edges: [(j: Int, k: Int, pairs: [Double])], freedom: RayBundle.Freedom) {
        // Whatever was made least, the covariance is that of all pairs of rays.
        var bundle = bundle
        bundle.objective = .pairsInRaySpace
        let errors = edges.flatMap { bundle.errors($0) }.sorted()
        guard !errors.isEmpty, bundle.rotations.count >= 2 else { return nil }
        // The median of the length of a normal vector in the plane is 1.1774 σ; robust against what is wrong.
        sigma = errors[errors.count / 2] / 1.1774
        var equations = bundle.assembled(edges, [], freedom, max(3 * sigma, 1e-9))
        // All cameras may turn together: the first one is held.
        let scale = (0..<equations.size).reduce(0.0) { max($0, equations.matrix[$1 * equations.size + $1]) }
        for at in 0..<3 { equations.addPrior(at: at, value: 0, weight: 1e6 * scale) }
        size = equations.size
        var inverse: [Double] = []
        for column in 0..<size {
            var unit = [Double](repeating: 0, count: size)
            unit[column] = sigma * sigma
            guard let solved = solveSymmetric(equations.matrix, unit) else { return nil }
            inverse += solved
        }
        matrix = inverse
        self.bundle = bundle
        self.freedom = freedom
    }

    /// The standard deviations across and down of the place in camera `k` of a pixel of camera `j`; nil when not seen.
    package func deviation(_ j: Int, _ k: Int, x: Double, y: Double) -> (
        place: (x: Double, y: Double), x: Double, y: Double
    )? {
        guard let mapping = mappingSlopes(bundle.view(j), bundle.view(k), x: x, y: y) else { return nil }
        let places = bundle.columns(j, freedom) + bundle.columns(k, freedom)
        var rows = [[Double]](repeating: [Double](repeating: 0, count: size), count: 2)
        for (local, columns) in places.enumerated() {
            for column in columns {
                rows[0][column] += mapping.slopes[local]
                rows[1][column] += mapping.slopes[10 + local]
            }
        }
        let used = Set(places.joined()).sorted()
        let variances = rows.map { row in
            used.reduce(0.0) { sum, p in
                sum + row[p] * used.reduce(0.0) { $0 + matrix[p * size + $1] * row[$1] }
            }
        }
        return (
            (mapping.place.x, mapping.place.y), max(0, variances[0]).squareRoot(), max(0, variances[1]).squareRoot()
        )
    }

    /// The median over joined photos and a grid of their pixels of the expected distance, in pixels.
    package func expected(_ edges: [(j: Int, k: Int, pairs: [Double])]) -> Double {
        var all: [Double] = []
        for edge in edges {
            // Where the photos share something: at some of their pairs.
            let step = max(4, edge.pairs.count / 4 / 6 * 4)
            for at in stride(from: 0, to: edge.pairs.count, by: step) {
                guard let d = deviation(edge.j, edge.k, x: edge.pairs[at], y: edge.pairs[at + 1]) else { continue }
                all.append((d.x * d.x + d.y * d.y).squareRoot())
            }
        }
        return GroupSolver.median(all)
    }
}
