/// EfficientNet-B0 (Tan, Le 2019, table 1) under torchvision's names: `features.0` to `features.8`.
///
/// The outputs are those of the last blocks before the picture is halved, and the last convolution's.
public final class EfficientNet: Backbone {
    private struct Row {
        let expansion: Int
        let kernel: Int
        let stride: Int
        let channels: Int
        let count: Int
    }

    private static let rows = [
        Row(expansion: 1, kernel: 3, stride: 1, channels: 16, count: 1),
        Row(expansion: 6, kernel: 3, stride: 2, channels: 24, count: 2),
        Row(expansion: 6, kernel: 5, stride: 2, channels: 40, count: 2),
        Row(expansion: 6, kernel: 3, stride: 2, channels: 80, count: 3),
        Row(expansion: 6, kernel: 5, stride: 1, channels: 112, count: 3),
        Row(expansion: 6, kernel: 5, stride: 2, channels: 192, count: 4),
        Row(expansion: 6, kernel: 3, stride: 1, channels: 320, count: 1),
    ]
    private static let outputs = [2, 3, 5, 8]

    @Child var chain: [Layer]

    /// A network; all channels are times the width.
    public init(_ options: BackboneOptions) {
        var inputs = options.scaled(32)
        var position = 0
        let last = Double(max(Self.rows.reduce(0) { $0 + $1.count } - 1, 1))
        var chain: [Layer] = [ConvUnit(options.inputChannels, inputs, kernel: 3, stride: 2, activation: .silu)]
        for (index, row) in Self.rows.enumerated() {
            let outputs = options.scaled(row.channels)
            let blocks = (0..<row.count).map { block -> Layer in
                defer { (inputs, position) = (outputs, position + 1) }
                return InvertedResidual(
                    inputs, outputs, expansion: row.expansion, kernel: row.kernel, stride: block == 0 ? row.stride : 1,
                    attention: options.attention(ofStage: Self.stage(index)),
                    dropPath: options.dropPath * Double(position) / last)
            }
            chain.append(Sequential(blocks))
        }
        let end = options.scaled(1_280)
        chain.append(ConvUnit(inputs, end, kernel: 1, activation: .silu))
        _chain = Child(chain, key: "features")
        let widths = [24, 40, 112].map(options.scaled) + [end]
        super.init(
            stages: widths.enumerated().map { BackboneStage("layer\($0 + 1)", channels: $1, stride: 4 << $0) })
    }

    private static func stage(_ row: Int) -> Int { row < 2 ? 0 : row < 3 ? 1 : row < 5 ? 2 : 3 }

    /// Every block.
    public override var segments: [BackboneSegment] {
        chain.enumerated().flatMap { index, layer -> [BackboneSegment] in
            let blocks = (layer as? Sequential)?.layers ?? [layer]
            return blocks.enumerated().map { place, block in
                BackboneSegment(isOutput: Self.isOutput(index) && place == blocks.count - 1) { block($0) }
            }
        }
    }

    static func isOutput(_ index: Int) -> Bool { outputs.contains(index) }
}

/// A block that is wide inside: 1 x 1, a convolution of each channel by itself, attention to channels, 1 x 1
/// (Sandler et al. 2018; Hu et al. 2018).
public final class InvertedResidual: Layer {
    @Child var block: [Layer]
    @Child var attention: BlockAttention?
    @Child var dropPath: DropPath?
    let isResidual: Bool

    /// A block from `inputs` to `outputs` channels.
    public init(
        _ inputs: Int, _ outputs: Int, expansion: Int, kernel: Int, stride: Int, attention: BlockAttention.Kind = .none,
        dropPath: Double = 0
    ) {
        let middle = inputs * expansion
        let widening: [Layer] = expansion == 1 ? [] : [ConvUnit(inputs, middle, kernel: 1, activation: .silu)]
        block =
            widening + [
                ConvUnit(middle, middle, kernel: kernel, stride: stride, groups: middle, activation: .silu),
                SqueezeExcitation(middle, max(1, inputs / 4)), ConvUnit(middle, outputs, kernel: 1, activation: nil),
            ]
        self.attention = BlockAttention(attention, channels: outputs)
        self.dropPath = dropPath > 0 ? DropPath(dropPath) : nil
        isResidual = stride == 1 && inputs == outputs
        super.init()
    }

    /// The block's maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let branch = block.reduce(x) { $1($0) }
        let seen = attention?(branch) ?? branch
        return isResidual ? (dropPath?(seen) ?? seen) + x : seen
    }
}

/// Channels weighed by sigmoid(W1 silu(W0 mean)) of their maps (Hu et al. 2018).
public final class SqueezeExcitation: Layer {
    @Child var fc1: Conv2d
    @Child var fc2: Conv2d

    /// Attention to a number of channels through a smaller layer.
    public init(_ channels: Int, _ middle: Int) {
        fc1 = Conv2d(channels, middle, kernel: 1)
        fc2 = Conv2d(middle, channels, kernel: 1)
        super.init()
    }

    /// The weighed maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        x * sigmoid(fc2(silu(fc1(x.mean(-2, -1, keepsAxes: true)))))
    }
}
