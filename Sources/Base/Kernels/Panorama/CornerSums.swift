import Foundation

/// det / trace of the matrix of gradients around each pixel (Harris and Stephens 1988, in the form without a constant).
///
/// - Parameters:
///   - x: Σ w gx² by pixel, already blurred over the window.
///   - y: Σ w gy².
///   - mixed: Σ w gx gy.
package func cornerStrengths(x: [Float], y: [Float], mixed: [Float]) -> [Float] {
    precondition(x.count == y.count && x.count == mixed.count)
    return x.indices.map { at in
        let trace = x[at] + y[at]
        return trace > 1e-12 ? (x[at] * y[at] - mixed[at] * mixed[at]) / trace : 0
    }
}

/// The products of two pictures, value by value.
package func products(_ a: [Float], _ b: [Float]) -> [Float] {
    precondition(a.count == b.count)
    return a.indices.map { a[$0] * b[$0] }
}

/// Places whose value is over those of their eight neighbours and a threshold, refined by a quadratic.
package func peaks(
    _ values: [Float], width: Int, height: Int, least: Float, margin: Int
) -> [(x: Float, y: Float, value: Float)] {
    precondition(values.count == width * height && margin >= 1)
    var out: [(x: Float, y: Float, value: Float)] = []
    guard width > 2 * margin, height > 2 * margin else { return out }
    for row in margin..<(height - margin) {
        for column in margin..<(width - margin) {
            let at = row * width + column
            let here = values[at]
            guard here > least else { continue }
            var isTop = true
            for other in [at - width - 1, at - width, at - width + 1, at - 1] where values[other] >= here {
                isTop = false
            }
            for other in [at + 1, at + width - 1, at + width, at + width + 1] where values[other] > here {
                isTop = false
            }
            guard isTop else { continue }
            let gx = (values[at + 1] - values[at - 1]) / 2
            let gy = (values[at + width] - values[at - width]) / 2
            let xx = values[at + 1] + values[at - 1] - 2 * here
            let yy = values[at + width] + values[at - width] - 2 * here
            let xy =
                (values[at + width + 1] - values[at + width - 1] - values[at - width + 1] + values[at - width - 1]) / 4
            let determinant = xx * yy - xy * xy
            var (x, y): (Float, Float) = (0, 0)
            if determinant > 0 {
                x = min(0.5, max(-0.5, (xy * gy - yy * gx) / determinant))
                y = min(0.5, max(-0.5, (xy * gx - xx * gy) / determinant))
            }
            out.append((Float(column) + x, Float(row) + y, here))
        }
    }
    return out
}

/// Σ w ∇∇ᵀ of a packed picture under a Gaussian about its middle: xx, xy, yy.
package func secondMoments(_ values: [Float], width: Int, height: Int, sigma: Float) -> (Float, Float, Float) {
    precondition(values.count == width * height)
    var (xx, xy, yy): (Float, Float, Float) = (0, 0, 0)
    guard width > 2, height > 2 else { return (0, 0, 0) }
    let (cx, cy) = (Float(width - 1) / 2, Float(height - 1) / 2)
    func falling(_ off: Float) -> Float { exp(-off * off / (2 * sigma * sigma)) }
    let across = (0..<width).map { falling(Float($0) - cx) }
    for row in 1..<(height - 1) {
        let down = falling(Float(row) - cy)
        for column in 1..<(width - 1) {
            let at = row * width + column
            let w = down * across[column]
            let gx = values[at + 1] - values[at - 1]
            let gy = values[at + width] - values[at - width]
            xx += w * gx * gx
            xy += w * gx * gy
            yy += w * gy * gy
        }
    }
    return (xx, xy, yy)
}

/// A patch of 8 x 8 samples around a point, turned and of mean 0 and size 1 (Brown, Szeliski and Winder 2005), as a code:
/// 64 + 20 v in the first 64 values, so that squared distances of codes are those of patches times 400.
///
/// - Returns: The code's squared length, or nil when the patch is flat or leaves the picture.
package func patchCode(
    _ plane: WeightedPlane, x: Float, y: Float, spacing: Float, turn: Float, into codes: inout [UInt8], at place: Int
) -> Int32? {
    precondition(place >= 0 && place + 128 <= codes.count)
    let (c, s) = (cos(turn * 2 * .pi) * spacing, sin(turn * 2 * .pi) * spacing)
    var values = InlineArray<64, Float>(repeating: 0)
    var (sum, square): (Float, Float) = (0, 0)
    for row in 0..<8 {
        for column in 0..<8 {
            let (u, v) = (Float(column) - 3.5, Float(row) - 3.5)
            let (px, py) = (Double(x + c * u - s * v), Double(y + s * u + c * v))
            guard px >= 1, py >= 1, px < Double(plane.width - 2), py < Double(plane.height - 2) else { return nil }
            let value = cubicValue(plane, px, py)
            values[row * 8 + column] = value
            sum += value
            square += value * value
        }
    }
    let mean = sum / 64
    let spread = square / 64 - mean * mean
    guard spread > 1e-6 else { return nil }
    let scale = 20 / spread.squareRoot()
    var norm: Int32 = 0
    for at in 0..<64 {
        let code = UInt8(min(127, max(0, (64 + (values[at] - mean) * scale).rounded())))
        codes[place + at] = code
        norm += Int32(code) * Int32(code)
    }
    for at in 64..<128 { codes[place + at] = 0 }
    return norm
}
