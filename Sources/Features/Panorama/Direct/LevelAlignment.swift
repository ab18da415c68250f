internal import Kernels

/// The iteration of `DirectAlignment` on one level of the pyramid.
struct LevelAlignment {
    let settings: DirectAlignment
    let motion: DirectMotion
    let template: AlignmentPicture
    let picture: AlignmentPicture
    /// Where pixel (0, 0) lies in the map's coordinates.
    let originA: (x: Double, y: Double)
    let originB: (x: Double, y: Double)
    var map = Matrix3.identity
    var gain = 0.0
    var bias = 0.0
    var taken = 0

    private var loss = RobustLoss.squares
    private var fixed: SampledPlane?
    /// What stays the same from step to step; nil where slopes come from the picture or the picture has weights.
    private var step: AlignmentStep?
    /// The map at which the template's slopes became slopes by its entries.
    private var slopesMap = Matrix3.identity
    private var hessian: [Double]?
    private var hessianGain = 0.0
    private let mass: Double
    private var last: Equations?

    init(
        settings: DirectAlignment, motion: DirectMotion, template: AlignmentPicture, picture: AlignmentPicture,
        originA: (x: Double, y: Double), originB: (x: Double, y: Double)
    ) {
        self.settings = settings
        self.motion = motion
        self.template = template
        self.picture = picture
        self.originA = originA
        self.originB = originB
        mass = ShiftSearch.mass(template)
    }

    /// Normal equations in the motion's parameters, then gain and bias.
    struct Equations {
        var matrix: [Double]
        var vector: [Double]
        var mean: Double
        var weight: Double
        var count: Int
    }

    private var count: Int { motion.parameters + (settings.solvesGain ? 2 : 0) }
    private var isInverse: Bool { settings.method == .inverseCompositional }
    private var usesTemplate: Bool { isInverse || settings.method == .templateSlopes }

    mutating func run() throws(DirectError) {
        if usesTemplate || settings.method == .patches { fixTemplate() }
        loss = .squares
        if settings.loss != .squares { loss = settings.loss.scaled(absoluteErrors()) }
        var damping = 1e-3
        var now = try equations(withMatrix: true)
        for _ in 0..<settings.steps {
            guard let step = Self.solve(now, damping: damping) else {
                // Without damping enough to help, there is nothing in the picture that holds the motion.
                if damping > 1e6 { throw .noTexture }
                damping *= 10
                continue
            }
            taken += 1
            var trial = self
            guard trial.move(by: step) else {
                damping *= 10
                continue
            }
            let moved = trial.reach(from: map)
            guard let after = try? trial.equations(withMatrix: !isInverse), after.mean <= now.mean else {
                if moved < settings.stop { break }
                damping *= 10
                continue
            }
            self = trial
            now = after
            last = after
            damping = max(1e-9, damping / 10)
            if moved < settings.stop { break }
        }
        last = now
        guard map.isFinite else { throw .diverged }
    }

    /// The template's own slopes, computed once.
    private mutating func fixTemplate() {
        fixed = samplePlane(
            template.plane, map: Matrix3.identity.values, width: template.width, height: template.height, cubic: true,
            withSlopes: true)
        // Samples beside what is not there have no weight and slopes of 0: they pull nowhere.
        guard let fixed, picture.plane.weights == nil else { return }
        slopesMap = settings.method == .templateSlopes ? map : .identity
        // The template's own weights are its pixels', not those of its samples, which are nothing beside what is missing.
        let there = template.plane.weights.map { zip($0, fixed.weights).map { $1 > 0 ? $0 : 0 } }
        let plane = WeightedPlane(
            width: template.width, height: template.height, values: template.plane.values, weights: there)
        step = AlignmentStep(plane, slopesX: fixed.slopesX, slopesY: fixed.slopesY, terms(slopesMap))
    }

    private func terms(_ map: Matrix3) -> AlignmentTerms {
        var terms = AlignmentTerms(map: map.values, origin: originA)
        terms.loss = loss
        terms.slopeNoise = Float(settings.slopeNoise)
        terms.gain = Float(gain)
        terms.bias = Float(bias)
        return terms
    }

    /// The equations by what was fixed: one sample a pixel and sums of its pull; the matrix stays as long as the light does.
    private mutating func cheapEquations(_ step: AlignmentStep) throws(DirectError) -> Equations {
        var view = AlignmentStep.View(picture: picture.plane, map: pixelMap)
        view.cubic = settings.usesCubic
        view.loss = loss
        (view.gain, view.bias) = (Float(gain), Float(bias))
        if settings.method == .patches {
            let sums = step.blockSums(view, at: map.values)
            try check(sums)
            return reduced(sums, motion.entries(at: map))
        }
        var sums = step.sums(view)
        try check(sums)
        if hessian == nil || abs(gain - hessianGain) > 0.05 * (1 + gain), let fixed {
            hessianGain = gain
            let light = Float(1 + gain)
            hessian =
                alignmentSums(
                    template.plane, sampled(withSlopes: false), slopesX: fixed.slopesX.map { $0 * light },
                    slopesY: fixed.slopesY.map { $0 * light }, terms(slopesMap)
                ).matrix
        }
        // What is compared with the picture is the template in the picture's light.
        for index in 0..<9 { sums.vector[index] *= 1 + hessianGain }
        sums.matrix = hessian ?? sums.matrix
        return reduced(sums, isInverse ? motion.incrementEntries : motion.entries(at: map))
    }

