/// The largest number of each window: [n, c, h, w] -> [n, c, h', w'].
public final class MaxPool2d: Layer {
    /// The window's side.
    public let kernel: Int
    /// Pixels between two windows.
    public let stride: Int
    /// Places added on every side, which are never the largest.
    public let padding: Int

    /// A pooling; the stride is the window's side if it is not given.
    public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0) {
        (self.kernel, self.stride, self.padding) = (kernel, stride ?? kernel, padding)
        super.init()
    }

    /// The pooled maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        callOp(
            .maxPool, .tensor(x), .ints([kernel, kernel]), .ints([stride, stride]), .ints([padding, padding]))
    }

    /// Window and stride.
    public override var details: String { "\(kernel), stride \(stride)" }
}

/// The mean of each window: [n, c, h, w] -> [n, c, h', w'].
public final class AveragePool2d: Layer {
    /// The window's side.
    public let kernel: Int
    /// Pixels between two windows.
    public let stride: Int

    /// A pooling; the stride is the window's side if it is not given.
    public init(_ kernel: Int, stride: Int? = nil) {
        (self.kernel, self.stride) = (kernel, stride ?? kernel)
        super.init()
    }

    /// The pooled maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        callOp(.averagePool, .tensor(x), .ints([kernel, kernel]), .ints([stride, stride]))
    }

    /// Window and stride.
    public override var details: String { "\(kernel), stride \(stride)" }
}

/// The mean of each map: [n, c, h, w] -> [n, c].
public final class GlobalAveragePool: Layer {
    /// The means.
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.mean(-2, -1) }
}

/// The generalised mean of each map, (mean x^p)^(1/p) with a p that learns (Radenovic et al. 2018, eq. 3):
/// [n, c, h, w] -> [n, c]. Inputs below 1e-6 count as that.
public final class GeneralizedMeanPool: Layer {
    /// The exponent, [1]: 1 is the mean, infinity the maximum.
    @Param public var exponent: Tensor

    /// The exponent begins at 3.
    public init(exponent: Double = 3) {
        _exponent = Param(Tensor.full(exponent, [1]), key: "p")
        super.init()
    }

    /// The generalised means.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let logs = x.clamped(min: 1e-6).log()
        return (((logs * exponent).exp().mean(-2, -1)).log() / exponent).exp()
    }
}
