/// The first picture of a GIF, on its screen.
enum GIFDecoder {
    static func decode(_ bytes: [UInt8], limits: ImageLimits) throws(ImageError) -> (Image, [ImageWarning]) {
        let view = ByteView(bytes)
        let container = try GIFContainer.read(view)
        let frame = container.firstFrame
        try limits.check(width: container.width, height: container.height)
        try limits.check(width: frame.width, height: frame.height)
        let pixels = frame.width * frame.height
        guard pixels / LZW.maximumPixelsPerByte <= bytes.count - frame.dataStart else {
            throw .implausible(width: frame.width, height: frame.height, byteCount: bytes.count)
        }
        var indexes = [UInt8](repeating: 0, count: pixels)
        let outcome = try LZW.decode(view, from: frame.dataStart, into: &indexes)
        let image = try paint(container, indexes: indexes, count: outcome.count)
        return (image, outcome.count < pixels ? [outcome.fault] : [])
    }

    /// Colours the pixels that were decoded; the rest stays clear, or black in a picture without alpha.
    private static func paint(_ container: GIFContainer, indexes: [UInt8], count: Int) throws(ImageError) -> Image {
        let frame = container.firstFrame
        let format: PixelFormat = container.hasClearPixels ? .rgba8 : .rgb8
        let colours = palette(frame)
        return try Image(width: container.width, height: container.height, format: format) { (rows) in
            let perPixel = format.bytesPerPixel
            for (line, y) in lineOrder(frame).enumerated() where frame.top + y < container.height {
                for x in 0..<min(frame.width, max(0, container.width - frame.left)) {
                    let source = line * frame.width + x
                    guard source < count else { return }
                    let index = indexes[source]
                    if index == frame.transparentIndex { continue }
                    let at = ((frame.top + y) * container.width + frame.left + x) * perPixel
                    let colour = colours[Int(index)]
                    rows[at] = colour.red
                    rows[at + 1] = colour.green
                    rows[at + 2] = colour.blue
                    if perPixel == 4 { rows[at + 3] = 255 }
                }
            }
        }
    }

    /// 256 colours; indexes past the table are black.
    private static func palette(_ frame: GIFContainer.Frame) -> [Pixel] {
        (0..<256).map { index in
            guard let red = try? frame.palette.u8(index * 3), let green = try? frame.palette.u8(index * 3 + 1),
                let blue = try? frame.palette.u8(index * 3 + 2)
            else { return Pixel(red: 0, green: 0, blue: 0) }
            return Pixel(red: red, green: green, blue: blue)
        }
    }

    /// The rows in the order in which they are stored (GIF89a, appendix E).
    private static func lineOrder(_ frame: GIFContainer.Frame) -> [Int] {
        guard frame.isInterlaced else { return Array(0..<frame.height) }
        let passes = [(0, 8), (4, 8), (2, 4), (1, 2)]
        return passes.flatMap { start, step in Array(Swift.stride(from: start, to: frame.height, by: step)) }
    }
}
