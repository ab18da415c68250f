/// Steps of about one learning rate in every direction (Kingma, Ba 2015, algorithm 1):
/// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, w -= rate m' / (sqrt v' + eps) with m' and v' corrected for their start.
///
/// Weight decay is added to g; ``AdamW`` takes it from the weights instead.
public class Adam: Optimizer {
    /// b1 and b2.
    public let betas: (first: Double, second: Double)
    /// eps.
    public let epsilon: Double
    private let isDecoupled: Bool

    /// An optimizer of parameters.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
        self.init(parameters, learningRate, betas, epsilon, weightDecay, isDecoupled: false)
    }

    fileprivate init(
        _ parameters: [Parameter], _ learningRate: Double, _ betas: (Double, Double), _ epsilon: Double,
        _ weightDecay: Double, isDecoupled: Bool
    ) {
        self.betas = (betas.0, betas.1)
        self.epsilon = epsilon
        self.isDecoupled = isDecoupled
        super.init(parameters, learningRate: learningRate, weightDecay: weightDecay)
    }

    /// The means of gradients and of their squares.
    public override var stateNames: [String] { ["exp_avg", "exp_avg_sq"] }

    /// One step.
    public override func update(_ places: [Int], _ gradients: [Tensor], decay: Double) {
        let (weights, means, squares) = (tensors(places), state("exp_avg", places), state("exp_avg_sq", places))
        var slopes = gradients
        if decay > 0, isDecoupled { Each.multiply(weights, by: 1 - rate * decay) }
        if decay > 0, !isDecoupled { slopes = Each.sums(gradients, weights, times: decay) }
        Each.multiply(means, by: betas.first)
        Each.add(means, slopes, times: 1 - betas.first)
        Each.multiply(squares, by: betas.second)
        Each.addProducts(squares, slopes, slopes, times: 1 - betas.second)
        let sizes = Each.squareRoots(squares)
        Each.divide(sizes, by: (1 - Scalar.pow(betas.second, Double(steps))).squareRoot())
        Each.add(sizes, epsilon)
        Each.addQuotients(weights, means, sizes, times: -rate / (1 - Scalar.pow(betas.first, Double(steps))))
    }
}

/// Adam with the weight decay taken from the weights: w -= rate decay w (Loshchilov, Hutter 2019).
public final class AdamW: Adam {
    /// An optimizer of parameters.
    public init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0.01
    ) {
        super.init(parameters, learningRate, betas, epsilon, weightDecay, isDecoupled: true)
    }
}
