/// Residual networks (He et al. 2016) under torchvision's names: `conv1`, `bn1`, `layer1` to `layer4`.
///
/// Stages have 64, 128, 256 and 512 channels times the width, four times as many with deep blocks; strides 4, 8, 16, 32.
public final class ResNet: Backbone {
    /// How the picture becomes a quarter as wide and high.
    public enum Stem: Hashable, Sendable {
        /// A 7 x 7 convolution and a 3 x 3 maximum, for large pictures.
        case large
        /// A 3 x 3 convolution and a 2 x 2 maximum, for small ones.
        case small
    }

    @Child var conv1: Conv2d
    @Child var norm1: BatchNorm
    @Child var layer1: Sequential
    @Child var layer2: Sequential
    @Child var layer3: Sequential
    @Child var layer4: Sequential
    /// How the picture becomes a quarter as wide and high.
    public let stem: Stem
    let pool: MaxPool2d

    /// A network of four stages with numbers of blocks.
    public init(_ options: BackboneOptions, stem: Stem, blocks: [Int], isDeep: Bool) {
        precondition(blocks.count == 4 && blocks.allSatisfy { $0 > 0 }, "four stages, each with a block")
        let widths = [64, 128, 256, 512].map(options.scaled)
        let expansion = isDeep ? BottleneckBlock.expansion : 1
        conv1 = Conv2d(
            options.inputChannels, widths[0], kernel: stem == .large ? 7 : 3, stride: 2, bias: false)
        _norm1 = Child(BatchNorm(widths[0]), key: "bn1")
        pool = stem == .large ? MaxPool2d(3, stride: 2, padding: 1) : MaxPool2d(2)
        self.stem = stem
        var inputs = widths[0]
        var position = 0
        let last = Double(max(blocks.reduce(0, +) - 1, 1))
        func stage(_ index: Int) -> Sequential {
            Sequential(
                (0..<blocks[index]).map { block in
                    defer { (inputs, position) = (widths[index] * expansion, position + 1) }
                    let stride = block == 0 && index > 0 ? 2 : 1
                    let attention = options.attention(ofStage: index)
                    let drop = options.dropPath * Double(position) / last
                    return isDeep
                        ? BottleneckBlock(inputs, widths[index], stride: stride, attention: attention, dropPath: drop)
                        : BasicBlock(inputs, widths[index], stride: stride, attention: attention, dropPath: drop)
                })
        }
        (layer1, layer2, layer3, layer4) = (stage(0), stage(1), stage(2), stage(3))
        super.init(
            stages: widths.enumerated().map {
                BackboneStage("layer\($0 + 1)", channels: $1 * expansion, stride: 4 << $0)
            })
    }

    /// The stem and every block.
    public override var segments: [BackboneSegment] {
        [BackboneSegment { [self] in pool(relu(norm1(conv1($0)))) }]
            + [layer1, layer2, layer3, layer4].flatMap(\.segments)
    }
}

extension Sequential {
    /// Every layer as a step, the last of which is an output.
    var segments: [BackboneSegment] {
        layers.enumerated().map { place, layer in
            BackboneSegment(isOutput: place == layers.count - 1) { layer($0) }
        }
    }
}
