/// x W^T + b: [..., inputs] -> [..., outputs].
public final class Linear: Layer {
    /// [outputs, inputs].
    @Param public var weight: Tensor
    /// [outputs].
    @Param public var bias: Tensor?

    /// Weights and biases begin uniform within 1 / sqrt(inputs).
    public init(_ inputs: Int, _ outputs: Int, bias: Bool = true) {
        let bound = Initializer.uniform(1 / Double(max(inputs, 1)).squareRoot())
        weight = bound([outputs, inputs])
        self.bias = bias ? bound([outputs]) : nil
        super.init()
    }

    /// The products.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        OperationCount.add(x.count * weight.length(0))
        return callOp(.linear, .tensor(x), .tensor(weight), .optional(bias))
    }

    /// Inputs and outputs.
    public override var details: String { "\(weight.length(1)) -> \(weight.length(0))" }
}
