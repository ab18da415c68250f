internal import CKernels

/// How values between pixels are made.
package enum WarpSampling: Sendable {
    /// From 2 x 2 pixels.
    case bilinear
    /// From 4 x 4 pixels by Keys' cubic (a = -1/2).
    case bicubic
}

/// Catmull-Rom weights for 256 places between two pixels, four each, in 1/16,384.
private let cubicWeights: [Int16] = (0..<256).flatMap { step -> [Int16] in
    let t = Float(step) / 256
    return integerWeights([
        ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1, ((-1.5 * t + 2) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    ])
}

/// Samples an 8-bit picture at the given places; pixel centres stand at whole numbers.
///
/// - Parameters:
///   - x: Columns, one for each pixel of the result; places are rounded to 1/256 of a pixel.
///   - y: Rows, as many.
///   - mask: Gets 255 for places inside the picture and 0 for others; nil where nobody asks.
package func warp(
    _ source: Span<UInt8>, _ from: Raster, x: Span<Float>, y: Span<Float>, into target: inout MutableSpan<UInt8>,
    mask: UnsafeMutablePointer<UInt8>?, border: BorderRule, fill: [UInt8], sampling: WarpSampling,
    variant: KernelVariant = .best
) {
    let count = x.count
    precondition(y.count == count && source.count >= from.span && target.count >= count * from.samples)
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            var view = vk_source_u8()
            view.pixels = source.baseAddress
            view.width = Int32(from.width)
            view.height = Int32(from.height)
            view.stride = from.stride
            view.samples = Int32(from.samples)
            view.border = border.rawValue
            view.fill = (
                fill[0], fill[fill.count > 1 ? 1 : 0], fill[fill.count > 2 ? 2 : 0], fill.count > 3 ? fill[3] : 0
            )
            x.withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                    switch sampling {
                    case .bilinear:
                        vk_warp_bilinear_u8(
                            &view, x.baseAddress, y.baseAddress, target.baseAddress, mask, count, variant.code)
                    case .bicubic:
                        vk_warp_bicubic_u8(
                            &view, cubicWeights, x.baseAddress, y.baseAddress, target.baseAddress, mask, count)
                    }
                }
            }
        }
    }
}

/// Samples a float picture at the given places; pixel centres stand at whole numbers.
package func warp(
    _ source: Span<Float>, _ from: Raster, x: Span<Float>, y: Span<Float>, into target: inout MutableSpan<Float>,
    mask: UnsafeMutablePointer<UInt8>?, border: BorderRule, fill: Float, sampling: WarpSampling
) {
    let count = x.count
    precondition(y.count == count && source.count >= from.span && target.count >= count * from.samples)
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            var view = vk_source_f32()
            view.pixels = source.baseAddress
            view.width = Int32(from.width)
            view.height = Int32(from.height)
            view.stride = from.stride
            view.samples = Int32(from.samples)
            view.border = border.rawValue
            view.fill = (fill, fill, fill, fill)
            x.withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                    switch sampling {
                    case .bilinear:
                        vk_warp_bilinear_f32(&view, x.baseAddress, y.baseAddress, target.baseAddress, mask, count)
                    case .bicubic:
                        vk_warp_bicubic_f32(&view, x.baseAddress, y.baseAddress, target.baseAddress, mask, count)
                    }
                }
            }
        }
    }
}
