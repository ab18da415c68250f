import Testing

@testable import Learning

/// A matrix, which decays, and a vector, which does not.
private final class Pair: Module {
    @Param var weight: Tensor
    @Param var bias: Tensor

    override init() {
        weight = Tensor([1.0, -2, 0.5, 3], shape: [2, 2])
        bias = Tensor([0.3, -0.7])
        super.init()
    }

    /// A bowl that is not round, and not centred.
    func loss() -> Tensor {
        (weight.square() * Tensor([1.0, 3, 0.2, 1], shape: [2, 2])).sum() + (bias - 1).pow(4).sum() + weight.sum()
    }

    /// The same bowl's slopes, by hand.
    static func slopes(_ w: [Double], _ b: [Double]) -> ([Double], [Double]) {
        (zip(w, [1, 3, 0.2, 1]).map { 2 * $0 * $1 + 1 }, b.map { 4 * ($0 - 1) * ($0 - 1) * ($0 - 1) })
    }
}

@Suite("Optimizers equal their formulas")
struct OptimizerTests {
    /// Takes ten steps, with a factor on the rate that changes, beside a formula for single numbers.
    private func check(
        _ make: (Pair) -> Optimizer, decay: Double,
        _ formula: (_ w: Double, _ g: Double, _ rate: Double, _ decay: Double, _ step: Int, _ state: inout [Double])
            -> Double
    ) throws {
        let model = Pair()
        let optimizer = make(model)
        var (w, b) = (model.weight.host().doubles, model.bias.host().doubles)
        var states = Array(repeating: [0.0, 0], count: 6)
        for step in 1...10 {
            optimizer.rateFactor = 1 / Double(step)
            _ = try valueAndGrad(model) { model.loss() }
            try optimizer.step()
            let (slopesW, slopesB) = Pair.slopes(w, b)
            for i in w.indices { w[i] = formula(w[i], slopesW[i], optimizer.rate, decay, step, &states[i]) }
            for i in b.indices { b[i] = formula(b[i], slopesB[i], optimizer.rate, 0, step, &states[4 + i]) }
            #expect(agree(model.weight.host().doubles, w, 1e-12), "step \(step)")
            #expect(agree(model.bias.host().doubles, b, 1e-12), "step \(step)")
        }
        #expect(optimizer.steps == 10)
    }

    @Test(
        "LEARN-106 gradient descent, plain, with momentum and after Nesterov",
        arguments: [(0, false), (0.9, false), (0.9, true)])
    func descent(momentum: Double, nesterov: Bool) throws {
        try check(
            {
                SGD(
                    $0.trainable(), learningRate: 0.02, momentum: momentum, weightDecay: 0.1, nesterov: nesterov)
            }, decay: 0.1
        ) { w, g, rate, decay, _, state in
            let slope = g + decay * w
            state[0] = momentum * state[0] + slope
            return w - rate * (nesterov ? slope + momentum * state[0] : state[0])
        }
    }

    @Test("LEARN-106 Adam and AdamW, without decay of norms and biases", arguments: [false, true])
    func adam(isDecoupled: Bool) throws {
        try check(
            {
                isDecoupled
                    ? AdamW($0.trainable(), learningRate: 0.1, weightDecay: 0.2)
                    : Adam($0.trainable(), learningRate: 0.1, weightDecay: 0.2)
            }, decay: 0.2
        ) { w, g, rate, decay, step, state in
            let slope = isDecoupled ? g : g + decay * w
            let weight = isDecoupled ? w - rate * decay * w : w
            state[0] = 0.9 * state[0] + 0.1 * slope
            state[1] = 0.999 * state[1] + 0.001 * slope * slope
            let mean = state[0] / (1 - Oracle.pow(0.9, Double(step)))
            let square = state[1] / (1 - Oracle.pow(0.999, Double(step)))
            return weight - rate * mean / (square.squareRoot() + 1e-8)
        }
    }

