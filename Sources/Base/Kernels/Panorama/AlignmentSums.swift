/// How a difference counts in direct alignment.
package enum RobustLoss: Sendable, Hashable {
    /// e².
    case squares
    /// e² up to a limit, then linear (Huber 1964).
    case huber(Float)
    /// a² e² / (a² + e²) (Geman and McClure 1987).
    case gemanMcClure(Float)
    /// |e|, smooth below the given value.
    case absolute(Float)

    /// Cost and weight (half the slope of the cost, divided by e) of a difference.
    @inline(__always)
    func of(_ e: Float) -> (cost: Float, weight: Float) {
        switch self {
        case .squares: return (e * e, 1)
        case .huber(let limit):
            let size = abs(e)
            return size <= limit ? (e * e, 1) : (2 * limit * size - limit * limit, limit / size)
        case .gemanMcClure(let a):
            let square = a * a
            let part = square / (square + e * e)
            return (e * e * part, part * part)
        case .absolute(let least):
            let size = max(abs(e), least)
            return (abs(e) >= least ? abs(e) : (e * e / least + least) / 2, 0.5 / size)
        }
    }
}

/// Normal equations of direct alignment in the nine entries of a homography, a gain and a bias.
package struct AlignmentSums: Sendable {
    /// 11 x 11, upper half, row by row.
    package var matrix = [Double](repeating: 0, count: 121)
    /// Σ w e ∂e for the 11 unknowns.
    package var vector = [Double](repeating: 0, count: 11)
    /// Σ w ρ(e).
    package var cost = 0.0
    /// Σ w over the overlap.
    package var weight = 0.0
    /// Pixels of the overlap.
    package var count = 0

    /// Sums of nothing.
    package init() {}
}

/// What the sums of direct alignment are made of.
package struct AlignmentTerms: Sendable {
    /// The map at whose places slopes are turned into slopes by the entries: the present one, or 1 for compositional forms.
    package var map: [Double]
    /// Where pixel (0, 0) of the template lies in the map's coordinates.
    package var origin: (x: Double, y: Double)
    /// The loss.
    package var loss = RobustLoss.squares
    /// Standard deviation of slopes of pure noise: a pixel counts |∇|² / (|∇|² + σ²); 0 counts all the same.
    package var slopeNoise: Float = 0
    /// Factor on the template less 1.
    package var gain: Float = 0
    /// Added to the template.
    package var bias: Float = 0
    /// Whether the matrix is wanted as well.
    package var withMatrix = true

    /// Terms of a map.
    package init(map: [Double], origin: (x: Double, y: Double)) {
        precondition(map.count == 9)
        self.map = map
        self.origin = origin
    }
}