    private func check(_ sums: AlignmentSums) throws(DirectError) {
        guard sums.weight > 0, Double(sums.count) >= settings.leastOverlap * mass else { throw .noOverlap }
    }

    /// The map between the pixels of both pictures.
    private var pixelMap: [Double] {
        map.moved(from: originA, to: originB).values
    }

    private func sampled(withSlopes: Bool) -> SampledPlane {
        samplePlane(
            picture.plane, map: pixelMap, width: template.width, height: template.height, cubic: settings.usesCubic,
            withSlopes: withSlopes)
    }

    private func absoluteErrors() -> [Float] {
        let seen = sampled(withSlopes: false)
        return seen.values.indices.compactMap { at in
            guard seen.weights[at] > 0, (template.plane.weights?[at] ?? 1) > 0 else { return nil }
            return abs(seen.values[at] - Float(1 + gain) * template.plane.values[at] - Float(bias))
        }
    }

    private mutating func equations(withMatrix: Bool) throws(DirectError) -> Equations {
        if let step { return try cheapEquations(step) }
        let usesFixed = usesTemplate
        // One matrix for all steps, unless the light turns out to be another.
        let isStale = isInverse && abs(gain - hessianGain) > 0.05 * (1 + gain)
        let withMatrix = withMatrix || isStale
        if withMatrix { hessianGain = gain }
        let seen = sampled(withSlopes: !usesFixed)
        var (slopesX, slopesY) = (seen.slopesX, seen.slopesY)
        if usesFixed, let fixed {
            // What is compared with the picture is the template in the picture's light.
            let light = Float(1 + (isInverse ? hessianGain : gain))
            let isEven = abs(light - 1) < 0.01
            slopesX = isEven ? fixed.slopesX : fixed.slopesX.map { $0 * light }
            slopesY = isEven ? fixed.slopesY : fixed.slopesY.map { $0 * light }
        }
        let isCompositional = isInverse || settings.method == .forwardCompositional
        if settings.method == .forwardCompositional { (slopesX, slopesY) = chained(slopesX, slopesY) }
        var terms = self.terms(isCompositional ? .identity : map)
        terms.withMatrix = withMatrix
        let basis = isCompositional ? motion.incrementEntries : motion.entries(at: map)
        let sums =
            settings.method == .patches
            ? Self.gathered(
                patchSums(template.plane, seen, slopesX: slopesX, slopesY: slopesY, side: 16, terms), map: map,
                origin: originA)
            : alignmentSums(template.plane, seen, slopesX: slopesX, slopesY: slopesY, terms)
        guard sums.count > 0 || sums.weight > 0, sums.weight > 0,
            Double(seen.weights.count { $0 > 0 }) >= settings.leastOverlap * mass
        else { throw .noOverlap }
        var out = reduced(sums, basis)
        if isInverse {
            if withMatrix { hessian = out.matrix }
            if let hessian { out.matrix = hessian }
        }
        return out
    }

    /// Slopes of the warped picture in the template's own pixels.
    private func chained(_ slopesX: [Float], _ slopesY: [Float]) -> ([Float], [Float]) {
        var (x, y) = (slopesX, slopesY)
        let m = map.values
        for row in 0..<template.height {
            for column in 0..<template.width {
                let at = row * template.width + column
                let (px, py) = (Double(column) + originA.x, Double(row) + originA.y)
                let w = m[6] * px + m[7] * py + m[8]
                let (u, v) = ((m[0] * px + m[1] * py + m[2]) / w, (m[3] * px + m[4] * py + m[5]) / w)
                let (gx, gy) = (Double(slopesX[at]) / w, Double(slopesY[at]) / w)
                x[at] = Float(gx * (m[0] - u * m[6]) + gy * (m[3] - v * m[6]))
                y[at] = Float(gx * (m[1] - u * m[7]) + gy * (m[4] - v * m[7]))
            }
        }
        return (x, y)
    }

