/// How well a square of a picture is another picture's, seen through an affine map.
package struct PatchFit: Sendable, Hashable {
    /// Normalised correlation at the best shift, -1...1.
    package let correlation: Float
    /// Mean of the square over the mean of what the other picture shows there.
    package let gain: Float
    /// Energy of the square's differences over that of the other picture's, after the gain: under 1 is smeared.
    package let sharpness: Float
    /// Mean difference of gradients after the gain.
    package let apart: Float
    /// How much of the other picture's differences over three pixels the square has: the smaller of their correlation and
    /// of their size after the gain, at most 1. A doubled square has half; 1 where the other picture is all but flat.
    package let detail: Float
}

/// The fit of a square against another picture; nil where that does not show the whole of it, or either is flat.
///
/// - Parameters:
///   - picture: Rows of values.
///   - x: Left column of the square.
///   - y: Upper row of the square.
///   - side: Its side.
///   - map: Six numbers: column and row of the other picture are m0 x + m1 y + m2 and m3 x + m4 y + m5.
///   - reach: Whole pixels that the square may lie beside its place.
package func patchFit(
    _ picture: [Float], width: Int, height: Int, x: Int, y: Int, side: Int, other: [Float], otherWidth: Int,
    otherHeight: Int, map: [Double], reach: Int
) -> PatchFit? {
    precondition(picture.count == width * height && other.count == otherWidth * otherHeight && map.count == 6)
    guard x >= 0, y >= 0, side > 2, x + side <= width, y + side <= height, reach >= 0 else { return nil }
    let wide = side + 2 * reach
    guard
        let seen = affinePatch(
            other, width: otherWidth, height: otherHeight, map: map, x: x - reach, y: y - reach, side: wide)
    else { return nil }
    var patch = [Float](repeating: 0, count: side * side)
    for row in 0..<side {
        for column in 0..<side { patch[row * side + column] = picture[(y + row) * width + x + column] }
    }
    let mean = patch.reduce(0, +) / Float(patch.count)
    let spread = patch.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard spread > 1e-4 * Float(patch.count) else { return nil }
    var best = (correlation: Float(-2), dx: 0, dy: 0, mean: Float(0))
    func look(_ dx: Int, _ dy: Int) {
        var (sum, squares, product) = (Float(0), Float(0), Float(0))
        for row in 0..<side {
            let from = (row + reach + dy) * wide + reach + dx
            for column in 0..<side {
                let value = seen[from + column]
                sum += value
                squares += value * value
                product += value * (patch[row * side + column] - mean)
            }
        }
        let count = Float(patch.count)
        let other = squares - sum * sum / count
        guard other > 1e-4 * count else { return }
        let correlation = product / (other * spread).squareRoot()
        if correlation > best.correlation { best = (correlation, dx, dy, sum / count) }
    }
    for dy in stride(from: -reach, through: reach, by: 2) {
        for dx in stride(from: -reach, through: reach, by: 2) { look(dx, dy) }
    }
    let (cx, cy) = (best.dx, best.dy)
    for dy in max(-reach, cy - 1)...min(reach, cy + 1) {
        for dx in max(-reach, cx - 1)...min(reach, cx + 1) { look(dx, dy) }
    }
    guard best.correlation > -2, best.mean > 1e-4, mean > 1e-4 else { return nil }
    return details(patch, seen, side: side, wide: wide, reach: reach, best, gain: mean / best.mean)
}

private func details(
    _ patch: [Float], _ seen: [Float], side: Int, wide: Int, reach: Int,
    _ best: (correlation: Float, dx: Int, dy: Int, mean: Float), gain: Float
) -> PatchFit {
    var (own, others, apart) = (Float(1e-6), Float(1e-6), Float(0))
    for row in 0..<(side - 1) {
        for column in 0..<(side - 1) {
            let at = row * side + column
            let there = (row + reach + best.dy) * wide + column + reach + best.dx
            let (px, py) = (patch[at + 1] - patch[at], patch[at + side] - patch[at])
            let (qx, qy) = (gain * (seen[there + 1] - seen[there]), gain * (seen[there + wide] - seen[there]))
            own += px * px + py * py
            others += qx * qx + qy * qy
            apart += abs(px - qx) + abs(py - qy)
        }
    }
    return PatchFit(
        correlation: best.correlation, gain: gain, sharpness: own / others,
        apart: apart / Float((side - 1) * (side - 1)), detail: detail(patch, seen, side, wide, reach, best, gain))
}

