/// Convolutions that look at every level of a pyramid with the same weights; their norms are each level's own.
public final class DetectionTower: Module {
    @Child var convolutions: [Conv2d]
    @Child var norms: [[BatchNorm]]

    /// A tower of 3 x 3 convolutions for a number of levels.
    public init(_ channels: Int, depth: Int, levels: Int) {
        convolutions = (0..<depth).map { _ in Conv2d(channels, channels, kernel: 3, bias: false) }
        norms = (0..<levels).map { _ in (0..<depth).map { _ in BatchNorm(channels) } }
        super.init()
    }

    /// The maps of a level.
    public func callAsFunction(_ x: Tensor, level: Int) -> Tensor {
        zip(convolutions, norms[level]).reduce(x) { relu($1.1($1.0($0))) }
    }
}

/// What a detector says of pictures, with all places of all levels one after another.
public struct DetectorOutput {
    /// Class logits [n, count, classes].
    public let logits: Tensor
    /// [n, count, 4]: codes from anchors, or distances in pixels to the left, upper, right and lower side.
    public let boxes: Tensor
    /// Logits of how central a place is, [n, count]; nil with anchors.
    public let centreness: Tensor?
}

/// A part of a detector that reads classes and boxes from the levels of a pyramid.
open class DetectionHead: Module {
    /// What it says of the levels' maps, from fine to coarse.
    open func callAsFunction(_ levels: [Tensor]) -> DetectorOutput {
        DetectorOutput(logits: .zeros([0, 0, 0]), boxes: .zeros([0, 0, 4]), centreness: nil)
    }

    /// The maps [n, a k, h, w] as one row of k numbers for every place and anchor: [n, h w a, k].
    func rows(_ maps: Tensor, _ width: Int) -> Tensor {
        maps.permuted(0, 2, 3, 1).reshaped(maps.length(0), -1, width)
    }
}
