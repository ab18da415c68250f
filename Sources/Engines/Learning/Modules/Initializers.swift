/// How a parameter's numbers begin.
public enum Initializer: Hashable, Sendable {
    /// Zeros.
    case zeros
    /// Ones.
    case ones
    /// One number everywhere.
    case constant(Double)
    /// Normal with mean 0 and this standard deviation.
    case normal(Double)
    /// Uniform between the number and its opposite.
    case uniform(Double)
    /// Normal with variance 2 / (outputs x kernel places): keeps the size of gradients through ReLU
    /// (He et al. 2015, eq. 14).
    case heFanOut

    /// A tensor of the shape [outputs, inputs, kernel...] that begins so.
    public func callAsFunction(_ shape: [Int]) -> Tensor {
        switch self {
        case .zeros: .zeros(shape)
        case .ones: .ones(shape)
        case .constant(let value): .full(value, shape)
        case .normal(let deviation): .randn(shape) * deviation
        case .uniform(let bound): (.rand(shape) * 2 - 1) * bound
        case .heFanOut: .randn(shape) * (2 / Double(max(Self.fanOut(shape), 1))).squareRoot()
        }
    }

    private static func fanOut(_ shape: [Int]) -> Int {
        (shape.first ?? 1) * shape.dropFirst(2).reduce(1, *)
    }

    /// The bias of a detector's class scores with which every class begins at this probability
    /// (Lin et al. 2017, section 3.3): -ln((1 - p) / p).
    public static func classPrior(_ probability: Double = 0.01) -> Initializer {
        .constant(-Scalar.log((1 - probability) / probability))
    }
}
