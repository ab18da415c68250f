extension ModelManifest {
    /// What the manifest says otherwise than the model does, as sentences; empty if they agree.
    ///
    /// A dimension that the manifest leaves open may be fixed in the model; not the other way round.
    public func differences(from session: ModelSession) -> [String] {
        differences(fromInputs: session.inputs, outputs: session.outputs)
    }

    /// The same for a model that is known by what it takes and gives.
    public func differences(fromInputs real: [TensorPort], outputs given: [TensorPort]) -> [String] {
        Self.differences("input", inputs, real) + Self.differences("output", outputs, given)
    }

    private static func differences(_ kind: String, _ declared: [Port], _ real: [TensorPort]) -> [String] {
        var problems = real.filter { port in !declared.contains { $0.name == port.name } }
            .map { "the \(kind) '\($0.name)' of the model is not declared" }
        for port in declared {
            guard let match = real.first(where: { $0.name == port.name }) else {
                problems.append("the model has no \(kind) '\(port.name)'")
                continue
            }
            let fits =
                match.type == port.type && match.shape.count == port.shape.count
                && zip(match.shape, port.shape).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
            if !fits { problems.append("the \(kind) '\(port.name)' is \(match.text) in the model") }
        }
        return problems
    }
}

extension TensorPort {
    /// A tensor of zeros that fits; dimensions that may change count as 1.
    ///
    /// - Throws: `.invalidModel` when the element type is not supported or the tensor would be too large.
    public func zeros() throws(InferenceError) -> Tensor {
        let sizes = shape.map { $0 ?? 1 }
        guard let type, let count = Tensor.count(of: sizes) else {
            throw InferenceError(.invalidModel, "No tensor for the input \(text) can be made.")
        }
        return switch type {
        case .float32: try Tensor(shape: sizes, .float32([Float](repeating: 0, count: count)))
        case .uint8: try Tensor(shape: sizes, .uint8([UInt8](repeating: 0, count: count)))
        case .int32: try Tensor(shape: sizes, .int32([Int32](repeating: 0, count: count)))
        case .int64: try Tensor(shape: sizes, .int64([Int64](repeating: 0, count: count)))
        case .float16: try Tensor(shape: sizes, .float16([UInt16](repeating: 0, count: count)))
        }
    }
}
