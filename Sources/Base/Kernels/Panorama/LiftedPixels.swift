internal import CKernels

/// What is done to the light of a photo: gains of its channels over a falling-off towards its corners.
package struct PhotoLight: Sendable {
    /// Three gains.
    package var gains: [Float]
    /// v1, v2 of 1 + v1 r² + v2 r⁴, r = 1 in the corners.
    package var falloff: (Float, Float)

    /// A light; three gains.
    package init(gains: [Float], falloff: (Float, Float)) {
        precondition(gains.count == 3)
        self.gains = gains
        self.falloff = falloff
    }
}

/// What a photo shows at places between its pixels, in its tone: colours and the weight 1, or zeros where it shows nothing.
///
/// Sampling is bilinear, with shares of 1/256 and rounded to bytes, as `Image.warped` does it.
/// - Parameters:
///   - pixels: Rows of `samples` (1 or 3) bytes a pixel, `stride` bytes from row to row.
///   - x: Columns of the places, `count` of them; what is no number is nowhere.
///   - y: Their rows.
///   - out: Gets four floats a place from place `place` on.
package func liftPixels(
    _ pixels: Span<UInt8>, samples: Int, width: Int, height: Int, stride: Int, light: PhotoLight, x: [Float],
    y: [Float], count: Int, into out: inout [Float], at place: Int, variant: KernelVariant = .best
) {
    precondition(samples == 1 || samples == 3)
    precondition(width > 0 && height > 0 && stride >= width * samples)
    precondition(pixels.count >= stride * (height - 1) + width * samples)
    precondition(count >= 0 && x.count >= count && y.count >= count)
    precondition(place >= 0 && (place + count) * 4 <= out.count)
    out.withUnsafeMutableBufferPointer { out in
        guard let start = out.baseAddress else { return }
        pixels.withUnsafeBufferPointer { pixels in
            var photo = vk_photo(
                pixels: pixels.baseAddress, width: Int32(width), height: Int32(height), stride: Int32(stride),
                samples: Int32(samples), gains: (light.gains[0], light.gains[1], light.gains[2]), v1: light.falloff.0,
                v2: light.falloff.1)
            vk_lift_pixels(&photo, x, y, count, start + place * 4, variant.code)
        }
    }
}