/// Sums over all pixels of a template: e = sample - (1 + gain) template - bias, with slopes `x` and `y` by place.
///
/// A slope by an entry of the map is ∇ · ∂x'/∂h (equations 1.13 and 1.14 of the chapter, all models at once: those of a
/// model with fewer parameters follow by the chain rule).
package func alignmentSums(
    _ template: WeightedPlane, _ sampled: SampledPlane, slopesX: [Float], slopesY: [Float], _ terms: AlignmentTerms
) -> AlignmentSums {
    let count = template.values.count
    precondition(sampled.values.count == count && slopesX.count == count && slopesY.count == count)
    var out = AlignmentSums()
    let map = InlineMap(terms.map)
    let noise = terms.slopeNoise * terms.slopeNoise
    var g = InlineArray<11, Double>(repeating: 0)
    var matrix = InlineArray<121, Double>(repeating: 0)
    var vector = InlineArray<11, Double>(repeating: 0)
    var at = -1
    for row in 0..<template.height {
        let y = Double(row) + terms.origin.y
        for column in 0..<template.width {
            at += 1
            var weight = sampled.weights[at]
            guard weight > 0 else { continue }
            if let own = template.weights { weight *= own[at] }
            guard weight > 0 else { continue }
            let value = template.values[at]
            let e = sampled.values[at] - (1 + terms.gain) * value - terms.bias
            let loss = terms.loss.of(e)
            let (sx, sy) = (slopesX[at], slopesY[at])
            if noise > 0 {
                let square = sx * sx + sy * sy
                weight *= square / (square + noise)
            }
            out.cost += Double(weight * loss.cost)
            out.weight += Double(weight)
            out.count += 1
            let w = Double(weight * loss.weight)
            guard w > 0 else { continue }
            let x = Double(column) + terms.origin.x
            let depth = 1 / map.depth(x, y)
            let u = (map.m[0] * x + map.m[1] * y + map.m[2]) * depth
            let v = (map.m[3] * x + map.m[4] * y + map.m[5]) * depth
            let (gx, gy) = (Double(sx) * depth, Double(sy) * depth)
            let gz = -(gx * u + gy * v)
            g[0] = gx * x
            g[1] = gx * y
            g[2] = gx
            g[3] = gy * x
            g[4] = gy * y
            g[5] = gy
            g[6] = gz * x
            g[7] = gz * y
            g[8] = gz
            g[9] = -Double(value)
            g[10] = -1
            let we = w * Double(e)
            for p in 0..<11 { vector[p] += we * g[p] }
            guard terms.withMatrix else { continue }
            for p in 0..<11 {
                let scaled = w * g[p]
                for q in p..<11 { matrix[p * 11 + q] += scaled * g[q] }
            }
        }
    }
    for index in 0..<11 { out.vector[index] = vector[index] }
    if terms.withMatrix { for index in 0..<121 { out.matrix[index] = matrix[index] } }
    return out
}

/// Sums of one square block of pixels: what its shift alone would need.
package struct PatchSums: Sendable {
    /// Middle of the block in pixels of the template.
    package let x: Double
    /// Middle of the block, downwards.
    package let y: Double
    /// Σ w ∇∇ᵀ: xx, xy, yy.
    package let matrix: (Double, Double, Double)
    /// Σ w e ∇.
    package let vector: (Double, Double)
    /// Σ w ρ(e).
    package let cost: Double
    /// Σ w.
    package let weight: Double
}

/// The same sums kept block by block with slopes by place alone, from which any model's equations follow cheaply.
package func patchSums(
    _ template: WeightedPlane, _ sampled: SampledPlane, slopesX: [Float], slopesY: [Float], side: Int,
    _ terms: AlignmentTerms
) -> [PatchSums] {
    let count = template.values.count
    precondition(side > 0 && sampled.values.count == count && slopesX.count == count && slopesY.count == count)
    var out: [PatchSums] = []
    let noise = terms.slopeNoise * terms.slopeNoise
    for top in stride(from: 0, to: template.height, by: side) {
        for left in stride(from: 0, to: template.width, by: side) {
            let (bottom, right) = (min(template.height, top + side), min(template.width, left + side))
            var (xx, xy, yy, bx, by, cost, all) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
            for row in top..<bottom {
                for at in (row * template.width + left)..<(row * template.width + right) {
                    var weight = sampled.weights[at]
                    if let own = template.weights { weight *= own[at] }
                    guard weight > 0 else { continue }
                    let e = sampled.values[at] - (1 + terms.gain) * template.values[at] - terms.bias
                    let loss = terms.loss.of(e)
                    let (sx, sy) = (slopesX[at], slopesY[at])
                    if noise > 0 {
                        let square = sx * sx + sy * sy
                        weight *= square / (square + noise)
                    }
                    cost += Double(weight * loss.cost)
                    all += Double(weight)
                    let w = Double(weight * loss.weight)
                    xx += w * Double(sx * sx)
                    xy += w * Double(sx * sy)
                    yy += w * Double(sy * sy)
                    bx += w * Double(e * sx)
                    by += w * Double(e * sy)
                }
            }
            guard all > 0 else { continue }
            out.append(
                PatchSums(
                    x: Double(left + right - 1) / 2, y: Double(top + bottom - 1) / 2, matrix: (xx, xy, yy),
                    vector: (bx, by), cost: cost, weight: all))
        }
    }
    return out
}
