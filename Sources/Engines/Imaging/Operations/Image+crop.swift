/// A rectangle of whole pixels; the origin is the picture's first pixel.
public struct PixelBox: Sendable, Hashable {
    /// Columns left of the rectangle.
    public var x: Int
    /// Rows above the rectangle.
    public var y: Int
    /// Columns in it.
    public var width: Int
    /// Rows in it.
    public var height: Int

    /// A rectangle of the given place and size.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

extension Image {
    /// The part of the picture inside a rectangle, in rows of its own.
    ///
    /// - Throws: `ImageError.invalidArea` when the rectangle is empty or reaches outside.
    public func cropped(to box: PixelBox) throws(ImageError) -> Image {
        guard box.width > 0, box.height > 0, box.x >= 0, box.y >= 0, box.x < width, box.y < height,
            box.width <= width - box.x, box.height <= height - box.y
        else { throw .invalidArea(width: box.width, height: box.height) }
        let perPixel = format.bytesPerPixel
        let rowBytes = box.width * perPixel
        return Image(derivedWidth: box.width, height: box.height, format: format) { target in
            bytes.withUnsafeBufferPointer { source in
                for y in 0..<box.height {
                    let from = (box.y + y) * stride + box.x * perPixel
                    let row = source[from..<(from + rowBytes)]
                    _ = target[(y * rowBytes)...].update(fromContentsOf: row)
                }
            }
        }
    }

    /// The largest part in the middle that has the shape of a size, as nearly as whole pixels allow.
    public func croppedToShape(of size: ImageSize) throws(ImageError) -> Image {
        guard size.width > 0, size.height > 0, size.width <= 1 << 24, size.height <= 1 << 24 else {
            throw .invalidArea(width: size.width, height: size.height)
        }
        return try cropped(to: centredBox(shapedLike: size))
    }

    /// The largest rectangle in the middle that has the shape of width x height.
    func centredBox(shapedLike shape: ImageSize) -> PixelBox {
        // Compare width/height with shape.width/shape.height without dividing.
        let wide = width * shape.height > height * shape.width
        let boxWidth = wide ? max(1, height * shape.width / shape.height) : width
        let boxHeight = wide ? height : max(1, width * shape.height / shape.width)
        return PixelBox(
            x: (width - boxWidth) / 2, y: (height - boxHeight) / 2, width: boxWidth, height: boxHeight)
    }

    /// The picture standing on a clear canvas; what reaches over the canvas is cut off.
    func placed(left: Int, top: Int, onWidth canvasWidth: Int, height canvasHeight: Int) throws(ImageError) -> Image {
        try Image(width: canvasWidth, height: canvasHeight, format: .rgba8) { (target) in
            let columns = min(width, max(0, canvasWidth - left))
            let rows = min(height, max(0, canvasHeight - top))
            let perPixel = format.bytesPerPixel
            for y in 0..<rows {
                for x in 0..<columns {
                    let from = y * stride + x * perPixel
                    let to = ((top + y) * canvasWidth + left + x) * 4
                    for sample in 0..<3 { target[to + sample] = bytes[from + (perPixel == 1 ? 0 : sample)] }
                    target[to + 3] = perPixel == 4 ? bytes[from + 3] : 255
                }
            }
        }
    }
}
