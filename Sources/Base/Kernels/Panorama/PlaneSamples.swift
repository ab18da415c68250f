/// One channel of a picture, with weights where some of its pixels count less or not at all.
package struct WeightedPlane: Sendable {
    /// Width in pixels.
    package let width: Int
    /// Height in pixels.
    package let height: Int
    /// Values row by row.
    package let values: [Float]
    /// Weights row by row, 0 for pixels that are not there; nil when all count the same.
    package let weights: [Float]?

    /// A plane; weights have as many values or are nil.
    package init(width: Int, height: Int, values: [Float], weights: [Float]? = nil) {
        precondition(width > 0 && height > 0 && values.count == width * height)
        precondition(weights == nil || weights?.count == values.count)
        self.width = width
        self.height = height
        self.values = values
        self.weights = weights
    }
}

/// A plane seen through a map: values and slopes at the places of another plane's pixels.
package struct SampledPlane: Sendable {
    /// Values; 0 where the weight is 0.
    package var values: [Float]
    /// Slopes of the values to the right, in the sampled plane's own pixels; empty when they were not asked for.
    package var slopesX: [Float]
    /// Slopes downwards.
    package var slopesY: [Float]
    /// Weights: 0 outside the sampled plane and where it has none.
    package var weights: [Float]
}

/// Samples a plane at the places that a homography sends the pixels of a grid to.
///
/// Between pixels values are bilinear, or by Keys' cubic (a = -1/2), whose slopes are those of the very surface that the
/// values lie on. Nothing outside the plane is read: the cubic takes its outermost pixels again.
/// - Parameters:
///   - map: Nine numbers, row by row, from pixels of the grid to pixels of the plane.
///   - withSlopes: Whether slopes are wanted as well.
package func samplePlane(
    _ plane: WeightedPlane, map: [Double], width: Int, height: Int, cubic: Bool, withSlopes: Bool
) -> SampledPlane {
    precondition(map.count == 9 && width > 0 && height > 0)
    let count = width * height
    var out = SampledPlane(
        values: [Float](repeating: 0, count: count), slopesX: [], slopesY: [],
        weights: [Float](repeating: 0, count: count))
    if withSlopes {
        out.slopesX = out.values
        out.slopesY = out.values
    }
    let m = InlineMap(map)
    plane.values.withUnsafeBufferPointer { pixels in
        for row in 0..<height {
            for column in 0..<width {
                guard let place = m.place(Double(column), Double(row)), place.x >= 0, place.y >= 0,
                    place.x <= Double(plane.width - 1), place.y <= Double(plane.height - 1)
                else { continue }
                let weight = weightAt(plane, place.x, place.y, cubic)
                guard weight > 0 else { continue }
                let at = row * width + column
                out.weights[at] = weight
                let sample =
                    cubic
                    ? cubicSample(pixels, plane.width, plane.height, place.x, place.y)
                    : linearSample(pixels, plane.width, plane.height, place.x, place.y)
                out.values[at] = sample.value
                if withSlopes {
                    out.slopesX[at] = sample.x
                    out.slopesY[at] = sample.y
                }
            }
        }
    }
    return out
}

/// Bilinear samples of a plane at the places of a slanted grid, row by row; 0 outside the plane.
///
/// - Parameters:
///   - origin: Where the grid's first place lies, in pixels of the plane.
///   - across: From a place of the grid to the next in its row.
///   - down: From a place to the one below it.
///   - side: Places in a row, and rows.
package func sampleSlanted(
    _ plane: WeightedPlane, origin: SIMD2<Float>, across: SIMD2<Float>, down: SIMD2<Float>, side: Int
) -> [Float] {
    precondition(side > 0)
    guard plane.width > 1, plane.height > 1 else { return [Float](repeating: 0, count: side * side) }
    let (width, height) = (plane.width, plane.height)
    let last = SIMD2<Float>(Float(width - 1), Float(height - 1))
    return plane.values.withUnsafeBufferPointer { pixels in
        [Float](unsafeUninitializedCapacity: side * side) { out, used in
            for row in 0..<side {
                let start = origin + down * Float(row)
                for column in 0..<side {
                    let place = start + across * Float(column)
                    // NaN fails every comparison.
                    guard place.x >= 0, place.y >= 0, place.x <= last.x, place.y <= last.y else {
                        out[row * side + column] = 0
                        continue
                    }
                    let (x, y) = (min(Int(place.x), width - 2), min(Int(place.y), height - 2))
                    let (s, t) = (place.x - Float(x), place.y - Float(y))
                    let at = y * width + x
                    let upper = pixels[at] + (pixels[at + 1] - pixels[at]) * s
                    let lower = pixels[at + width] + (pixels[at + width + 1] - pixels[at + width]) * s
                    out[row * side + column] = upper + (lower - upper) * t
                }
            }
            used = side * side
        }
    }
}

