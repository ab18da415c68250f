extension MultiHeadAttention: OnnxLayer {
    /// Attention without a mask.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue { try emit(x, mask: nil, into: graph) }

    /// Attention with a mask [n, t] of truth values, or without one.
    public func emit(_ x: OnnxValue, mask: OnnxValue?, into graph: OnnxGraph) throws -> OnnxValue {
        let width = inputWeight.length(1)
        let all = try graph.linear(x, inputWeight, graph.weight(inputBias))
        let parts = graph.add(
            "Split", [all, graph.integers([width, width, width])], ["axis": .int(-1)], outputs: 3, rank: 3)
        let seen = graph.attend(parts[0], parts[1], parts[2], heads: heads, width: width, mask: mask)
        return try graph.apply(output, seen)
    }
}

extension CrossAttention {
    /// Attention to the positions of another sequence, with a mask [n, s] of truth values or without one.
    public func emit(
        _ x: OnnxValue, to context: OnnxValue, mask: OnnxValue? = nil, into graph: OnnxGraph
    ) throws -> OnnxValue {
        let seen = graph.attend(
            try graph.apply(query, x), try graph.apply(key, context), try graph.apply(value, context), heads: heads,
            width: query.weight.length(0), mask: mask)
        return try graph.apply(output, seen)
    }
}

extension OnnxGraph {
    func attend(
        _ query: OnnxValue, _ key: OnnxValue, _ value: OnnxValue, heads: Int, width: Int, mask: OnnxValue?
    ) -> OnnxValue {
        let part = width / max(heads, 1)
        func split(_ x: OnnxValue, _ axes: [Int]) -> OnnxValue { transpose(reshape(x, [0, 0, heads, part]), axes) }
        let scaled = add("Mul", split(query, [0, 2, 1, 3]), number(1 / Double(max(part, 1)).squareRoot()))
        var scores = add("MatMul", scaled, split(key, [0, 2, 3, 1]))
        let shown = mask.map { add("Unsqueeze", $0, integers([1, 2]), rank: 4) }
        if let shown { scores = add("Where", shown, scores, number(-1e9), rank: 4) }
        var weights = add("Softmax", scores, attributes: ["axis": .int(-1)])
        if let shown { weights = add("Where", shown, weights, number(0), rank: 4) }
        let seen = add("MatMul", weights, split(value, [0, 2, 1, 3]))
        return reshape(transpose(seen, [0, 2, 1, 3]), [0, 0, width])
    }
}

extension TransformerBlock: OnnxLayer {
    /// The block without a mask.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue { try emit(x, mask: nil, into: graph) }

    /// The block with a mask [n, t] of truth values, or without one.
    public func emit(_ x: OnnxValue, mask: OnnxValue?, into graph: OnnxGraph) throws -> OnnxValue {
        let seen = graph.add("Add", x, try attention.emit(graph.apply(norm1, x), mask: mask, into: graph))
        let wide = graph.gelu(try graph.apply(fc1, graph.apply(norm2, seen)))
        return graph.add("Add", seen, try graph.apply(fc2, wide))
    }
}
