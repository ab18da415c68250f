public import Evaluation

/// A picture as a model takes it, and how it was placed.
public struct PreparedPicture: Hashable, Sendable {
    /// [1, channels, height, width].
    public let tensor: Tensor
    /// How places of the tensor become places of the picture.
    public let placement: PicturePlacement
}

/// How a picture lies in a model's input: scaled from its upper left corner on, after what was cut off.
public struct PicturePlacement: Hashable, Sendable {
    /// Pixels of the input for one of the picture, along a row.
    public let scaleX: Float
    /// Pixels of the input for one of the picture, down a column.
    public let scaleY: Float
    /// Columns of the picture that were cut off on the left.
    public let cutLeft: Int
    /// Rows of the picture that were cut off above.
    public let cutTop: Int
    /// The width of the picture.
    public let width: Int
    /// The height of the picture.
    public let height: Int

    /// A box of the input as one of the picture, in its pixels, cut at its edges.
    public func original(_ box: Box) -> Box {
        func across(_ x: Float) -> Float { min(max(x / scaleX + Float(cutLeft), 0), Float(width)) }
        func down(_ y: Float) -> Float { min(max(y / scaleY + Float(cutTop), 0), Float(height)) }
        return Box(left: across(box.left), top: down(box.top), right: across(box.right), bottom: down(box.bottom))
    }
}
