/// Two 3 x 3 convolutions beside the way through (He et al. 2016, figure 5 left).
public final class BasicBlock: Layer {
    @Child var conv1: Conv2d
    @Child var norm1: BatchNorm
    @Child var conv2: Conv2d
    @Child var norm2: BatchNorm
    @Child var attention: BlockAttention?
    @Child var downsample: Sequential?
    @Child var dropPath: DropPath?

    /// A block from `inputs` to `outputs` channels.
    public init(_ inputs: Int, _ outputs: Int, stride: Int, attention: BlockAttention.Kind, dropPath: Double) {
        conv1 = Conv2d(inputs, outputs, kernel: 3, stride: stride, bias: false)
        _norm1 = Child(BatchNorm(outputs), key: "bn1")
        conv2 = Conv2d(outputs, outputs, kernel: 3, bias: false)
        _norm2 = Child(BatchNorm(outputs, scale: 0), key: "bn2")
        self.attention = BlockAttention(attention, channels: outputs)
        downsample = shortcut(inputs, outputs, stride)
        self.dropPath = dropPath > 0 ? DropPath(dropPath) : nil
        super.init()
    }

    /// The block's maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let branch = norm2(conv2(relu(norm1(conv1(x)))))
        return residual(x, branch, attention, dropPath, downsample)
    }
}

/// A 1 x 1, a 3 x 3 and a wider 1 x 1 convolution beside the way through; the stride is the middle one's
/// (He et al. 2016, figure 5 right, with the stride where torchvision has it).
public final class BottleneckBlock: Layer {
    @Child var conv1: Conv2d
    @Child var norm1: BatchNorm
    @Child var conv2: Conv2d
    @Child var norm2: BatchNorm
    @Child var conv3: Conv2d
    @Child var norm3: BatchNorm
    @Child var attention: BlockAttention?
    @Child var downsample: Sequential?
    @Child var dropPath: DropPath?

    /// How many times wider the block's end is than its middle.
    public static let expansion = 4

    /// A block from `inputs` channels through `middle` ones to four times as many.
    public init(_ inputs: Int, _ middle: Int, stride: Int, attention: BlockAttention.Kind, dropPath: Double) {
        let outputs = middle * Self.expansion
        conv1 = Conv2d(inputs, middle, kernel: 1, bias: false)
        _norm1 = Child(BatchNorm(middle), key: "bn1")
        conv2 = Conv2d(middle, middle, kernel: 3, stride: stride, bias: false)
        _norm2 = Child(BatchNorm(middle), key: "bn2")
        conv3 = Conv2d(middle, outputs, kernel: 1, bias: false)
        _norm3 = Child(BatchNorm(outputs, scale: 0), key: "bn3")
        self.attention = BlockAttention(attention, channels: outputs)
        downsample = shortcut(inputs, outputs, stride)
        self.dropPath = dropPath > 0 ? DropPath(dropPath) : nil
        super.init()
    }

    /// The block's maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let middle = relu(norm2(conv2(relu(norm1(conv1(x))))))
        return residual(x, norm3(conv3(middle)), attention, dropPath, downsample)
    }
}

/// The way through a block whose ends differ: a 1 x 1 convolution and its norm; nil where they do not.
private func shortcut(_ inputs: Int, _ outputs: Int, _ stride: Int) -> Sequential? {
    guard inputs != outputs || stride != 1 else { return nil }
    return Sequential(Conv2d(inputs, outputs, kernel: 1, stride: stride, bias: false), BatchNorm(outputs))
}

private func residual(
    _ x: Tensor, _ branch: Tensor, _ attention: BlockAttention?, _ dropPath: DropPath?, _ downsample: Sequential?
) -> Tensor {
    let seen = attention?(branch) ?? branch
    let kept = dropPath?(seen) ?? seen
    return relu(kept + (downsample?(x) ?? x))
}
