import Foundation

/// Light of a stack of packed colours: exp(Σ w (g(Z) - ln Δt) / Σ w), w a hat. Where all pictures are clipped, the shortest
/// tells of white and the longest of black.
package func mergedRadiance(
    _ stack: [[UInt8]], curves: [[Double]], logTimes: [Double], shortest: Int, longest: Int
) -> [Float] {
    precondition(curves.count == 3 && curves.allSatisfy { $0.count == 256 } && stack.count == logTimes.count)
    precondition(stack.indices.contains(shortest) && stack.indices.contains(longest))
    let count = stack[0].count
    precondition(stack.allSatisfy { $0.count == count })
    var out = [Float](repeating: 0, count: count)
    for at in 0..<count {
        let curve = at % 3
        var (sum, weights) = (0.0, 0.0)
        for (index, picture) in stack.enumerated() {
            let byte = picture[at]
            let weight = Double(min(byte, 255 - byte))
            sum += weight * (curves[curve][Int(byte)] - logTimes[index])
            weights += weight
        }
        if weights > 0 {
            out[at] = Float(exp(sum / weights))
        } else {
            let from = stack[shortest][at] > 127 ? shortest : longest
            out[at] = Float(exp(curves[curve][Int(stack[from][at])] - logTimes[from]))
        }
    }
    return out
}

/// Bytes in sRGB of colours whose luminances become `mapped` (0 black, 1 white).
package func tonedBytes(_ light: [Float], luminance: [Float], mapped: [Float], saturation: Float) -> [UInt8] {
    precondition(light.count == luminance.count * 3 && mapped.count == luminance.count)
    return light.indices.map { at in
        let whole = luminance[at / 3]
        guard whole > 0, mapped[at / 3].isFinite else { return 0 }
        let share = saturation == 1 ? light[at] / whole : pow(light[at] / whole, saturation)
        let linear = min(max(mapped[at / 3] * share, 0), 1)
        let stored = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055
        return UInt8(stored * 255 + 0.5)
    }
}

/// Logarithms of luminance with large gradients weakened (Fattal, Lischinski and Werman 2002, sections 3 and 4).
package func attenuatedLogs(_ logs: [Float], width: Int, height: Int, alpha: Float, beta: Float) -> [Float] {
    precondition(width > 0 && height > 0 && logs.count == width * height)
    let factors = attenuation(logs, width, height, 0, alpha, beta)
    var grid = PoissonGrid(width: width, height: height, wraps: false)
    var (across, down) = (logs.map { _ in Float(0) }, logs.map { _ in Float(0) })
    for y in 0..<height {
        for x in 0..<width {
            let at = y * width + x
            grid.screen[at] = 1e-6
            if x + 1 < width {
                grid.right[at] = 1
                across[at] = (logs[at + 1] - logs[at]) * (factors[at] + factors[at + 1]) / 2
            }
            if y + 1 < height {
                grid.down[at] = 1
                down[at] = (logs[at + width] - logs[at]) * (factors[at] + factors[at + width]) / 2
            }
        }
    }
    return grid.solved(grid.divergence(across: across, down: down), tolerance: 1e-4)
}

/// Φ of a level: its own factor times the coarser level's, interpolated.
private func attenuation(
    _ logs: [Float], _ width: Int, _ height: Int, _ level: Int, _ alpha: Float, _ beta: Float
) -> [Float] {
    var lengths = [Float](repeating: 0, count: logs.count)
    let scale = 1 / Float(2 << level)
    for y in 0..<height {
        for x in 0..<width {
            let dx = logs[y * width + min(width - 1, x + 1)] - logs[y * width + max(0, x - 1)]
            let dy = logs[min(height - 1, y + 1) * width + x] - logs[max(0, y - 1) * width + x]
            lengths[y * width + x] = (dx * dx + dy * dy).squareRoot() * scale
        }
    }
    let a = alpha * max(lengths.reduce(0, +) / Float(lengths.count), 1e-6)
    var factors = lengths.map { $0 > 1e-6 ? pow(max($0, 1e-4) / a, beta - 1) : 1 }
    guard min(width, height) >= 64 else { return factors }
    let (w, h) = (width / 2, height / 2)
    var half = [Float](repeating: 0, count: w * h)
    for y in 0..<h {
        for x in 0..<w {
            let at = 2 * y * width + 2 * x
            half[y * w + x] = (logs[at] + logs[at + 1] + logs[at + width] + logs[at + width + 1]) / 4
        }
    }
    let coarse = attenuation(half, w, h, level + 1, alpha, beta)
    for y in 0..<height {
        for x in 0..<width {
            let (u, v) = (max(0, (Float(x) - 0.5) / 2), max(0, (Float(y) - 0.5) / 2))
            let (left, top) = (min(Int(u), w - 1), min(Int(v), h - 1))
            let (right, below) = (min(left + 1, w - 1), min(top + 1, h - 1))
            let (p, q) = (min(1, u - Float(left)), min(1, v - Float(top)))
            let upper = coarse[top * w + left] * (1 - p) + coarse[top * w + right] * p
            let lower = coarse[below * w + left] * (1 - p) + coarse[below * w + right] * p
            factors[y * width + x] *= upper * (1 - q) + lower * q
        }
    }
    return factors
}
