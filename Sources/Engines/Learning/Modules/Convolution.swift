/// A two-dimensional convolution: [n, inputs, h, w] -> [n, outputs, h', w'].
public final class Conv2d: Layer {
    /// [outputs, inputs / groups, kernel, kernel].
    @Param public var weight: Tensor
    /// [outputs].
    @Param public var bias: Tensor?
    /// Pixels between two places of the kernel.
    public let stride: Int
    /// Zeros added on every side.
    public let padding: Int
    /// Pixels between two cells of the kernel.
    public let dilation: Int
    /// Parts of the channels that do not see each other.
    public let groups: Int

    /// Weights begin normal after He, biases at 0. The padding, if it is not given, keeps the size at stride 1.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int? = nil, dilation: Int = 1,
        groups: Int = 1, bias: Bool = true
    ) {
        precondition(groups > 0 && inputs % groups == 0 && outputs % groups == 0, "channels divide into groups")
        weight = Initializer.heFanOut([outputs, inputs / groups, kernel, kernel])
        self.bias = bias ? Tensor.zeros([outputs]) : nil
        (self.stride, self.dilation, self.groups) = (stride, dilation, groups)
        self.padding = padding ?? dilation * (kernel - 1) / 2
        super.init()
    }

    /// The convolution.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        // Of maps smaller than the kernel, oneDNN 2.6 in bfloat16 leaves cells of the weights' gradient unwritten.
        let reach = dilation * (weight.length(2) - 1)
        let maps =
            min(x.length(2), x.length(3)) <= reach
            ? fullPrecision { convolution(x.dtype.width == 2 ? x.to(.float32) : x) } : convolution(x)
        OperationCount.add(maps.count * weight[0].count)
        return maps
    }

    private func convolution(_ x: Tensor) -> Tensor {
        callOp(
            .convolution, .tensor(x), .tensor(weight), .optional(bias), .ints([stride, stride]),
            .ints([padding, padding]), .ints([dilation, dilation]), .int(groups))
    }

    /// Channels, kernel and what is not usual.
    public override var details: String {
        let usual = "\(weight.length(1) * groups) -> \(weight.length(0)), \(weight.length(2))x\(weight.length(3))"
        let rest = [("stride", stride), ("dilation", dilation), ("groups", groups)].filter { $0.1 != 1 }
        return ([usual] + rest.map { "\($0.0) \($0.1)" }).joined(separator: ", ")
    }
}
