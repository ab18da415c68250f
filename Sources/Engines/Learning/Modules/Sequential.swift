/// Layers one after another; their keys are their numbers from 0.
public final class Sequential: Layer {
    /// The layers in order.
    @Child public var layers: [Layer]

    /// A chain of layers.
    public init(_ layers: [Layer]) {
        _layers = Child(layers, key: "")
        super.init()
    }

    /// A chain of layers.
    public convenience init(_ layers: Layer...) { self.init(layers) }

    /// The last layer's output.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        layers.reduce(x) { $1($0) }
    }
}

/// A function as a layer without parameters.
public final class Lambda: Layer {
    private let function: (Tensor) -> Tensor

    /// A layer that calls the function.
    public init(_ function: @escaping (Tensor) -> Tensor) {
        self.function = function
        super.init()
    }

    /// The function's result.
    public override func callAsFunction(_ x: Tensor) -> Tensor { function(x) }
}
