/// How a stored picture must be turned to stand upright; raw values are those of EXIF tag 0x0112.
///
/// The name says where the stored first row and first column belong in the upright picture, by what has to be done.
public enum Orientation: Int, Sendable, Hashable, CaseIterable {
    /// Stored upright.
    case up = 1
    /// Mirror left and right.
    case mirrored = 2
    /// Turn by half.
    case half = 3
    /// Mirror top and bottom.
    case flipped = 4
    /// Swap rows and columns.
    case transposed = 5
    /// Turn a quarter clockwise.
    case clockwise = 6
    /// Swap rows and columns about the other diagonal.
    case transversed = 7
    /// Turn a quarter counter-clockwise.
    case counterClockwise = 8

    /// Whether width and height change places.
    public var swapsSides: Bool { rawValue >= 5 }

    /// The stored place of the upright pixel (x, y), for an upright picture of width x height.
    func source(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        let right = width - 1 - x
        let below = height - 1 - y
        return switch self {
        case .up: (x, y)
        case .mirrored: (right, y)
        case .half: (right, below)
        case .flipped: (x, below)
        case .transposed: (y, x)
        case .clockwise: (y, right)
        case .transversed: (below, right)
        case .counterClockwise: (below, x)
        }
    }
}