/// A homography whose numbers stand side by side.
struct InlineMap {
    let m: InlineArray<9, Double>

    init(_ values: [Double]) { m = InlineArray { values[$0] } }

    @inline(__always)
    func depth(_ x: Double, _ y: Double) -> Double { m[6] * x + m[7] * y + m[8] }

    @inline(__always)
    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double)? {
        let w = depth(x, y)
        guard w > 1e-12 else { return nil }
        return ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w)
    }
}

/// The least weight of the pixels that a place takes its value from: what is not there spreads to all that need it.
@inline(__always)
private func weightAt(_ plane: WeightedPlane, _ x: Double, _ y: Double, _ cubic: Bool) -> Float {
    guard let weights = plane.weights else { return 1 }
    let (x0, y0) = (Int(x), Int(y))
    let before = cubic ? 1 : 0
    let after = cubic ? 2 : 1
    var least = Float.infinity
    for row in max(0, y0 - before)...min(plane.height - 1, y0 + (y > Double(y0) || cubic ? after : 0)) {
        for column in max(0, x0 - before)...min(plane.width - 1, x0 + (x > Double(x0) || cubic ? after : 0)) {
            least = min(least, weights[row * plane.width + column])
        }
    }
    return least
}

@inline(__always)
private func linearSample(
    _ pixels: UnsafeBufferPointer<Float>, _ width: Int, _ height: Int, _ x: Double, _ y: Double
) -> (value: Float, x: Float, y: Float) {
    let (x0, y0) = (min(Int(x), max(0, width - 2)), min(Int(y), max(0, height - 2)))
    let (x1, y1) = (min(x0 + 1, width - 1), min(y0 + 1, height - 1))
    let (s, t) = (Float(x - Double(x0)), Float(y - Double(y0)))
    let (a, b) = (pixels[y0 * width + x0], pixels[y0 * width + x1])
    let (c, d) = (pixels[y1 * width + x0], pixels[y1 * width + x1])
    let (top, bottom) = (a + s * (b - a), c + s * (d - c))
    return (top + t * (bottom - top), (b - a) + t * ((d - c) - (b - a)), bottom - top)
}

/// Keys' weights for a fraction (a = -1/2), and their slopes.
@inline(__always)
private func cubicWeights(_ t: Float) -> (SIMD4<Float>, SIMD4<Float>) {
    (
        SIMD4(
            ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1, ((-1.5 * t + 2) * t + 0.5) * t,
            (0.5 * t - 0.5) * t * t),
        SIMD4((-1.5 * t + 2) * t - 0.5, (4.5 * t - 5) * t, (-4.5 * t + 4) * t + 0.5, (1.5 * t - 1) * t)
    )
}

@inline(__always)
private func cubicSample(
    _ pixels: UnsafeBufferPointer<Float>, _ width: Int, _ height: Int, _ x: Double, _ y: Double
) -> (value: Float, x: Float, y: Float) {
    let (x0, y0) = (Int(x), Int(y))
    let (wx, dx) = cubicWeights(Float(x - Double(x0)))
    let (wy, dy) = cubicWeights(Float(y - Double(y0)))
    let (a, b) = (max(0, x0 - 1), x0)
    let (c, d) = (min(width - 1, x0 + 1), min(width - 1, x0 + 2))
    var (value, slopeX, slopeY): (Float, Float, Float) = (0, 0, 0)
    for row in 0..<4 {
        let line = min(max(y0 + row - 1, 0), height - 1) * width
        let p = SIMD4(pixels[line + a], pixels[line + b], pixels[line + c], pixels[line + d])
        let across = (p * wx).sum()
        value += wy[row] * across
        slopeX += wy[row] * (p * dx).sum()
        slopeY += dy[row] * across
    }
    return (value, slopeX, slopeY)
}

/// One value by Keys' cubic, for a place at least a pixel inside the plane.
@inline(__always)
func cubicValue(_ plane: WeightedPlane, _ x: Double, _ y: Double) -> Float {
    let (x0, y0) = (Int(x), Int(y))
    let wx = cubicWeights(Float(x - Double(x0))).0
    let wy = cubicWeights(Float(y - Double(y0))).0
    var value: Float = 0
    for row in 0..<4 {
        let line = min(max(y0 + row - 1, 0), plane.height - 1) * plane.width
        let p = SIMD4(
            plane.values[line + max(0, x0 - 1)], plane.values[line + x0],
            plane.values[line + min(plane.width - 1, x0 + 1)], plane.values[line + min(plane.width - 1, x0 + 2)])
        value += wy[row] * (p * wx).sum()
    }
    return value
}
