internal import Kernels

extension TileBlend {
    /// One tile's pixels.
    package struct Tile: Sendable {
        /// Left column on the canvas.
        package let x: Int
        /// Upper row on the canvas.
        package let y: Int
        /// Columns.
        package let width: Int
        /// Rows.
        package let height: Int
        /// Three bytes a pixel.
        package private(set) var rgb: [UInt8]
        /// 255 where any photo shows the pixel.
        package private(set) var mask: [UInt8]
        /// Three levels a pixel before they became bytes; empty unless they were asked for.
        package private(set) var levels: [Float]

        /// A tile that was drawn.
        init(x: Int, y: Int, width: Int, height: Int, rgb: [UInt8], mask: [UInt8], levels: [Float]) {
            (self.x, self.y, self.width, self.height) = (x, y, width, height)
            (self.rgb, self.mask, self.levels) = (rgb, mask, levels)
        }

        /// An empty tile to be drawn on.
        init(_ box: (x: Int, y: Int, width: Int, height: Int), isDeep: Bool) {
            let count = box.width * box.height
            self.init(
                x: box.x, y: box.y, width: box.width, height: box.height, rgb: [UInt8](repeating: 0, count: count * 3),
                mask: [UInt8](repeating: 0, count: count), levels: [Float](repeating: 0, count: isDeep ? count * 3 : 0))
        }

        /// Takes columns of a line of the canvas from pixels of a part of it.
        mutating func take(
            _ settled: (rgb: [UInt8], mask: [UInt8], levels: [Float]), _ columns: Range<Int>, line: Int,
            from part: Frame
        ) {
            let from = (line - part.y) * part.width + columns.lowerBound - part.x
            let to = (line - y) * width + columns.lowerBound - x
            let count = columns.count
            mask.replaceSubrange(to..<(to + count), with: settled.mask[from..<(from + count)])
            let (pixels, source) = ((to * 3)..<((to + count) * 3), (from * 3)..<((from + count) * 3))
            rgb.replaceSubrange(pixels, with: settled.rgb[source])
            if !levels.isEmpty { levels.replaceSubrange(pixels, with: settled.levels[source]) }
        }

        /// Takes colours times weight of a row that begins at a place of the canvas, times `factors` if there are any.
        mutating func settle(_ pixels: [Float], _ factors: [Float], count: Int, column: Int, line: Int) {
            let to = (line - y) * width + column - x
            settlePixels(pixels, factors: factors, count: count, rgb: &rgb, mask: &mask, at: to)
            guard !levels.isEmpty else { return }
            for at in 0..<count {
                let factor = factors.isEmpty ? 1 : factors[at]
                for c in 0..<3 { levels[(to + at) * 3 + c] = max(0, pixels[at * 4 + c] * factor) }
            }
        }
    }
}
