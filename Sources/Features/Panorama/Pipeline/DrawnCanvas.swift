internal import Imaging

/// The pixels of a canvas while it is drawn.
struct DrawnCanvas {
    /// Three bytes a pixel.
    var rgb: [UInt8] = []
    /// 255 where any photo shows the pixel.
    var mask: [UInt8] = []
    /// Three levels a pixel, 255 is white; empty unless they were asked for.
    var levels: [Float] = []

    init(rgb: [UInt8] = [], mask: [UInt8] = []) {
        self.rgb = rgb
        self.mask = mask
    }

    /// An empty canvas to be drawn on.
    init(_ canvas: Canvas, isDeep: Bool) {
        rgb = [UInt8](repeating: 0, count: canvas.width * canvas.height * 3)
        mask = [UInt8](repeating: 0, count: canvas.width * canvas.height)
        levels = [Float](repeating: 0, count: isDeep ? rgb.count : 0)
    }

    /// Takes a tile of a canvas of so many columns.
    mutating func put(_ tile: TileBlend.Tile, _ width: Int) {
        for line in 0..<tile.height {
            let to = (tile.y + line) * width + tile.x
            let from = line * tile.width
            let (pixels, source) = ((to * 3)..<((to + tile.width) * 3), (from * 3)..<((from + tile.width) * 3))
            mask.replaceSubrange(to..<(to + tile.width), with: tile.mask[from..<(from + tile.width)])
            rgb.replaceSubrange(pixels, with: tile.rgb[source])
            if !levels.isEmpty { levels.replaceSubrange(pixels, with: tile.levels[source]) }
        }
    }

    /// The levels inside a box, 1 is white; nil when there are none.
    func deep(_ box: (x: Int, y: Int, width: Int, height: Int), width: Int) -> FloatImage? {
        guard !levels.isEmpty else { return nil }
        var values: [Float] = []
        values.reserveCapacity(box.width * box.height * 3)
        for row in box.y..<(box.y + box.height) {
            let from = (row * width + box.x) * 3
            for at in from..<(from + box.width * 3) { values.append(levels[at] / 255) }
        }
        return try? FloatImage(width: box.width, height: box.height, channels: 3, values: values)
    }
}
