internal import CKernels

/// Sums of weighted bands of photos on one tile: a Laplacian pyramid with holes (Burt and Adelson 1983).
///
/// Pixels are four floats, colour times weight and weight, so that nothing outside a photo reaches into any level.
package struct BandPyramid: Sendable {
    /// Width of the finest level.
    package let width: Int
    /// Height of the finest level.
    package let height: Int
    private let wraps: Bool
    private let variant: KernelVariant
    private var sums: [[Float]]

    /// An empty pyramid of `levels` levels (1 = no bands). A wrapped width must be a multiple of 2^(levels - 1).
    package init(width: Int, height: Int, levels: Int, wraps: Bool, variant: KernelVariant = .best) {
        precondition(width > 0 && height > 0 && levels > 0 && levels < 16)
        precondition(!wraps || width % (1 << (levels - 1)) == 0)
        self.width = width
        self.height = height
        self.wraps = wraps
        self.variant = variant
        sums = Self.sizes(width, height, levels).map { [Float](repeating: 0, count: $0.0 * $0.1 * 4) }
    }

    private static func sizes(_ width: Int, _ height: Int, _ levels: Int) -> [(Int, Int)] {
        var out = [(width, height)]
        while out.count < levels, let last = out.last { out.append(((last.0 + 1) / 2, (last.1 + 1) / 2)) }
        return out
    }

    /// Adds a photo that was warped onto a part of the tile.
    ///
    /// - Parameters:
    ///   - pixels: Premultiplied pixels of the part, four floats each; reused as room.
    ///   - weights: Its share of each pixel, 0 or 1.
    ///   - column: Left column of the part, a multiple of 2^(levels - 1).
    ///   - row: Upper row of the part, a multiple of 2^(levels - 1).
    ///   - wraps: Whether the part is as wide as a closed canvas.
    package mutating func add(
        _ pixels: [Float], weights: [Float], column: Int, row: Int, width: Int, height: Int, wraps: Bool
    ) {
        precondition(pixels.count == width * height * 4 && weights.count == width * height)
        precondition(column >= 0 && row >= 0 && column + width <= self.width && row + height <= self.height)
        let step = 1 << (sums.count - 1)
        precondition(column % step == 0 && row % step == 0 && (!wraps || width == self.width))
        var (level, weight) = (pixels, weights)
        var (w, h, x, y) = (width, height, column, row)
        var full = self.width
        for index in sums.indices {
            let small = ((w + 1) / 2, (h + 1) / 2)
            let isLast = index == sums.count - 1
            var next: [Float] = []
            if !isLast {
                next = [Float](repeating: 0, count: small.0 * small.1 * 4)
                vk_reduce4(level, w, h, wraps ? 1 : 0, &next, variant.code)
            }
            addBand(level, isLast ? nil : next, weight, w, h, wraps, x: x, y: y, full: full, index: index)
            if isLast { return }
            var lighter = [Float](repeating: 0, count: small.0 * small.1)
            vk_reduce1(weight, w, h, wraps ? 1 : 0, &lighter, variant.code)
            (level, weight) = (next, lighter)
            (w, h) = small
            (x, y) = (x / 2, y / 2)
            full = (full + 1) / 2
        }
    }

    private mutating func addBand(
        _ level: [Float], _ next: [Float]?, _ weight: [Float], _ w: Int, _ h: Int, _ wraps: Bool, x: Int, y: Int,
        full: Int, index: Int
    ) {
        precondition(x + w <= full && ((y + h - 1) * full + x + w) * 4 <= sums[index].count)
        sums[index].withUnsafeMutableBufferPointer { sums in
            guard let start = sums.baseAddress else { return }
            let corner = start + (y * full + x) * 4
            if let next {
                vk_add_band(level, next, weight, w, h, wraps ? 1 : 0, corner, full, variant.code)
            } else {
                vk_add_band(level, nil, weight, w, h, wraps ? 1 : 0, corner, full, variant.code)
            }
        }
    }

    /// The blended tile: three bytes a pixel, and 255 in the mask where any photo had a share.
    ///
    /// - Parameter factors: By which each pixel's colours are multiplied before they become bytes; empty for none.
    package consuming func settled(factors: [Float] = []) -> (rgb: [UInt8], mask: [UInt8]) {
        let (width, height) = (width, height)
        return Self.bytes(collapsed(), width * height, factors)
    }

    /// The same, with the levels as they are before they become bytes: three a pixel, 0 is black, 255 white, more is
    /// brighter than white.
    package consuming func settledDeep(
        factors: [Float] = []
    ) -> (rgb: [UInt8], mask: [UInt8], levels: [Float]) {
        let (width, height) = (width, height)
        let image = collapsed()
        let settled = Self.bytes(image, width * height, factors)
        let levels = [Float](unsafeUninitializedCapacity: width * height * 3) { out, used in
            for at in 0..<(width * height) {
                let factor = factors.isEmpty ? 1 : factors[at]
                for c in 0..<3 { out[at * 3 + c] = max(0, image[at * 4 + c] * factor) }
            }
            used = width * height * 3
        }
        return (settled.rgb, settled.mask, levels)
    }

    private static func bytes(
        _ image: [Float], _ count: Int, _ factors: [Float]
    ) -> (rgb: [UInt8], mask: [UInt8]) {
        precondition(image.count >= count * 4 && (factors.isEmpty || factors.count == count))
        var rgb = [UInt8](repeating: 0, count: count * 3)
        var mask = [UInt8](repeating: 0, count: count)
        if factors.isEmpty {
            vk_settle_pixels(image, nil, count, &rgb, &mask)
        } else {
            vk_settle_pixels(image, factors, count, &rgb, &mask)
        }
        return (rgb, mask)
    }

    private consuming func collapsed() -> [Float] {
        let sizes = Self.sizes(width, height, sums.count)
        var image: [Float]?
        for index in sums.indices.reversed() {
            let (w, h) = sizes[index]
            var level = [Float](repeating: 0, count: w * h * 4)
            if let next = image {
                vk_collapse_band(sums[index], next, w, h, wraps ? 1 : 0, &level, variant.code)
            } else {
                vk_collapse_band(sums[index], nil, w, h, wraps ? 1 : 0, &level, variant.code)
            }
            sums[index] = []
            image = level
        }
        return image ?? []
    }
}

/// Pixels of a photo at the given places as premultiplied floats: samples times gain, over a falling-off of light.
///
/// - Parameters:
///   - row: Warped samples, one or three a place.
///   - falloff: v1, v2 of 1 + v1 r² + v2 r⁴, r = 1 in the corners.
package func liftPixels(
    _ row: Span<UInt8>, samples: Int, x: [Float], y: [Float], count: Int, width: Int, height: Int, gains: [Float],
    falloff: (Float, Float), into out: inout [Float], at place: Int
) {
    precondition(samples == 1 || samples == 3)
    precondition(row.count >= count * samples && x.count >= count && y.count >= count && gains.count == 3)
    precondition(place >= 0 && (place + count) * 4 <= out.count)
    out.withUnsafeMutableBufferPointer { out in
        guard let start = out.baseAddress else { return }
        row.withUnsafeBufferPointer { row in
            vk_lift_pixels(
                row.baseAddress, Int32(samples), x, y, count, Float(width), Float(height), gains, falloff.0, falloff.1,
                start + place * 4)
        }
    }
}
