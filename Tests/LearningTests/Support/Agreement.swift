import Basics
import Testing

@testable import Learning

/// Draws for oracles: the same on every machine.
struct Draws {
    private var random: SeededRandom

    init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func uniform(_ range: ClosedRange<Double> = -1...1) -> Double { .random(in: range, using: &random) }

    mutating func doubles(_ count: Int, _ range: ClosedRange<Double> = -1...1) -> [Double] {
        (0..<count).map { _ in uniform(range) }
    }

    mutating func host(_ shape: Int..., in range: ClosedRange<Double> = -1...1) -> HostTensor {
        HostTensor(doubles(shape.reduce(1, *), range), shape: shape)
    }

    mutating func ints(_ count: Int, below limit: Int) -> [Int] {
        (0..<count).map { _ in .random(in: 0..<limit, using: &random) }
    }
}

/// Every test computes on one thread: the tests themselves run side by side.
let oneThread: Void = { TorchRuntime.threads = 1 }()

/// A leaf in double precision whose gradient can be asked for.
func leaf(_ host: HostTensor) -> Tensor {
    _ = oneThread
    let tensor = Tensor(host)
    tensor.requiresGrad = true
    return tensor
}

/// Whether two lists agree to a tolerance, relative for numbers above 1.
func agree(_ left: [Double], _ right: [Double], _ tolerance: Double = 1e-9) -> Bool {
    left.count == right.count
        && zip(left, right).allSatisfy { $0 == $1 || abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
}

/// The derivatives of a function of a list, by central differences.
func slopes(_ values: [Double], step: Double = 1e-5, _ function: ([Double]) -> Double) -> [Double] {
    values.indices.map { index in
        var moved = values
        moved[index] = values[index] + step
        let above = function(moved)
        moved[index] = values[index] - step
        return (above - function(moved)) / (2 * step)
    }
}

/// Checks values and gradients of an expression of tensors against an oracle in plain Swift.
///
/// The result may have any shape: its elements are summed with fixed weights, and the gradient of that sum is compared.
func expectAgreement(
    _ inputs: [HostTensor], tolerance: Double = 1e-9, slope: Double = 1e-6,
    torch: ([Tensor]) throws -> Tensor, oracle: ([[Double]]) -> [Double],
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let leaves = inputs.map(leaf)
    try expectAgreement(
        leaves, tolerance: tolerance, slope: slope, torch: { try torch(leaves) }, oracle: oracle,
        sourceLocation: sourceLocation)
}

/// Checks a layer with drawn parameters against an oracle that gets the inputs and the parameters by key.
func expectAgreement<Part: Module>(
    of layer: Part, _ inputs: [HostTensor], parameters range: ClosedRange<Double> = -1...1,
    run: (Part, [Tensor]) -> Tensor, oracle: ([[Double]], [String: [Double]]) -> [Double],
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    var draws = Draws(99)
    layer.convert(to: .float64)
    for (_, tensor) in layer.parameters() {
        tensor.copyInPlace(Tensor(HostTensor(draws.doubles(tensor.count, range), shape: tensor.shape)))
    }
    let leaves = inputs.map(leaf)
    let parameters = layer.parameters()
    try expectAgreement(
        leaves + parameters.map(\.tensor), tolerance: 1e-9, slope: 1e-5, torch: { run(layer, leaves) },
        oracle: { values in
            let named = zip(parameters.map(\.key), values.dropFirst(inputs.count))
            return oracle(Array(values.prefix(inputs.count)), Dictionary(uniqueKeysWithValues: Array(named)))
        }, sourceLocation: sourceLocation)
}

private func expectAgreement(
    _ leaves: [Tensor], tolerance: Double, slope: Double, torch: () throws -> Tensor,
    oracle: ([[Double]]) -> [Double], sourceLocation: SourceLocation
) throws {
    let values = leaves.map { $0.host().doubles }
    let expected = oracle(values)
    var draws = Draws(1)
    let weights = expected.count == 1 ? [1] : draws.doubles(expected.count)
    let found = try checked {
        let result = try torch()
        (result * Tensor(HostTensor(weights, shape: result.shape))).sum().backward()
        return result.host().doubles
    }
    #expect(agree(found, expected, tolerance), "\(found) \(expected)", sourceLocation: sourceLocation)
    for (index, leaf) in leaves.enumerated() {
        let numeric = slopes(values[index]) { moved in
            var all = values
            all[index] = moved
            return zip(oracle(all), weights).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let gradient = leaf.grad?.host().doubles ?? Array(repeating: 0, count: numeric.count)
        #expect(
            agree(gradient, numeric, slope), "input \(index): \(gradient) \(numeric)", sourceLocation: sourceLocation)
    }
}
