/// max(0, x).
public func relu(_ x: Tensor) -> Tensor { callOp(.relu, .tensor(x)) }

/// 1 / (1 + e^-x).
public func sigmoid(_ x: Tensor) -> Tensor { callOp(.sigmoid, .tensor(x)) }

/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { callOp(.tanh, .tensor(x)) }

/// x times the normal distribution function of x (Hendrycks, Gimpel 2016), exact.
public func gelu(_ x: Tensor) -> Tensor { callOp(.gelu, .tensor(x)) }

/// x sigmoid(x).
public func silu(_ x: Tensor) -> Tensor { callOp(.silu, .tensor(x)) }

/// x min(max(x + 3, 0), 6) / 6 (Howard et al. 2019).
public func hardSwish(_ x: Tensor) -> Tensor { callOp(.hardSwish, .tensor(x)) }

/// x where it is positive, else x times the slope.
public func leakyReLU(_ x: Tensor, slope: Double = 0.01) -> Tensor {
    callOp(.leakyReLU, .tensor(x), .double(slope))
}

/// An activation by name, as a layer.
public final class Activation: Layer {
    /// Which function.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// max(0, x).
        case relu
        /// 1 / (1 + e^-x).
        case sigmoid
        /// The hyperbolic tangent.
        case tanh
        /// x times the normal distribution function of x.
        case gelu
        /// x sigmoid(x).
        case silu
        /// x min(max(x + 3, 0), 6) / 6.
        case hardSwish
    }

    /// Which function.
    public let kind: Kind

    /// A layer of the function.
    public init(_ kind: Kind) {
        self.kind = kind
        super.init()
    }

    /// The function, place by place.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        switch kind {
        case .relu: relu(x)
        case .sigmoid: sigmoid(x)
        case .tanh: tanh(x)
        case .gelu: gelu(x)
        case .silu: silu(x)
        case .hardSwish: hardSwish(x)
        }
    }

    /// The function's name.
    public override var details: String { kind.rawValue }
}

/// x where it is positive, else x times a slope that learns (He et al. 2015): [n, c, ...].
public final class PReLU: Layer {
    /// The slopes, [c] or [1] for all channels.
    @Param public var weight: Tensor

    /// A slope for each channel, or one for all.
    public init(_ channels: Int = 1, slope: Double = 0.25) {
        weight = .full(slope, [channels])
        super.init()
    }

    /// The activated maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor { callOp(.prelu, .tensor(x), .tensor(weight)) }

    /// The slopes.
    public override var details: String { "\(weight.length(0))" }
}
