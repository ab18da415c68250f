internal import CKernels

/// How many pairs (x0, y0, x1, y1) a homography sends nearer than the root of the limit, which ones, and the cost.
///
/// The cost adds min(e², limit) (MSAC; Torr and Zisserman 2000).
package func transferScore(
    _ homography: [Double], pairs: [Float], squaredLimit: Float, marking inside: inout [UInt8]
) -> (count: Int, cost: Double) {
    precondition(homography.count == 9 && pairs.count % 4 == 0 && inside.count == pairs.count / 4)
    var cost = 0.0
    let count = vk_transfer_score(homography, pairs, pairs.count / 4, squaredLimit, &inside, &cost)
    return (count, cost)
}

/// A turning camera as the sums over pairs see it.
package struct RayView: Sendable {
    /// World to camera, row-major, 9 numbers.
    package var rotation: [Double]
    /// Focal length in pixels.
    package var focal: Double
    /// Lens: the ray of pixel (x, y) is (x, y, f (1 + lens ρ²)).
    package var lens: Double
    /// 1 / (half diagonal)², so that ρ is 1 in a corner.
    package var inverseSquare: Double

    /// A view of the given values.
    package init(rotation: [Double], focal: Double, lens: Double, inverseSquare: Double) {
        precondition(rotation.count == 9)
        self.rotation = rotation
        self.focal = focal
        self.lens = lens
        self.inverseSquare = inverseSquare
    }

    fileprivate var raw: vk_ray_view {
        let r = rotation
        return vk_ray_view(
            rotation: (r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]), focal: focal, lens: lens,
            inverse_square: inverseSquare)
    }
}

/// The normal equations of a set of pairs: half of JᵀJ (upper, row-major), Jᵀr, and the robust cost.
package struct PairEquations: Sendable {
    /// Number of unknowns.
    package let size: Int
    /// size x size, upper half.
    package var matrix: [Double]
    /// Jᵀr.
    package var vector: [Double]
    /// Σ of Huber's cost, e² near zero.
    package var cost: Double

    init(size: Int) {
        self.size = size
        matrix = [Double](repeating: 0, count: size * size)
        vector = [Double](repeating: 0, count: size)
        cost = 0
    }
}

/// Equations of √(fj fk)(wj - wk) in turn j (3), focal j, lens j, turn k (3), focal k, lens k.
package func rayEquations(_ j: RayView, _ k: RayView, pairs: [Double], huber: Double) -> PairEquations {
    precondition(pairs.count % 4 == 0)
    var out = PairEquations(size: 10)
    var (first, second) = (j.raw, k.raw)
    out.cost = vk_ray_normal(
        &first, &second, pairs, pairs.count / 4, huber, &out.matrix, &out.vector, KernelVariant.best.code)
    return out
}

/// Lengths of √(fj fk)(wj - wk), in pixels.
package func rayErrors(_ j: RayView, _ k: RayView, pairs: [Double]) -> [Double] {
    precondition(pairs.count % 4 == 0)
    var errors = [Double](repeating: 0, count: pairs.count / 4)
    var (first, second) = (j.raw, k.raw)
    vk_ray_errors(&first, &second, pairs, pairs.count / 4, &errors)
    return errors
}

/// Equations of the transfer error through Hj⁻¹ Hi in the 9 entries of Hi and the 9 of Hj.
package func planeEquations(_ hi: [Double], inverse hj: [Double], pairs: [Double], huber: Double) -> PairEquations {
    precondition(pairs.count % 4 == 0 && hi.count == 9 && hj.count == 9)
    var out = PairEquations(size: 18)
    out.cost = vk_plane_normal(hi, hj, pairs, pairs.count / 4, huber, &out.matrix, &out.vector)
    return out
}

/// Lengths of the transfer error through Hj⁻¹ Hi, in pixels.
package func planeErrors(_ hi: [Double], inverse hj: [Double], pairs: [Double]) -> [Double] {
    precondition(pairs.count % 4 == 0 && hi.count == 9 && hj.count == 9)
    var errors = [Double](repeating: 0, count: pairs.count / 4)
    vk_plane_errors(hi, hj, pairs, pairs.count / 4, &errors)
    return errors
}

/// Solves a symmetric positive system (row-major, lower half read) by Cholesky; nil when it is not positive.
package func solveSymmetric(_ matrix: [Double], _ vector: [Double]) -> [Double]? {
    precondition(matrix.count == vector.count * vector.count)
    var (a, b) = (matrix, vector)
    guard vk_cholesky_solve(&a, &b, b.count) == 1, b.allSatisfy(\.isFinite) else { return nil }
    return b
}
