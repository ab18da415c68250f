/// A small transformer on places of 16 x 16 pixels (Dosovitskiy et al. 2021), which begins with convolutions (Xiao et al.
/// 2021) and learns where a place lies from a convolution too (Chu et al. 2023), so that any size of picture will do.
public final class VisionTransformer: Backbone {
    @Child var stem: Sequential
    @Child var position: Conv2d
    @Child var blocks: [TransformerBlock]
    @Child var norm: LayerNorm

    /// The channels that one head of attention sees.
    public static let headWidth = 32

    /// A network of `depth` blocks, 192 channels times the width.
    public init(_ options: BackboneOptions, depth: Int = 6) {
        let heads = max(1, Int((Double(192) * options.width / Double(Self.headWidth)).rounded()))
        let dimension = heads * Self.headWidth
        let widths = [options.scaled(32), options.scaled(64), options.scaled(128)]
        stem = Sequential(
            ConvUnit(options.inputChannels, widths[0], kernel: 3, stride: 2),
            ConvUnit(widths[0], widths[1], kernel: 3, stride: 2), ConvUnit(widths[1], widths[2], kernel: 3, stride: 2),
            Conv2d(widths[2], dimension, kernel: 3, stride: 2))
        position = Conv2d(dimension, dimension, kernel: 3, groups: dimension)
        blocks = (0..<depth).map {
            let drop = options.dropPath * Double($0) / Double(max(depth - 1, 1))
            return TransformerBlock(dimension, heads: heads, dropPath: drop)
        }
        norm = LayerNorm(dimension)
        super.init(stages: [BackboneStage("blocks", channels: dimension, stride: 16)])
    }

    /// The stem, every block, and the norm behind them.
    public override var segments: [BackboneSegment] {
        // The way back from tokens to maps is known once the stem has run.
        var shape: [Int] = []
        let first = BackboneSegment { [stem, position] in
            let maps = stem($0)
            let placed = maps + position(maps)
            shape = placed.shape
            return placed.flattened(from: 2).transposed()
        }
        let last = BackboneSegment(isOutput: true) { [norm] in norm($0).transposed().reshaped(to: shape) }
        return [first] + blocks.map { block in BackboneSegment { block($0) } } + [last]
    }
}