    @Test("LEARN-105 an optimizer that goes on from its saved state takes the same steps", arguments: [0, 1])
    func saved(kind: Int) throws {
        func make(_ model: Pair) -> Optimizer {
            kind == 0 ? SGD(model.trainable(), learningRate: 0.01) : AdamW(model.trainable())
        }
        let (first, second) = (Pair(), Pair())
        let optimizer = make(first)
        func steps(_ count: Int, _ model: Pair, _ optimizer: Optimizer) throws {
            for _ in 0..<count {
                _ = try valueAndGrad(model) { model.loss() }
                try optimizer.step()
            }
        }
        try steps(3, first, optimizer)
        try second.update(first.weights())
        let other = make(second)
        try other.restore(optimizer.savedState())
        #expect(other.steps == 3 && other.savedState() == optimizer.savedState())
        try steps(3, first, optimizer)
        try steps(3, second, other)
        #expect(first.weights() == second.weights())
        var broken = optimizer.savedState()
        broken[optimizer.stateNames[0] + ".bias"] = nil
        let error = #expect(throws: WeightMismatch.self) { try other.restore(broken) }
        #expect(error?.missing == [optimizer.stateNames[0] + ".bias"])
    }

    @Test("LEARN-100 several optimizers each move their part, and nobody moves the rest")
    func several() throws {
        let model = Pair()
        let multi = MultiOptimizer(
            model,
            [
                ({ $0 == "weight" }, { SGD($0, learningRate: 0.1, momentum: 0, weightDecay: 0) }),
                ({ _ in false }, { Adam($0) }),
            ])
        multi.rateFactor = 0.5
        #expect(multi.optimizers.map(\.keys) == [["weight"], []])
        let before = model.weights()
        _ = try valueAndGrad(model) { model.loss() }
        try multi.step()
        let slopes = Pair.slopes(before["weight"]?.doubles ?? [], []).0
        #expect(agree(model.weight.host().doubles, zip(before["weight"]?.doubles ?? [], slopes).map { $0 - 0.05 * $1 }))
        #expect(model.bias.host() == before["bias"])
        multi.zeroGrad()
        #expect(model.weight.grad == nil)
    }

    @Test("small parameters share a call and large ones stand alone, and all move the same")
    func sizes() throws {
        let sizes = [3, 200_000, 5, 1, 130_000, 60_000, 80_000]
        let parameters = sizes.enumerated().map { index, size in
            ("p\(index)", leaf(HostTensor([Double](repeating: 1, count: size))))
        }
        let optimizer = SGD(parameters, learningRate: 0.5, momentum: 0.9, weightDecay: 0)
        for _ in 0..<2 {
            for (_, tensor) in parameters { tensor.grad = tensor.detached().onesLike() }
            try optimizer.step()
        }
        // 1 - 0.5 - 0.5 (0.9 + 1).
        for (_, tensor) in parameters { #expect(abs((tensor.detached() + 0.45).abs().sum().item()) < 1e-6) }
    }

    @Test("LEARN-106 long gradients are scaled to the limit, short ones and broken ones stay")
    func clipping() throws {
        let model = Pair()
        func set(_ numbers: [Double]) {
            model.weight.grad = Tensor(Array(numbers.prefix(4)), shape: [2, 2])
            model.bias.grad = Tensor(Array(numbers.suffix(2)))
        }
        func all() -> [Double] { [model.weight, model.bias].flatMap { $0.grad?.host().doubles ?? [] } }
        let numbers: [Double] = [1, 2, 3, 4, 5, 3]
        set(numbers)
        #expect(try model.clipGradients(to: 10) == 8 && all() == numbers)
        #expect(try model.clipGradients(to: 2) == 8)
        #expect(agree(all(), numbers.map { $0 * 2 / (8 + 1e-6) }))
        set([1, 2, .nan, 4, 5, 3])
        #expect(try model.clipGradients(to: 2).isNaN)
        #expect(all()[0] == 1)
        model.zeroGrad()
        #expect(try model.clipGradients(to: 2) == 0)
    }
}
