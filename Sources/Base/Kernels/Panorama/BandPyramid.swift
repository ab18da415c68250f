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
                next = Self.filled(small.0 * small.1 * 4) { vk_reduce4(level, w, h, wraps ? 1 : 0, $0, variant.code) }
            }
            addBand(level, isLast ? nil : next, weight, w, h, wraps, x: x, y: y, full: full, index: index)
            if isLast { return }
            let lighter = Self.filled(small.0 * small.1) { vk_reduce1(weight, w, h, wraps ? 1 : 0, $0, variant.code) }
            (level, weight) = (next, lighter)
            (w, h) = small
            (x, y) = (x / 2, y / 2)
            full = (full + 1) / 2
        }
    }

    /// An array of which a kernel writes every number.
    private static func filled(_ count: Int, _ write: (UnsafeMutablePointer<Float>?) -> Void) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { room, used in
            write(room.baseAddress)
            used = count
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
        var rgb = [UInt8](repeating: 0, count: count * 3)
        var mask = [UInt8](repeating: 0, count: count)
        settlePixels(image, factors: factors, count: count, rgb: &rgb, mask: &mask, at: 0)
        return (rgb, mask)
    }

    private consuming func collapsed() -> [Float] {
        let sizes = Self.sizes(width, height, sums.count)
        var image: [Float]?
        for index in sums.indices.reversed() {
            let (w, h) = sizes[index]
            let level = Self.filled(w * h * 4) { level in
                if let next = image {
                    vk_collapse_band(sums[index], next, w, h, wraps ? 1 : 0, level, variant.code)
                } else {
                    vk_collapse_band(sums[index], nil, w, h, wraps ? 1 : 0, level, variant.code)
                }
            }
            sums[index] = []
            image = level
        }
        return image ?? []
    }
}

/// Turns colours times weight into bytes.
///
/// - Parameters:
///   - pixels: Four floats a pixel, weights 0 or 1.
///   - factors: By which each pixel's colours are multiplied first; empty for none.
///   - rgb: Gets three bytes a pixel from pixel `place` on.
///   - mask: Gets 255 where a pixel has a weight.
package func settlePixels(
    _ pixels: [Float], factors: [Float], count: Int, rgb: inout [UInt8], mask: inout [UInt8], at place: Int
) {
    precondition(count >= 0 && place >= 0 && pixels.count >= count * 4)
    precondition(factors.isEmpty || factors.count >= count)
    precondition(rgb.count >= (place + count) * 3 && mask.count >= place + count)
    rgb.withUnsafeMutableBufferPointer { rgb in
        mask.withUnsafeMutableBufferPointer { mask in
            guard let colours = rgb.baseAddress, let covered = mask.baseAddress else { return }
            if factors.isEmpty {
                vk_settle_pixels(pixels, nil, count, colours + place * 3, covered + place)
            } else {
                vk_settle_pixels(pixels, factors, count, colours + place * 3, covered + place)
            }
        }
    }
}
