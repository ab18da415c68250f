internal import CKernels

/// Makes a picture smaller by exact area averages; packed target.
///
/// The unit of area is 1/width x 1/height of a source pixel (sizes of the target): a source pixel spans `width` units, a
/// target pixel `sourceWidth`, so all overlaps are whole numbers. Rows are summed first (22 bits), then the columns of
/// the sums. Needs a source of at most 2^24 rows (sums of 32 bits) and a target no larger than the source.
package func areaResize(
    _ source: Span<UInt8>, _ from: Raster, into target: inout MutableSpan<UInt8>, _ to: Raster,
    variant: KernelVariant = .best
) {
    precondition(from.samples == to.samples && to.width <= from.width && to.height <= from.height)
    precondition(from.width <= 1 << 24 && from.height <= 1 << 24)
    precondition(source.count >= from.span && target.count >= to.span)
    let code = variant.code
    let spans = areaSpans(source: from.width, target: to.width)
    let sums = UnsafeMutablePointer<UInt32>.allocate(capacity: from.rowCount + 4)
    defer { sums.deallocate() }
    let area = UInt64(from.width) * UInt64(from.height)
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            spans.withUnsafeBufferPointer { spans in
                guard let rows = source.baseAddress, let out = target.baseAddress, let spans = spans.baseAddress else {
                    return
                }
                for y in 0..<to.height {
                    sums.update(repeating: 0, count: from.rowCount + 4)
                    let start = y * from.height
                    let end = start + from.height
                    for row in (start / to.height)...((end - 1) / to.height) {
                        let overlap = min(end, (row + 1) * to.height) - max(start, row * to.height)
                        vk_area_add_row(rows + row * from.stride, sums, from.rowCount, UInt32(overlap), code)
                    }
                    vk_area_columns(
                        sums, out + y * to.stride, spans, to.width, Int32(to.samples), UInt32(to.width), area, code)
                }
            }
        }
    }
}

/// Where each target column starts and ends on the source axis, and how much of its first and last pixel it takes.
private func areaSpans(source: Int, target: Int) -> [vk_area_span] {
    (0..<target).map { index in
        let start = index * source
        let end = start + source
        let first = start / target
        let last = (end - 1) / target
        return vk_area_span(
            first: UInt32(first), last: UInt32(last),
            first_weight: UInt32(first == last ? source : target - start % target),
            last_weight: UInt32(first == last ? 0 : (end - 1) % target + 1))
    }
}