/// Mean square of a difference, of light 0...1, under which it may be noise: two and a half levels of 8 bits.
private let leastDetail: Float = 1e-4

/// Differences over three pixels: a place that is off by one changes them little, a doubled picture halves them.
private func detail(
    _ patch: [Float], _ seen: [Float], _ side: Int, _ wide: Int, _ reach: Int,
    _ best: (correlation: Float, dx: Int, dy: Int, mean: Float), _ gain: Float
) -> Float {
    let step = 3
    guard side > step else { return 1 }
    var (own, others, both) = (Float(0), Float(0), Float(0))
    for row in 0..<(side - step) {
        for column in 0..<(side - step) {
            let at = row * side + column
            let there = (row + reach + best.dy) * wide + column + reach + best.dx
            let (px, py) = (patch[at + step] - patch[at], patch[at + step * side] - patch[at])
            let (qx, qy) = (
                gain * (seen[there + step] - seen[there]), gain * (seen[there + step * wide] - seen[there])
            )
            own += px * px + py * py
            others += qx * qx + qy * qy
            both += px * qx + py * qy
        }
    }
    let count = Float(2 * (side - step) * (side - step))
    guard others > leastDetail * count else { return 1 }
    return min(1, both / max(others, (own * others).squareRoot()))
}

/// A square of the plane as another picture shows it; nil where that does not reach.
private func affinePatch(
    _ other: [Float], width: Int, height: Int, map: [Double], x: Int, y: Int, side: Int
) -> [Float]? {
    func place(_ column: Int, _ row: Int) -> (Double, Double) {
        let (px, py) = (Double(x + column), Double(y + row))
        return (map[0] * px + map[1] * py + map[2], map[3] * px + map[4] * py + map[5])
    }
    for corner in [(0, 0), (side - 1, 0), (0, side - 1), (side - 1, side - 1)] {
        let (u, v) = place(corner.0, corner.1)
        // NaN fails every comparison.
        guard u >= 0, v >= 0, u < Double(width - 1), v < Double(height - 1) else { return nil }
    }
    var seen = [Float](repeating: 0, count: side * side)
    for row in 0..<side {
        for column in 0..<side {
            let (u, v) = place(column, row)
            let (left, top) = (min(max(0, Int(u)), width - 2), min(max(0, Int(v)), height - 2))
            let (p, q) = (Float(u - Double(left)), Float(v - Double(top)))
            let at = top * width + left
            let upper = other[at] + (other[at + 1] - other[at]) * p
            let lower = other[at + width] + (other[at + width + 1] - other[at + width]) * p
            seen[row * side + column] = upper + (lower - upper) * q
        }
    }
    return seen
}

/// How many pairs (x, y of the picture, x, y of the other) an affine map brings together within a tolerance.
package func agreeing(_ pairs: [SIMD4<Double>], _ map: [Double], tolerance: Double) -> Int {
    precondition(map.count == 6)
    let (a, b, c, d, e, f) = (map[0], map[1], map[2], map[3], map[4], map[5])
    var count = 0
    for pair in pairs {
        let (u, v) = (a * pair.x + b * pair.y + c - pair.z, d * pair.x + e * pair.y + f - pair.w)
        if abs(u) < tolerance, abs(v) < tolerance { count += 1 }
    }
    return count
}

/// For each square of a picture, whether its light varies more than that, and nothing in it is empty.
package func texturedSquares(
    _ light: [Float], width: Int, height: Int, side: Int, deviation: Float, empty: [Bool]
) -> [Bool] {
    precondition(light.count == width * height && side > 0 && (empty.isEmpty || empty.count == light.count))
    let (columns, rows) = (width / side, height / side)
    var out = [Bool](repeating: false, count: columns * rows)
    for at in out.indices {
        var (sum, squares) = (Float(0), Float(0))
        var isFull = true
        for y in 0..<side {
            let from = (at / columns * side + y) * width + at % columns * side
            for x in 0..<side {
                if !empty.isEmpty, empty[from + x] { isFull = false }
                let value = light[from + x]
                sum += value
                squares += value * value
            }
        }
        let count = Float(side * side)
        out[at] = isFull && squares / count - (sum / count) * (sum / count) > deviation * deviation
    }
    return out
}
