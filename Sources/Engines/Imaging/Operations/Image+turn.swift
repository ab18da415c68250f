internal import Kernels

extension Image {
    /// The picture turned and mirrored as an orientation asks, so that it stands upright.
    public func turned(by orientation: Orientation) -> Image {
        guard orientation != .up else { return self }
        let (width, height) = orientation.swapsSides ? (height, width) : (width, height)
        let perPixel = format.bytesPerPixel
        // Along a row or a column of the result the source moves by a constant step.
        func place(_ x: Int, _ y: Int) -> Int {
            let source = orientation.source(x: x, y: y, width: width, height: height)
            return source.y * stride + source.x * perPixel
        }
        let start = place(0, 0)
        let from = PixelSteps(start: start, column: place(1, 0) - start, row: place(0, 1) - start)
        let to = PixelSteps(start: 0, column: perPixel, row: width * perPixel)
        return Image(kernelWidth: width, height: height, format: format) { rows in
            movePixels(bytes.span, at: from, into: &rows, at: to, width: width, height: height, samples: perPixel)
        }
    }
}
