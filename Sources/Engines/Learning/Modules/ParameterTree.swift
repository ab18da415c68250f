/// What did not fit when weights were loaded into a module.
public struct WeightMismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// Keys that the module has and the weights do not.
    public let missing: [String]
    /// Keys that the weights have and the module does not.
    public let unused: [String]
    /// Keys whose shapes differ, each with both.
    public let reshaped: [String]

    var isNone: Bool { missing.isEmpty && unused.isEmpty && reshaped.isEmpty }

    /// One line that names every key.
    public var description: String {
        let parts = [("missing", missing), ("unused", unused), ("of another shape", reshaped)]
        return parts.filter { !$0.1.isEmpty }.map { "\($0.0): " + $0.1.joined(separator: ", ") }
            .joined(separator: "; ")
    }
}

/// What must fit when weights are loaded.
public enum WeightCheck: Hashable, Sendable {
    /// Every key on both sides.
    case exact
    /// Shapes only: what is missing stays as it is, what is unused is left out.
    case lenient
}

extension Module {
    /// The weights in Swift's memory, by key.
    public func weights() -> [String: HostTensor] {
        Dictionary(flattened().map { ($0.key, $0.tensor.host()) }, uniquingKeysWith: { first, _ in first })
    }

    /// Takes over weights by their keys, into the tensors that are there, so that optimizers keep theirs.
    ///
    /// A shape that differs is an error in every case, and then nothing is changed. Returns what was missing or unused.
    @discardableResult
    public func update(_ weights: [String: HostTensor], verify: WeightCheck = .exact) throws -> WeightMismatch {
        let own = flattened()
        let mismatch = mismatch(own, weights)
        guard mismatch.reshaped.isEmpty, verify == .lenient || mismatch.isNone else { throw mismatch }
        for (key, tensor) in own {
            if let host = weights[key] { tensor.copyInPlace(Tensor(host, device: tensor.device)) }
        }
        return mismatch
    }

    private func mismatch(
        _ own: [(key: String, tensor: Tensor)], _ weights: [String: HostTensor]
    ) -> WeightMismatch {
        let keys = Set(own.map(\.key))
        let reshaped = own.compactMap { key, tensor -> String? in
            guard let other = weights[key]?.shape, other != tensor.shape else { return nil }
            return "\(key) \(tensor.shape) against \(other)"
        }
        return WeightMismatch(
            missing: keys.filter { weights[$0] == nil }.sorted(),
            unused: weights.keys.filter { !keys.contains($0) }.sorted(), reshaped: reshaped)
    }
}

/// The gradients of a module's trainable parameters, by key.
public typealias Gradients = [String: Tensor]

/// A loss of a module and its gradients, which stay on the parameters for an optimizer's step.
///
/// Takes the old gradients away, computes the loss, goes back through it. Throws what fails on the way, and whatever
/// `loss` throws. The loss comes back without its history.
public func valueAndGrad(
    _ model: Module, _ loss: () throws -> Tensor
) throws -> (loss: Tensor, gradients: Gradients) {
    try checked {
        model.zeroGrad()
        let value = try loss()
        value.backward()
        let pairs = model.trainable().compactMap { key, tensor in tensor.grad.map { (key, $0) } }
        return (value.detached(), Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
    }
}
