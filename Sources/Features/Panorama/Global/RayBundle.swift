internal import Kernels

/// Cameras of a group solved together: all pairs in ray space (equation 1.24; Shum and Szeliski 2000).
///
/// Residuals are √(fj fk) (wj - wk) with w = Rᵀ d; the factor is taken from the present values and is not
/// differentiated. Focal lengths are a common f plus a photo's own δ with a prior, never frozen.
package struct RayBundle: Sendable {
    /// Which unknowns are solved for beside the rotations and the common focal length.
    package struct Freedom: Sendable, Hashable {
        /// A lens for each camera body.
        package var lens: Bool
        /// A focal length for each photo.
        package var ownFocal: Bool

        /// A choice.
        package init(lens: Bool, ownFocal: Bool) {
            self.lens = lens
            self.ownFocal = ownFocal
        }

        /// Parameters beyond the rotations of `photos` photos by so many camera bodies.
        package func parameters(photos: Int, bodies: Int = 1) -> Int {
            1 + (lens ? bodies : 0) + (ownFocal ? photos : 0)
        }
    }

    /// Rotations, world to camera, by place in the group.
    package var rotations: [Matrix3]
    /// The common focal length in pixels.
    package var focal: Double
    /// What each photo adds to it.
    package var ownFocals: [Double]
    /// The lens of each camera body.
    package var lenses: [Double]
    /// The camera body of each photo.
    package let bodies: [Int]
    /// The lens of the first body; setting it sets all.
    package var lens: Double {
        get { lenses.first ?? 0 }
        set { lenses = lenses.map { _ in newValue } }
    }
    /// Σ of Huber's cost after the last solution, with the priors.
    package private(set) var cost = 0.0
    /// Steps that the last solution took.
    package private(set) var steps = 0
    /// What is made least.
    package var objective = BundleObjective.pairsInRaySpace

    private let inverseSquares: [Double]
    /// Standard deviation of a photo's own focal length as a share of the common one.
    private static let ownSpread = 0.1
    /// Standard deviation of the lens.
    private static let lensSpread = 0.1
    private static let longest = 60

    /// A start.
    ///
    /// - Parameter bodies: The camera body of each photo, numbered from 0; nil for one that took them all.
    package init(rotations: [Matrix3], focal: Double, halfDiagonals: [Double], bodies: [Int]? = nil) {
        precondition(rotations.count == halfDiagonals.count)
        let bodies = bodies ?? [Int](repeating: 0, count: rotations.count)
        precondition(bodies.count == rotations.count && bodies.allSatisfy { $0 >= 0 && $0 < rotations.count })
        self.bodies = bodies
        lenses = [Double](repeating: 0, count: (bodies.max() ?? 0) + 1)
        self.rotations = rotations
        self.focal = focal
        ownFocals = [Double](repeating: 0, count: rotations.count)
        inverseSquares = halfDiagonals.map { 1 / ($0 * $0) }
    }

    /// A photo's camera.
    package func camera(_ index: Int) -> Camera {
        Camera(rotation: rotations[index], focal: focal + ownFocals[index], lens: lenses[bodies[index]])
    }

    func halfDiagonal(_ index: Int) -> Double { 1 / inverseSquares[index].squareRoot() }

    func view(_ index: Int) -> RayView {
        RayView(
            rotation: rotations[index].values, focal: focal + ownFocals[index], lens: lenses[bodies[index]],
            inverseSquare: inverseSquares[index])
    }

    /// Residuals of an edge in pixels.
    package func errors(_ edge: (j: Int, k: Int, pairs: [Double])) -> [Double] {
        rayErrors(view(edge.j), view(edge.k), pairs: edge.pairs)
    }

    /// Levenberg and Marquardt steps until nothing is gained; false when the numbers broke down.
    ///
    /// - Parameters:
    ///   - edges: Places in the group of two photos, and pairs of pixels.
    ///   - huber: Pixels from which on a residual counts linearly.
    package mutating func solve(
        _ edges: [(j: Int, k: Int, pairs: [Double])], freedom: Freedom, huber: Double, limit: Int = RayBundle.longest
    ) -> Bool {
        var damping = 1e-3
        let tracks = objective.hasPoints ? FeatureTracks.of(edges) : []
        var equations = assembled(edges, tracks, freedom, huber)
        cost = equations.cost
        steps = 0
        while steps < limit {
            steps += 1
            guard cost.isFinite else { return false }
            guard damping < 1e12 else { return true }
            guard let step = equations.step(damping: damping), let next = moved(by: step, freedom) else {
                damping *= 5
                continue
            }
            let after = next.assembled(edges, tracks, freedom, huber)
            guard after.cost < cost else {
                damping *= 5
                continue
            }
            let gain = cost - after.cost
            let (done, before) = (steps, cost)
            self = next
            steps = done
            cost = after.cost
            equations = after
            damping = max(1e-12, damping / 5)
            if gain < 1e-6 * before { return true }
        }
        return true
    }

    private func moved(by step: [Double], _ freedom: Freedom) -> RayBundle? {
        var next = self
        let n = rotations.count
        for index in 0..<n {
            let turn = Vector3(step[index * 3], step[index * 3 + 1], step[index * 3 + 2])
            guard turn.length < 1.5 else { return nil }
            next.rotations[index] = (Matrix3.rotation(turn) * rotations[index]).orthonormalized
        }
        next.focal += step[3 * n]
        if freedom.lens {
            for body in lenses.indices { next.lenses[body] += step[3 * n + 1 + body] }
        }
        if freedom.ownFocal {
            let at = 3 * n + 1 + (freedom.lens ? lenses.count : 0)
            for index in 0..<n { next.ownFocals[index] += step[at + index] }
        }
        let isSane = next.ownFocals.allSatisfy { own in
            let whole = next.focal + own
            return whole.isFinite && whole > 0.2 * focal && whole < 5 * focal
        }
        return isSane && next.lenses.allSatisfy { $0 > -0.6 && $0 < 0.6 } ? next : nil
    }

    /// The normal equations of all edges, or of the features they join to, and priors.
    func assembled(
        _ edges: [(j: Int, k: Int, pairs: [Double])], _ tracks: [FeatureTrack], _ freedom: Freedom, _ huber: Double
    ) -> NormalEquations {
        let n = rotations.count
        var all = NormalEquations(size: 3 * n + freedom.parameters(photos: n, bodies: lenses.count))
        if objective.hasPoints {
            addTracks(tracks, freedom, huber, to: &all)
        } else {
            for edge in edges {
                let (j, k) = (view(edge.j), view(edge.k))
                let part =
                    objective == .pairsInRaySpace
                    ? rayEquations(j, k, pairs: edge.pairs, huber: huber)
                    : imagePlaneEquations(j, k, pairs: edge.pairs, huber: huber)
                all.add(part, at: columns(edge.j, freedom) + columns(edge.k, freedom))
            }
        }
        let weight = 1 / (Self.lensSpread * Self.lensSpread)
        if freedom.lens {
            for (body, lens) in lenses.enumerated() {
                all.addPrior(at: 3 * n + 1 + body, value: lens, weight: weight)
            }
        }
        if freedom.ownFocal {
            let at = 3 * n + 1 + (freedom.lens ? lenses.count : 0)
            let own = 1 / (Self.ownSpread * Self.ownSpread * focal * focal)
            for index in 0..<n { all.addPrior(at: at + index, value: ownFocals[index], weight: own) }
        }
        return all
    }

    /// Which unknowns the five local ones of a photo are: turn (3), focal length, lens.
    func columns(_ index: Int, _ freedom: Freedom) -> [[Int]] {
        let n = rotations.count
        let own = freedom.ownFocal ? [3 * n + 1 + (freedom.lens ? lenses.count : 0) + index] : []
        let lens = freedom.lens ? [3 * n + 1 + bodies[index]] : []
        return [[3 * index], [3 * index + 1], [3 * index + 2], [3 * n] + own, lens]
    }
}
