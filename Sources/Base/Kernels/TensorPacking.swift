internal import CKernels

/// Three planes of floats (CHW) out of 8-bit pixels: each sample times its channel's scale plus its channel's offset.
///
/// A grey picture fills all three planes. For ImageNet's mean and deviation the scale is 1 / (255 deviation) and the
/// offset -mean / deviation. Writes `3 * width * height` values.
package func packTensor(
    _ source: Span<UInt8>, _ from: Raster, into target: inout MutableSpan<Float>, scale: [Float], offset: [Float],
    variant: KernelVariant = .best
) {
    let plane = from.width * from.height
    precondition(scale.count == 3 && offset.count == 3 && from.samples != 2)
    precondition(source.count >= from.span && target.count >= 3 * plane)
    let code = variant.code
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            guard let rows = source.baseAddress, let out = target.baseAddress else { return }
            for y in 0..<from.height {
                vk_pack_planes(
                    rows + y * from.stride, out + y * from.width, from.width, Int32(from.samples), plane, scale, offset,
                    code)
            }
        }
    }
}
