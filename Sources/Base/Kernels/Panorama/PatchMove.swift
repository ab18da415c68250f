/// Where a patch of one picture went in another, beyond what a map says.
package struct PatchMove: Sendable {
    /// The patch's middle moves by so much in its own picture before the map takes it over, in pixels.
    package var x: Double
    /// Downwards.
    package var y: Double
    /// Normalised correlation before.
    package var before: Double
    /// Normalised correlation after.
    package var after: Double
    /// Σ w ∇∇ᵀ of the patch with values as they are: xx, xy, yy.
    package var matrix: (Double, Double, Double)
}

/// Finds where a square patch of `a` lies in `b` near a map: inverse compositional steps of a shift alone (Baker and
/// Matthews 2004) on values of mean 0 and size 1, so that gain and bias do not matter.
///
/// - Parameters:
///   - map: From pixels of `a` to pixels of `b`.
///   - half: Half the side of the patch without its middle pixel.
///   - limit: Moves beyond so many pixels are refused.
/// - Returns: nil where a patch leaves a picture, is flat, or its move has no end within the limit.
package func movePatch(
    _ a: WeightedPlane, x: Int, y: Int, half: Int, _ b: WeightedPlane, map: [Double], limit: Double, steps: Int = 12,
    start: (x: Double, y: Double) = (0, 0)
) -> PatchMove? {
    precondition(map.count == 9 && half > 0)
    guard x - half >= 1, y - half >= 1, x + half < a.width - 1, y + half < a.height - 1 else { return nil }
    let side = 2 * half + 1
    let m = InlineMap(map)
    var patch = PatchTemplate(a, x: x, y: y, half: half)
    guard patch.normalise() else { return nil }
    var (shiftX, shiftY) = start
    var (first, last) = (-2.0, -2.0)
    var seen = [Float](repeating: 0, count: side * side)
    for _ in 0...steps {
        var (sum, square, cross, bx, by) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for row in 0..<side {
            for column in 0..<side {
                guard
                    let place = m.place(
                        Double(x + column - half) + shiftX, Double(y + row - half) + shiftY),
                    place.x >= 1, place.y >= 1, place.x < Double(b.width - 2), place.y < Double(b.height - 2)
                else { return nil }
                let value = cubicValue(b, place.x, place.y)
                let at = row * side + column
                seen[at] = value
                let w = Double(patch.window[at])
                sum += w * Double(value)
                square += w * Double(value) * Double(value)
            }
        }
        let mean = sum / patch.mass
        let spread = square / patch.mass - mean * mean
        guard spread > 1e-7 else { return nil }
        let scale = 1 / spread.squareRoot()
        for at in 0..<(side * side) {
            let value = (Double(seen[at]) - mean) * scale
            let w = Double(patch.window[at])
            cross += w * value * Double(patch.values[at])
            let e = w * (value - Double(patch.values[at]))
            bx += e * Double(patch.slopesX[at])
            by += e * Double(patch.slopesY[at])
        }
        let correlation = cross / patch.mass
        if first < -1 { first = correlation }
        last = correlation
        let (dx, dy) = patch.solve(bx, by)
        shiftX -= dx
        shiftY -= dy
        guard abs(shiftX) <= limit, abs(shiftY) <= limit else { return nil }
        if dx * dx + dy * dy < 1e-5 {
            return PatchMove(x: shiftX, y: shiftY, before: first, after: last, matrix: patch.matrix)
        }
    }
    return nil
}

/// A patch of mean 0 and size 1, its slopes and their matrix.
private struct PatchTemplate {
    var values: [Float]
    var slopesX: [Float]
    var slopesY: [Float]
    let window: [Float]
    let mass: Double
    var matrix = (0.0, 0.0, 0.0)
    private var inverse = (0.0, 0.0, 0.0)

    init(_ a: WeightedPlane, x: Int, y: Int, half: Int) {
        let side = 2 * half + 1
        values = [Float](repeating: 0, count: side * side)
        slopesX = values
        slopesY = values
        var window = values
        var mass = 0.0
        let reach = Float(half + 1)
        for row in 0..<side {
            for column in 0..<side {
                let at = row * side + column
                let from = (y + row - half) * a.width + x + column - half
                values[at] = a.values[from]
                slopesX[at] = (a.values[from + 1] - a.values[from - 1]) / 2
                slopesY[at] = (a.values[from + a.width] - a.values[from - a.width]) / 2
                // Fades towards the border, so that what comes in there does not jerk.
                let (u, v) = (Float(column - half) / reach, Float(row - half) / reach)
                window[at] = (1 - u * u) * (1 - v * v)
                mass += Double(window[at])
            }
        }
        self.window = window
        self.mass = mass
    }

    mutating func normalise() -> Bool {
        var (sum, square) = (0.0, 0.0)
        for at in values.indices {
            sum += Double(window[at]) * Double(values[at])
            square += Double(window[at]) * Double(values[at]) * Double(values[at])
        }
        let mean = sum / mass
        let spread = square / mass - mean * mean
        // A standard deviation of one level of 8 bits.
        guard spread > 1.6e-5 else { return false }
        let scale = Float(1 / spread.squareRoot())
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for at in values.indices {
            let (w, gx, gy) = (Double(window[at]), Double(slopesX[at]), Double(slopesY[at]))
            xx += w * gx * gx
            xy += w * gx * gy
            yy += w * gy * gy
            values[at] = (values[at] - Float(mean)) * scale
            slopesX[at] *= scale
            slopesY[at] *= scale
        }
        matrix = (xx, xy, yy)
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-4 * (xx + yy) * (xx + yy) else { return false }
        let factor = 1 / (Double(scale) * Double(scale) * determinant)
        inverse = (yy * factor, -xy * factor, xx * factor)
        return true
    }

    func solve(_ bx: Double, _ by: Double) -> (Double, Double) {
        (inverse.0 * bx + inverse.1 * by, inverse.1 * bx + inverse.2 * by)
    }
}
