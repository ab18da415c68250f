internal import CKernels

/// How often each value 0...255 stands in the pixels of a one-sample picture.
package func histogram(_ source: Span<UInt8>, _ from: Raster) -> [Int] {
    precondition(from.samples == 1 && source.count >= from.span)
    var bins = [UInt32](repeating: 0, count: 256)
    source.withUnsafeBufferPointer { source in
        guard let rows = source.baseAddress else { return }
        for y in 0..<from.height { vk_histogram_u8(rows + y * from.stride, from.width, &bins) }
    }
    return bins.map(Int.init)
}

/// Sums over all rectangles that begin in the upper left corner (Crow 1984): `(width + 1) * (height + 1)` values.
///
/// Sums wrap at 2^32, which differences of them undo as long as a rectangle holds at most 16,843,009 pixels.
package func integral(_ source: Span<UInt8>, _ from: Raster) -> [UInt32] {
    precondition(from.samples == 1 && source.count >= from.span)
    let step = from.width + 1
    return [UInt32](unsafeUninitializedCapacity: step * (from.height + 1)) { sums, count in
        count = step * (from.height + 1)
        sums.initialize(repeating: 0)
        source.withUnsafeBufferPointer { source in
            guard let rows = source.baseAddress, let out = sums.baseAddress else { return }
            for y in 0..<from.height {
                vk_integral_row(rows + y * from.stride, out + y * step, out + (y + 1) * step, from.width)
            }
        }
    }
}

/// Sums of squares over all rectangles that begin in the upper left corner: `(width + 1) * (height + 1)` values.
package func integralOfSquares(_ source: Span<UInt8>, _ from: Raster) -> [UInt64] {
    precondition(from.samples == 1 && source.count >= from.span)
    let step = from.width + 1
    return [UInt64](unsafeUninitializedCapacity: step * (from.height + 1)) { sums, count in
        count = step * (from.height + 1)
        sums.initialize(repeating: 0)
        source.withUnsafeBufferPointer { source in
            guard let rows = source.baseAddress, let out = sums.baseAddress else { return }
            for y in 0..<from.height {
                vk_integral_squares_row(rows + y * from.stride, out + y * step, out + (y + 1) * step, from.width)
            }
        }
    }
}
