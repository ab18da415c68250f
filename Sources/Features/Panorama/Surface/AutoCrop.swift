internal import Kernels

/// The largest upright rectangle without empty pixels (PANO-302).
package enum AutoCrop {
    /// Of a mask, row by row; a closed canvas keeps all its columns where that leaves a tenth of the rows.
    package static func rectangle(
        _ mask: [UInt8], width: Int, height: Int, isClosed: Bool
    ) -> (x: Int, y: Int, width: Int, height: Int)? {
        precondition(mask.count == width * height)
        if isClosed, let rows = fullRows(mask, width: width, height: height), rows.count * 10 >= height {
            return (0, rows.lowerBound, width, rows.count)
        }
        return mask.withUnsafeBufferPointer { largestRectangle($0.span, width: width, height: height) }
    }

    /// The longest run of rows without an empty pixel.
    static func fullRows(_ mask: [UInt8], width: Int, height: Int) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        for row in 0...height {
            let isFull = row < height && !mask[(row * width)..<((row + 1) * width)].contains(0)
            if isFull { continue }
            if row > start, row - start > (best?.count ?? 0) { best = start..<row }
            start = row + 1
        }
        return best
    }
}
