/// How a picture is brought to a thumbnail's size.
public enum ThumbnailMethod: String, Sendable, Hashable, CaseIterable {
    /// Cut to the shape of the box, then made smaller.
    case crop
    /// Made smaller to fit into the box, in its own shape.
    case scale
}

/// One of the sizes that the Matrix client-server API asks servers to keep.
public struct ThumbnailSize: Sendable, Hashable {
    /// Width of the box in pixels.
    public let width: Int
    /// Height of the box in pixels.
    public let height: Int
    /// How a picture is brought to it.
    public let method: ThumbnailMethod

    /// A size of the given box and method.
    public init(width: Int, height: Int, method: ThumbnailMethod) {
        self.width = width
        self.height = height
        self.method = method
    }

    /// The five sizes, smallest first.
    public static let all: [ThumbnailSize] = [
        ThumbnailSize(width: 32, height: 32, method: .crop),
        ThumbnailSize(width: 96, height: 96, method: .crop),
        ThumbnailSize(width: 320, height: 240, method: .scale),
        ThumbnailSize(width: 640, height: 480, method: .scale),
        ThumbnailSize(width: 800, height: 600, method: .scale),
    ]

    /// The smallest size of the method that is at least as large as wanted on both sides.
    ///
    /// A crop over 96 x 96 falls to the scaled sizes, and what is larger than all sizes to the largest.
    public static func snap(width: Int, height: Int, method: ThumbnailMethod) -> ThumbnailSize {
        let large = all.filter { $0.width >= width && $0.height >= height }
        let largest = ThumbnailSize(width: 800, height: 600, method: .scale)
        return large.first { $0.method == method } ?? large.first ?? largest
    }
}