    /// Sums of blocks with the motion's slopes in their middles: Σ Jx'(c)ᵀ A Jx'(c); gain and bias are not among them.
    static func gathered(_ patches: [PatchSums], map: Matrix3, origin: (x: Double, y: Double)) -> AlignmentSums {
        var out = AlignmentSums()
        let m = map.values
        for patch in patches {
            let (x, y) = (patch.x + origin.x, patch.y + origin.y)
            let w = m[6] * x + m[7] * y + m[8]
            guard w > 1e-12 else { continue }
            let (u, v) = ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w)
            let across = [x, y, 1, 0, 0, 0, -u * x, -u * y, -u].map { $0 / w }
            let down = [0, 0, 0, x, y, 1, -v * x, -v * y, -v].map { $0 / w }
            let (xx, xy, yy) = patch.matrix
            for p in 0..<9 {
                let (a, b) = (xx * across[p] + xy * down[p], xy * across[p] + yy * down[p])
                out.vector[p] += patch.vector.0 * across[p] + patch.vector.1 * down[p]
                for q in p..<9 { out.matrix[p * 11 + q] += a * across[q] + b * down[q] }
            }
            out.cost += patch.cost
            out.weight += patch.weight
            out.count += 1
        }
        return out
    }

    /// The equations of the entries taken over to the motion's parameters.
    private func reduced(_ sums: AlignmentSums, _ basis: [[(Int, Double)]]) -> Equations {
        var columns = basis
        if settings.solvesGain { columns += [[(9, 1)], [(10, 1)]] }
        let n = columns.count
        var matrix = [Double](repeating: 0, count: n * n)
        var vector = [Double](repeating: 0, count: n)
        for p in 0..<n {
            for (a, va) in columns[p] {
                vector[p] += va * sums.vector[a]
                for q in 0..<n {
                    for (b, vb) in columns[q] {
                        matrix[p * n + q] += va * vb * sums.matrix[b >= a ? a * 11 + b : b * 11 + a]
                    }
                }
            }
        }
        return Equations(
            matrix: matrix, vector: vector, mean: sums.cost / sums.weight, weight: sums.weight, count: sums.count)
    }

    /// The step -(A + λ diag A)⁻¹ b, scaled by the diagonal; nil when some parameter is held by nothing.
    static func solve(_ e: Equations, damping: Double) -> [Double]? {
        let n = e.vector.count
        let scale = (0..<n).map { e.matrix[$0 * n + $0] }
        guard scale.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        let roots = scale.map { 1 / $0.squareRoot() }
        var matrix = e.matrix
        for p in 0..<n {
            for q in 0..<n { matrix[p * n + q] *= roots[p] * roots[q] }
            matrix[p * n + p] += damping
        }
        guard let step = solveSymmetric(matrix, (0..<n).map { -e.vector[$0] * roots[$0] }) else { return nil }
        // Directions that rounding alone holds are no answer.
        return zip(step, roots).map { $0 * $1 }
    }

    private mutating func move(by step: [Double]) -> Bool {
        let parameters = Array(step.prefix(motion.parameters))
        let next: Matrix3? =
            switch settings.method {
            case .forward, .templateSlopes, .patches: motion.moved(map, by: parameters)
            case .forwardCompositional:
                motion.increment(parameters).flatMap { Homography.scaled(map * $0) }
            case .inverseCompositional:
                // The step was found for e = I1(W) - I0 as if W moved; the template moves the other way.
                motion.increment(parameters.map { -$0 })?.inverse.flatMap { Homography.scaled(map * $0) }
            }
        guard let next else { return false }
        map = next
        if settings.solvesGain {
            gain += step[motion.parameters]
            bias += step[motion.parameters + 1]
            guard gain > -0.95, gain < 20 else { return false }
        }
        return true
    }

    /// The farthest that a corner of the template moves between two maps.
    private func reach(from before: Matrix3) -> Double {
        let right = originA.x + Double(template.width - 1)
        let bottom = originA.y + Double(template.height - 1)
        return [(originA.x, originA.y), (right, originA.y), (originA.x, bottom), (right, bottom)].reduce(0.0) {
            farthest, corner in
            guard let a = before.maps(x: corner.0, y: corner.1), let b = map.maps(x: corner.0, y: corner.1) else {
                return .infinity
            }
            return max(farthest, ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot())
        }
    }

    func report(into result: inout DirectAlignment.Result) {
        guard let last else { return }
        result.error = last.mean.squareRoot()
        let n = last.vector.count
        let k = motion.parameters
        result.information = (0..<k).flatMap { row in (0..<k).map { last.matrix[row * n + $0] } }
        let seen = sampled(withSlopes: false)
        let there = WeightedPlane(
            width: template.width, height: template.height, values: seen.values, weights: seen.weights)
        let moments = shiftMoments(template.plane, there, shiftX: 0, shiftY: 0)
        result.overlap = moments.weight / max(1e-9, mass)
        result.correlation = 1 - ((try? ShiftSearch.score(.correlation, moments, needed: 0)) ?? 1)
    }
}
