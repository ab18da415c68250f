internal import Kernels

extension Image {
    /// The picture with so many more pixels on each side, made as the border says.
    ///
    /// - Throws: `ImageError.invalidArea` for a negative number or a side that cannot be.
    public func padded(
        left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0, border: Border
    ) throws(ImageError) -> Image {
        let most = 1 << 24
        guard [left, top, right, bottom].allSatisfy({ $0 >= 0 && $0 <= most }), width <= most, height <= most else {
            throw .invalidArea(width: width, height: height)
        }
        let perPixel = format.bytesPerPixel
        let fill = format.samples(of: border.pixel)
        let newWidth = left + width + right
        let newHeight = top + height + bottom
        let columns = (0..<newWidth).map { border.rule.index($0 - left, count: width) }
        return try Image(width: newWidth, height: newHeight, format: format) { rows in
            bytes.withUnsafeBufferPointer { source in
                var to = 0
                for y in 0..<newHeight {
                    let row = border.rule.index(y - top, count: height)
                    for column in columns {
                        for sample in 0..<perPixel {
                            if let row, let column {
                                rows[to] = source[row * stride + column * perPixel + sample]
                            } else {
                                rows[to] = fill[sample]
                            }
                            to += 1
                        }
                    }
                }
            }
        }
    }

    /// The picture with left and right in each other's place.
    public func mirrored() -> Image { turned(by: .mirrored) }

    /// The picture with top and bottom in each other's place.
    public func flipped() -> Image { turned(by: .flipped) }
}
