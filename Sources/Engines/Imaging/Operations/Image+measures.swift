internal import Kernels

extension Image {
    /// How often each grey 0...255 stands in the picture; colours count by their luma.
    public func histogram() -> [Int] {
        let grey = converted(to: .gray8)
        return Kernels.histogram(grey.bytes.span, grey.raster)
    }

    /// Sums of grey over rectangles; colours count by their luma.
    public func summedAreas() -> SummedAreas { SummedAreas(converted(to: .gray8)) }
}

/// Sums and sums of squares over any rectangle of a grey picture in four reads each (Crow 1984).
public struct SummedAreas: Sendable {
    private let sums: [UInt32]
    private let squares: [UInt64]
    /// Width of the picture.
    public let width: Int
    /// Height of the picture.
    public let height: Int

    init(_ grey: Image) {
        width = grey.width
        height = grey.height
        sums = integral(grey.bytes.span, grey.raster)
        squares = integralOfSquares(grey.bytes.span, grey.raster)
    }

    /// Mean and variance of the greys in a rectangle of at most 16,843,009 pixels, or nil when it is empty, larger or
    /// reaches outside.
    public func statistics(in box: PixelBox) -> (mean: Double, variance: Double)? {
        guard box.width > 0, box.height > 0, box.x >= 0, box.y >= 0, box.x < width, box.y < height,
            box.width <= width - box.x, box.height <= height - box.y, box.width * box.height <= 16_843_009
        else { return nil }
        let count = Double(box.width * box.height)
        let mean = Double(corner(sums, box)) / count
        return (mean, max(0, Double(corner(squares, box)) / count - mean * mean))
    }

    private func corner<Value: FixedWidthInteger>(_ table: [Value], _ box: PixelBox) -> Value {
        let step = width + 1
        let top = box.y * step
        let bottom = (box.y + box.height) * step
        return table[bottom + box.x + box.width] &- table[top + box.x + box.width] &- table[bottom + box.x]
            &+ table[top + box.x]
    }
}
