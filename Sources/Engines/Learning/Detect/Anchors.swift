/// Boxes that are laid over a picture, and from which a detector measures: at every place of every level one of each
/// size and ratio (Lin et al. 2017, section 4).
///
/// Order: levels from fine to coarse, rows, columns, sizes, ratios. A place's boxes are centred half a stride into it.
public struct AnchorGrid: Hashable, Sendable {
    /// Height over width of the boxes of a size; the areas are those of the squares. Serving knows the same three.
    public static let ratios: [Double] = [0.5, 1, 2]

    /// Pixels between two places of each level.
    public let strides: [Int]
    /// Square roots of the boxes' areas, for each level, in pixels.
    public let sizes: [[Int]]

    /// A grid of levels.
    public init(strides: [Int], sizes: [[Int]]) {
        precondition(strides.count == sizes.count && !strides.isEmpty, "sizes for every level")
        (self.strides, self.sizes) = (strides, sizes)
    }

    /// Three sizes a level: four strides, and a third and two thirds of an octave more.
    public init(strides: [Int]) {
        self.init(
            strides: strides,
            sizes: strides.map { stride in
                (0..<3).map { Int((4 * Double(stride) * Scalar.pow(2, Double($0) / 3)).rounded()) }
            })
    }

    /// The boxes of each place, which must be as many on every level.
    public var countPerPlace: Int { (sizes.first?.count ?? 0) * Self.ratios.count }

    /// The places of a level along a side of a picture.
    public static func places(_ side: Int, stride: Int) -> Int { (side + stride - 1) / max(stride, 1) }

    /// All boxes over a picture as left, top, right, bottom: [count, 4].
    public func boxes(height: Int, width: Int) -> HostTensor {
        var sides: [Float] = []
        for (stride, sizes) in zip(strides, sizes) {
            let halves = sizes.flatMap { size in
                Self.ratios.map { (Double(size) / $0.squareRoot() / 2, Double(size) * $0.squareRoot() / 2) }
            }
            for row in 0..<Self.places(height, stride: stride) {
                for column in 0..<Self.places(width, stride: stride) {
                    let (x, y) = ((Double(column) + 0.5) * Double(stride), (Double(row) + 0.5) * Double(stride))
                    for (halfWidth, halfHeight) in halves {
                        sides.append(Float(x - halfWidth))
                        sides.append(Float(y - halfHeight))
                        sides.append(Float(x + halfWidth))
                        sides.append(Float(y + halfHeight))
                    }
                }
            }
        }
        return HostTensor(sides, shape: [sides.count / 4, 4])
    }
}
