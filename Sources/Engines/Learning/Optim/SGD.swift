/// Stochastic gradient descent with momentum: v = m v + g, w -= rate v; after Nesterov w -= rate (g + m v). Weight decay
/// is added to g.
public final class SGD: Optimizer {
    /// m.
    public let momentum: Double
    /// Whether the step looks ahead.
    public let isNesterov: Bool

    /// An optimizer of parameters.
    public init(
        _ parameters: [Parameter], learningRate: Double, momentum: Double = 0.9, weightDecay: Double = 5e-4,
        nesterov: Bool = false
    ) {
        (self.momentum, isNesterov) = (momentum, nesterov)
        super.init(parameters, learningRate: learningRate, weightDecay: weightDecay)
    }

    /// The velocities.
    public override var stateNames: [String] { momentum > 0 ? ["momentum"] : [] }

    /// One step.
    public override func update(_ places: [Int], _ gradients: [Tensor], decay: Double) {
        let weights = tensors(places)
        let slopes = decay > 0 ? Each.sums(gradients, weights, times: decay) : gradients
        guard momentum > 0 else { return Each.add(weights, slopes, times: -rate) }
        let velocities = state("momentum", places)
        Each.multiply(velocities, by: momentum)
        Each.add(velocities, slopes, times: 1)
        if isNesterov { Each.add(weights, slopes, times: -rate) }
        Each.add(weights, velocities, times: isNesterov ? -rate * momentum : -rate)
    }
}
