/// A slow copy of a model's weights, which is often better than the weights themselves: a = d a + (1 - d) w after each
/// step, with d = min(decay, (1 + t) / (10 + t)), so that the start is forgotten.
public final class MovingAverage {
    /// The largest d.
    public let decay: Double
    /// Steps taken in.
    public private(set) var steps = 0
    private let model: Module
    private var averages: [Tensor]

    /// A copy of the weights as they are.
    public init(_ model: Module, decay: Double = 0.999) {
        self.model = model
        self.decay = decay
        averages = withoutGrad { model.flattened().map { $0.tensor.detached().clone() } }
    }

    /// d at a step, from 0.
    public static func decay(step: Int, limit: Double) -> Double {
        min(limit, (1 + Double(step)) / (10 + Double(step)))
    }

    /// Takes in the weights after a step. Integers, such as counters, are taken over.
    public func update() throws {
        try checked {
            withoutGrad {
                let share = Self.decay(step: steps, limit: decay)
                steps += 1
                for (average, (_, tensor)) in zip(averages, model.flattened()) {
                    if tensor.dtype.isFloating {
                        average.copyInPlace(average * share + tensor.detached() * (1 - share))
                    } else {
                        average.copyInPlace(tensor)
                    }
                }
            }
        }
    }

    /// Runs a body with the averages in the model's place, and puts the weights back, whatever happens.
    public func applied<Result>(_ body: () throws -> Result) throws -> Result {
        let kept = withoutGrad { model.flattened().map { $0.tensor.detached().clone() } }
        set(averages)
        defer { set(kept) }
        return try body()
    }

    private func set(_ values: [Tensor]) {
        for (value, (_, tensor)) in zip(values, model.flattened()) { tensor.copyInPlace(value) }
    }

    /// The averages in Swift's memory, under the model's keys.
    public func weights() -> [String: HostTensor] {
        let pairs = zip(model.flattened(), averages).map { ($0.key, $1.host()) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Goes on from saved averages and their number of steps; every key of the model must be there.
    public func restore(_ saved: [String: HostTensor], steps: Int) throws {
        let kept = model.weights()
        defer { _ = try? model.update(kept, verify: .lenient) }
        try model.update(saved)
        averages = withoutGrad { model.flattened().map { $0.tensor.detached().clone() } }
        self.steps = max(steps, 0)
    }
}
