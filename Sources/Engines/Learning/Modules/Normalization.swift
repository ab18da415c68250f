/// Batch norm over [n, c], [n, c, l] or [n, c, h, w]: per channel, mean 0 and variance 1, then scale and shift.
///
/// While learning it uses the batch's own mean and variance and moves the running ones by the momentum; otherwise it
/// uses the running ones (Ioffe, Szegedy 2015).
public final class BatchNorm: Layer {
    /// The scale, [c].
    @Param public var weight: Tensor
    /// The shift, [c].
    @Param public var bias: Tensor
    /// The running mean, [c].
    @Buffer public var runningMean: Tensor
    /// The running unbiased variance, [c].
    @Buffer public var runningVariance: Tensor
    /// Batches seen while learning.
    @Buffer public var batches: Tensor
    /// The share of a new batch in the running numbers.
    public let momentum: Double
    /// Added to the variance.
    public let epsilon: Double

    /// The scale begins at `scale` (0 for the last one of a residual block), the shift at 0.
    public init(_ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5, scale: Double = 1) {
        weight = .full(scale, [channels])
        bias = .zeros([channels])
        _runningMean = Buffer(Tensor.zeros([channels]), key: "running_mean")
        _runningVariance = Buffer(Tensor.ones([channels]), key: "running_var")
        _batches = Buffer(Tensor.zeros([], dtype: .int64), key: "num_batches_tracked")
        (self.momentum, self.epsilon) = (momentum, epsilon)
        super.init()
    }

    /// The normalised batch.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        if isTraining { batches.addInPlace(batches.onesLike()) }
        return callOp(
            .batchNorm, .tensor(x), .tensor(weight), .tensor(bias), .tensor(runningMean), .tensor(runningVariance),
            .bool(isTraining), .double(momentum), .double(epsilon), .bool(true))
    }

    /// The channels.
    public override var details: String { "\(weight.length(0))" }
}

/// Layer norm over the last dimension: mean 0 and variance 1, then scale and shift (Ba et al. 2016).
public final class LayerNorm: Layer {
    /// The scale, [d].
    @Param public var weight: Tensor
    /// The shift, [d].
    @Param public var bias: Tensor
    /// Added to the variance.
    public let epsilon: Double

    /// The scale begins at 1, the shift at 0.
    public init(_ dimension: Int, epsilon: Double = 1e-5) {
        weight = .ones([dimension])
        bias = .zeros([dimension])
        self.epsilon = epsilon
        super.init()
    }

    /// The normalised rows.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        callOp(
            .layerNorm, .tensor(x), .ints([weight.length(0)]), .tensor(weight), .tensor(bias), .double(epsilon))
    }

    /// The dimension.
    public override var details: String { "\(weight.length(0))" }
}

/// Group norm over [n, c, ...]: mean 0 and variance 1 in each group of channels of a sample (Wu, He 2018).
public final class GroupNorm: Layer {
    /// The scale, [c].
    @Param public var weight: Tensor
    /// The shift, [c].
    @Param public var bias: Tensor
    /// The groups, which divide the channels.
    public let groups: Int
    /// Added to the variance.
    public let epsilon: Double

    /// The scale begins at 1, the shift at 0.
    public init(groups: Int, _ channels: Int, epsilon: Double = 1e-5) {
        precondition(groups > 0 && channels % groups == 0, "the groups divide the channels")
        weight = .ones([channels])
        bias = .zeros([channels])
        (self.groups, self.epsilon) = (groups, epsilon)
        super.init()
    }

    /// The normalised samples.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        callOp(.groupNorm, .tensor(x), .int(groups), .tensor(weight), .tensor(bias), .double(epsilon))
    }

    /// Groups and channels.
    public override var details: String { "\(groups), \(weight.length(0))" }
}
