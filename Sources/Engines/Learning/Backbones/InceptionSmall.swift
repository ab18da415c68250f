/// Convolutions of several sizes side by side (Szegedy et al. 2015, figure 2b; two 3 x 3 for a 5 x 5 as in Szegedy et
/// al. 2016, figure 5), with batch norms: a small network of four stages, strides 4 to 32.
public final class InceptionSmall: Backbone {
    @Child var stem: Sequential
    @Child var layers: [Sequential]

    /// A network; stages have 128, 256, 384 and 512 channels times the width.
    public init(_ options: BackboneOptions) {
        let widths = [128, 256, 384, 512].map { options.scaled($0 / 4) * 4 }
        let begin = options.scaled(64)
        stem = Sequential(
            ConvUnit(options.inputChannels, options.scaled(32), kernel: 3, stride: 2),
            ConvUnit(options.scaled(32), begin, kernel: 3), MaxPool2d(3, stride: 2, padding: 1))
        layers = widths.enumerated().map { stage, width in
            let inputs = stage == 0 ? begin : widths[stage - 1]
            let attention = options.attention(ofStage: stage)
            return Sequential(
                InceptionBlock(inputs, width, stride: stage == 0 ? 1 : 2, attention: attention),
                InceptionBlock(width, width, stride: 1, attention: attention))
        }
        super.init(
            stages: widths.enumerated().map { BackboneStage("layer\($0 + 1)", channels: $1, stride: 4 << $0) })
    }

    /// The stem and every block.
    public override var segments: [BackboneSegment] {
        [BackboneSegment { [stem] in stem($0) }] + layers.flatMap(\.segments)
    }
}

/// Four branches, a quarter of the channels each: 1 x 1; 3 x 3; two of 3 x 3; a maximum.
public final class InceptionBlock: Layer {
    @Child var branches: [Sequential]
    @Child var attention: BlockAttention?

    /// A block; `outputs` is a multiple of 4.
    public init(_ inputs: Int, _ outputs: Int, stride: Int, attention: BlockAttention.Kind) {
        let (quarter, narrow) = (outputs / 4, max(8, outputs / 6))
        branches = [
            Sequential(ConvUnit(inputs, quarter, kernel: 1, stride: stride)),
            Sequential(ConvUnit(inputs, narrow, kernel: 1), ConvUnit(narrow, quarter, kernel: 3, stride: stride)),
            Sequential(
                ConvUnit(inputs, narrow, kernel: 1), ConvUnit(narrow, narrow, kernel: 3),
                ConvUnit(narrow, quarter, kernel: 3, stride: stride)),
            Sequential(MaxPool2d(3, stride: stride, padding: 1), ConvUnit(inputs, quarter, kernel: 1)),
        ]
        self.attention = BlockAttention(attention, channels: outputs)
        super.init()
    }

    /// The branches' maps one after another.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let maps = Tensor.concatenated(branches.map { $0(x) }, axis: 1)
        return attention?(maps) ?? maps
    }
}

/// A convolution, its batch norm and an activation, under the keys 0 and 1.
public final class ConvUnit: Layer {
    @Child var convolution: Conv2d
    @Child var norm: BatchNorm
    let activation: Activation?

    /// A unit; without an activation the norm comes last.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
        activation: Activation.Kind? = .relu
    ) {
        _convolution = Child(
            Conv2d(inputs, outputs, kernel: kernel, stride: stride, groups: groups, bias: false), key: "0")
        _norm = Child(BatchNorm(outputs), key: "1")
        self.activation = activation.map(Activation.init)
        super.init()
    }

    /// The unit's maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let maps = norm(convolution(x))
        return activation?(maps) ?? maps
    }
}
