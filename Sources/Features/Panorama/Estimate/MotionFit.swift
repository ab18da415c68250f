internal import Kernels

/// How well the place of a match is known: the inverse of its 2 x 2 covariance, in 1 / pixels².
public struct PlaceInformation: Sendable, Hashable {
    /// 1 / σ² across, where nothing is correlated.
    public var xx: Double
    /// The mixed part.
    public var xy: Double
    /// 1 / σ² down.
    public var yy: Double

    /// The given numbers.
    public init(xx: Double, xy: Double, yy: Double) {
        self.xx = xx
        self.xy = xy
        self.yy = yy
    }

    /// σ pixels in every direction.
    public init(sigma: Double) { self.init(xx: 1 / (sigma * sigma), xy: 0, yy: 1 / (sigma * sigma)) }

    /// rᵀ Σ⁻¹ r.
    func square(_ x: Double, _ y: Double) -> Double { xx * x * x + 2 * xy * x * y + yy * y * y }
}

/// A motion fitted to pairs of points by least squares: plain, weighted by what is known of each pair, robust.
///
/// Lowers Σ ρ(|W(x; p) - x'|Σ) by Levenberg and Marquardt's method with analytic slopes (equations 1.15 to 1.18); ρ is
/// Huber's, so that far pairs pull with a bounded force (iteratively reweighted least squares).
public struct MotionFit: Sendable {
    /// What is fitted.
    public var motion: DirectMotion
    /// Length of a residual from which on it counts linearly, in pixels, or in σ when information is given.
    public var huber = Double.infinity
    /// Steps at most.
    public var steps = 50

    /// A fit of a motion.
    public init(_ motion: DirectMotion) { self.motion = motion }

    /// A fit of a planar motion.
    public init(_ motion: PlanarMotion) { self.motion = .planar(motion) }

    /// What came out.
    public struct Result: Sendable {
        /// The map.
        public var map: Matrix3
        /// The cost after the start and after each step that was taken; never rises.
        public var costs: [Double]
        /// JᵀΣ⁻¹J of the parameters, row by row: their covariance is σ² times its inverse.
        public var information: [Double]
    }

    /// The best map near a start.
    ///
    /// - Parameters:
    ///   - pairs: x, y, x', y' of each.
    ///   - information: One for each pair, or none for plain least squares (equation 1.15).
    /// - Returns: nil when there are too few pairs, or the numbers break down.
    public func fit(_ pairs: [Double], information: [PlaceInformation] = [], start: Matrix3) -> Result? {
        guard pairs.count % 4 == 0, information.isEmpty || information.count == pairs.count / 4,
            pairs.count / 2 >= motion.parameters
        else { return nil }
        guard var now = equations(pairs, information, start) else { return nil }
        var map = start
        var costs = [now.mean]
        var damping = 1e-4
        for _ in 0..<steps {
            guard damping < 1e10 else { break }
            guard let step = LevelAlignment.solve(now, damping: damping), let next = motion.moved(map, by: step),
                let after = equations(pairs, information, next), after.mean <= now.mean
            else {
                damping *= 10
                continue
            }
            let gain = now.mean - after.mean
            map = next
            now = after
            costs.append(after.mean)
            damping = max(1e-12, damping / 10)
            if gain <= 1e-14 * max(1e-12, after.mean) { break }
        }
        return Result(map: map, costs: costs, information: now.matrix)
    }

    /// The normal equations; `mean` holds the whole cost.
    func equations(
        _ pairs: [Double], _ information: [PlaceInformation], _ map: Matrix3
    ) -> LevelAlignment.Equations? {
        let columns = motion.entries(at: map)
        let n = columns.count
        var out = LevelAlignment.Equations(
            matrix: [Double](repeating: 0, count: n * n), vector: [Double](repeating: 0, count: n), mean: 0, weight: 0,
            count: pairs.count / 4)
        for index in 0..<(pairs.count / 4) {
            let (x, y) = (pairs[index * 4], pairs[index * 4 + 1])
            let whole = map * Vector3(x, y, 1)
            guard whole.z > 1e-12 else { return nil }
            let (u, v) = (whole.x / whole.z, whole.y / whole.z)
            let (rx, ry) = (u - pairs[index * 4 + 2], v - pairs[index * 4 + 3])
            let known = information.isEmpty ? PlaceInformation(sigma: 1) : information[index]
            let size = max(0, known.square(rx, ry)).squareRoot()
            let weight = size <= huber ? 1 : huber / size
            out.mean += size <= huber ? size * size : 2 * huber * size - huber * huber
            let across = [x, y, 1, 0, 0, 0, -u * x, -u * y, -u].map { $0 / whole.z }
            let down = [0, 0, 0, x, y, 1, -v * x, -v * y, -v].map { $0 / whole.z }
            let slopes = columns.map { parts in
                parts.reduce(into: (0.0, 0.0)) { sum, part in
                    sum.0 += part.1 * across[part.0]
                    sum.1 += part.1 * down[part.0]
                }
            }
            for p in 0..<n {
                let a = weight * (known.xx * slopes[p].0 + known.xy * slopes[p].1)
                let b = weight * (known.xy * slopes[p].0 + known.yy * slopes[p].1)
                out.vector[p] += a * rx + b * ry
                for q in 0..<n { out.matrix[p * n + q] += a * slopes[q].0 + b * slopes[q].1 }
            }
        }
        return out.mean.isFinite ? out : nil
    }
}

extension MotionFit {
    /// The cost of a map: what `fit` lowers; nil where a pair lies on or behind the horizon.
    public func cost(_ pairs: [Double], information: [PlaceInformation] = [], map: Matrix3) -> Double? {
        equations(pairs, information, map)?.mean
    }

    /// The slope of the cost by each parameter at a map.
    public func gradient(_ pairs: [Double], information: [PlaceInformation] = [], map: Matrix3) -> [Double]? {
        equations(pairs, information, map)?.vector.map { 2 * $0 }
    }
}
