internal import CKernels
import Foundation

/// A point of a scale space, in pixels of its octave.
package struct ScalePoint: Sendable, Hashable {
    /// Column; pixel centres stand at whole numbers.
    package var x: Float
    /// Row.
    package var y: Float
    /// Number of the difference it was found in, with its fraction.
    package var layer: Float
    /// Absolute contrast.
    package var response: Float

    /// A point of the given values.
    package init(x: Float, y: Float, layer: Float, response: Float) {
        self.x = x
        self.y = y
        self.layer = layer
        self.response = response
    }
}

/// The difference of two pictures of one size.
package func subtract(_ a: Span<Float>, _ b: Span<Float>, variant: KernelVariant = .best) -> [Float] {
    precondition(a.count == b.count)
    return [Float](unsafeUninitializedCapacity: a.count) { out, count in
        count = a.count
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                vk_subtract_f32(a.baseAddress, b.baseAddress, out.baseAddress, count, variant.code)
            }
        }
    }
}

/// Extrema over place and scale in differences of Gaussians of one octave (Lowe 2004, sections 3 to 4.1).
///
/// - Parameters:
///   - differences: At least three packed pictures of one size, finest first.
///   - contrast: Least absolute value at the refined place.
///   - edgeRatio: Greatest ratio of the two curvatures.
///   - limit: No more points than this.
package func scalePoints(
    _ differences: [[Float]], width: Int, height: Int, contrast: Float, edgeRatio: Float, limit: Int
) -> [ScalePoint] {
    precondition(differences.count >= 3 && width > 0 && height > 0 && limit >= 0)
    precondition(differences.allSatisfy { $0.count == width * height })
    // Several arrays are lent at once: nested calls, one a difference.
    func lend(_ planes: [UnsafePointer<Float>?]) -> [ScalePoint] {
        guard planes.count < differences.count else {
            var found = [vk_scale_point](repeating: vk_scale_point(), count: limit)
            let count = vk_scale_points(
                planes, Int32(planes.count), width, height, contrast, edgeRatio, &found, limit)
            return found[..<count].map { ScalePoint(x: $0.x, y: $0.y, layer: $0.layer, response: $0.response) }
        }
        return differences[planes.count].withUnsafeBufferPointer { lend(planes + [$0.baseAddress]) }
    }
    return lend([])
}

/// Lengths and directions of the gradients of a picture, from which directions and codes of points are made.
package struct GradientField: Sendable {
    private let width: Int
    private let height: Int
    private let length: [Float]
    private let turns: [Float]
    private let variant: KernelVariant

    /// The central differences of a packed picture.
    package init(_ image: Span<Float>, width: Int, height: Int, variant: KernelVariant = .best) {
        precondition(width > 0 && height > 0 && image.count >= width * height)
        var length = [Float](repeating: 0, count: width * height)
        var turns = [Float](repeating: 0, count: width * height)
        image.withUnsafeBufferPointer { image in
            vk_gradient_polar(image.baseAddress, width, height, &length, &turns, variant.code)
        }
        self.width = width
        self.height = height
        self.length = length
        self.turns = turns
        self.variant = variant
    }

    /// Directions of a point in turns, at most four: the peaks of at least 80 % in a histogram of 36 bins.
    package func dominantTurns(x: Float, y: Float, sigma: Float) -> [Float] {
        guard isNear(x, y, sigma) else { return [] }
        var out: [Float] = [0, 0, 0, 0]
        let count = vk_dominant_turns(length, turns, width, height, x, y, sigma, &out)
        return Array(out[..<Int(count)])
    }

    /// The direction of the mean gradient around a point in turns: the cheap form of a dominant direction; nil when none.
    ///
    /// Gradients count by a Gaussian of 1.5 sigma, as in the histogram.
    package func meanTurn(x: Float, y: Float, sigma: Float) -> Float? {
        guard isNear(x, y, sigma) else { return nil }
        let radius = 4.5 * sigma
        let (left, right) = (max(1, Int((x - radius).rounded(.up))), min(width - 2, Int((x + radius).rounded(.down))))
        let (top, bottom) = (max(1, Int((y - radius).rounded(.up))), min(height - 2, Int((y + radius).rounded(.down))))
        guard left <= right, top <= bottom else { return nil }
        var (sumX, sumY): (Float, Float) = (0, 0)
        for row in top...bottom {
            for column in left...right {
                let (dx, dy) = (Float(column) - x, Float(row) - y)
                let square = dx * dx + dy * dy
                guard square <= radius * radius else { continue }
                let at = row * width + column
                let weight = length[at] * exp(-square / (4.5 * sigma * sigma))
                sumX += weight * cos(turns[at] * 2 * .pi)
                sumY += weight * sin(turns[at] * 2 * .pi)
            }
        }
        guard sumX * sumX + sumY * sumY > 1e-12 else { return nil }
        let turn = atan2(sumY, sumX) / (2 * .pi)
        return turn < 0 ? turn + 1 : turn
    }

    /// Puts a point's code of 128 values into `codes` from `place` on; returns its squared length.
    package func code(x: Float, y: Float, sigma: Float, turn: Float, into codes: inout [UInt8], at place: Int) -> Int32
    {
        precondition(place >= 0 && place + 128 <= codes.count)
        guard isNear(x, y, sigma) else { return 0 }
        return codes.withUnsafeMutableBufferPointer { codes in
            guard let start = codes.baseAddress else { return 0 }
            var norm: Int32 = 0
            vk_gradient_code(
                length, turns, width, height, x, y, sigma, turn, start + place, &norm, variant.code)
            return norm
        }
    }

    /// A point's 128 values before they are rounded to a code: squared length 1, or all 0.
    package func roots(x: Float, y: Float, sigma: Float, turn: Float) -> [Float] {
        var out = [Float](repeating: 0, count: 128)
        guard isNear(x, y, sigma) else { return out }
        vk_gradient_roots(length, turns, width, height, x, y, sigma, turn, &out)
        return out
    }

    /// Whether a place is so near the picture that pixel numbers stay small.
    private func isNear(_ x: Float, _ y: Float, _ sigma: Float) -> Bool {
        abs(x) < 1e6 && abs(y) < 1e6 && sigma > 0 && sigma < 1e4
    }
}

/// The squared distance of each point to the nearest one that is stronger by 1 / `margin`; points by falling strength.
package func suppressionRadii(
    x: [Float], y: [Float], strength: [Float], margin: Float, variant: KernelVariant = .best
) -> [Float] {
    precondition(x.count == y.count && x.count == strength.count)
    var radii = [Float](repeating: 0, count: x.count)
    vk_suppression_radii(x, y, strength, x.count, margin, &radii, variant.code)
    return radii
}
