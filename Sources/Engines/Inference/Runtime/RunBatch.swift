/// Several requests as one run: their tensors one behind the other along the first dimension.
struct RunBatch {
    let tensors: [String: Tensor]
    private let rows: [Int]

    /// Whether two requests may share a run: open first dimensions, and the same shapes behind them.
    static func canShare(_ first: ModelQueue.Job, _ other: ModelQueue.Job, _ runner: any ModelRunner) -> Bool {
        let isOpen = (runner.inputs + runner.outputs).allSatisfy { $0.shape.first == .some(nil) }
        guard isOpen, rows(of: first.tensors) != nil, rows(of: other.tensors) != nil else { return false }
        return runner.inputs.allSatisfy { port in
            guard let a = first.tensors[port.name], let b = other.tensors[port.name] else { return false }
            return a.elements.type == b.elements.type && a.shape.dropFirst() == b.shape.dropFirst()
        }
    }

    /// The first dimension that all tensors of a request have; nil if they differ.
    private static func rows(of tensors: [String: Tensor]) -> Int? {
        let rows = Set(tensors.values.map { $0.shape.first ?? -1 })
        guard rows.count == 1, let count = rows.first, count > 0 else { return nil }
        return count
    }

    init(_ requests: [[String: Tensor]]) throws(InferenceError) {
        rows = requests.map { Self.rows(of: $0) ?? 0 }
        var joined: [String: Tensor] = [:]
        for name in requests[0].keys {
            joined[name] = try Tensor(joining: requests.compactMap { $0[name] })
        }
        tensors = joined
    }

    /// What each request gets of the common answer.
    func parts(of answer: [String: Tensor]) throws(InferenceError) -> [[String: Tensor]] {
        var parts = [[String: Tensor]](repeating: [:], count: rows.count)
        for (name, tensor) in answer {
            guard tensor.shape.first == rows.reduce(0, +) else {
                throw InferenceError(.failed, "The output '\(name)' has other rows than its input.")
            }
            var first = 0
            for (index, count) in rows.enumerated() {
                parts[index][name] = try tensor.rows(first..<first + count)
                first += count
            }
        }
        return parts
    }
}

extension Tensor {
    /// Tensors one behind the other along the first dimension; their other dimensions are the same.
    init(joining tensors: [Tensor]) throws(InferenceError) {
        guard let first = tensors.first, !first.shape.isEmpty else {
            throw InferenceError(.invalidInput, "There is nothing to join.")
        }
        let shape = [tensors.reduce(0) { $0 + $1.shape[0] }] + first.shape.dropFirst()
        let elements: Elements =
            switch first.elements {
            case .float32:
                .float32(
                    tensors.flatMap { tensor -> [Float] in
                        if case .float32(let values) = tensor.elements { values } else { [] }
                    })
            case .uint8:
                .uint8(
                    tensors.flatMap { tensor -> [UInt8] in
                        if case .uint8(let values) = tensor.elements { values } else { [] }
                    })
            case .int32:
                .int32(
                    tensors.flatMap { tensor -> [Int32] in
                        if case .int32(let values) = tensor.elements { values } else { [] }
                    })
            case .int64:
                .int64(
                    tensors.flatMap { tensor -> [Int64] in
                        if case .int64(let values) = tensor.elements { values } else { [] }
                    })
            case .float16:
                .float16(
                    tensors.flatMap { tensor -> [UInt16] in
                        if case .float16(let values) = tensor.elements { values } else { [] }
                    })
            }
        try self.init(shape: shape, elements)
    }

    /// Some rows of the first dimension.
    func rows(_ rows: Range<Int>) throws(InferenceError) -> Tensor {
        let width = shape.dropFirst().reduce(1, *)
        let range = rows.lowerBound * width..<rows.upperBound * width
        let elements: Elements =
            switch elements {
            case .float32(let values): .float32(Array(values[range]))
            case .uint8(let values): .uint8(Array(values[range]))
            case .int32(let values): .int32(Array(values[range]))
            case .int64(let values): .int64(Array(values[range]))
            case .float16(let values): .float16(Array(values[range]))
            }
        return try Tensor(shape: [rows.count] + shape.dropFirst(), elements)
    }
}
