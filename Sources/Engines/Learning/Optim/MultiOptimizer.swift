/// Several optimizers, each for its part of a model.
public final class MultiOptimizer {
    /// The optimizers in order; what no filter took has none.
    public let optimizers: [Optimizer]

    /// Gives each trainable parameter to the first part whose filter takes its key.
    public init(
        _ model: Module, _ parts: [(filter: (String) -> Bool, make: ([Optimizer.Parameter]) -> Optimizer)]
    ) {
        let owners = model.trainable().map { parameter in
            (parameter, parts.firstIndex { $0.filter(parameter.key) })
        }
        optimizers = parts.enumerated().map { index, part in
            part.make(owners.filter { $0.1 == index }.map(\.0))
        }
    }

    /// What a schedule multiplies every learning rate with.
    public var rateFactor = 1.0 {
        didSet { for optimizer in optimizers { optimizer.rateFactor = rateFactor } }
    }

    /// Moves all parameters that have a gradient.
    public func step() throws {
        for optimizer in optimizers { try optimizer.step() }
    }

    /// Takes the gradients away.
    public func zeroGrad() {
        for optimizer in optimizers { optimizer.zeroGrad() }
    }
}
