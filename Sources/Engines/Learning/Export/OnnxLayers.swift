extension Conv2d: OnnxLayer {
    /// A `Conv`.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let kernel = [weight.length(2), weight.length(3)]
        return graph.add(
            "Conv", x, try graph.weight(weight), try bias.map { try graph.weight($0) } ?? .none,
            attributes: [
                "kernel_shape": .ints(kernel), "strides": .ints([stride, stride]),
                "pads": .ints([padding, padding, padding, padding]), "dilations": .ints([dilation, dilation]),
                "group": .int(groups),
            ])
    }
}

extension Linear: OnnxLayer {
    /// A `Gemm` for rows, a `MatMul` and an `Add` for anything of more dimensions.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let shift = try bias.map { try graph.weight($0) }
        if x.rank == 2 {
            return graph.add(
                "Gemm", x, try graph.weight(weight), shift ?? .none, attributes: ["transB": .int(1)])
        }
        return try graph.linear(x, weight, shift)
    }
}

extension OnnxGraph {
    /// x W^T + b for anything of more than two dimensions.
    func linear(_ x: OnnxValue, _ weight: Tensor, _ bias: OnnxValue?) throws -> OnnxValue {
        let turned = try self.weight(weight, ".transposed") { $0.transposed().contiguous().host() }
        let product = add("MatMul", x, turned)
        return bias.map { add("Add", product, $0) } ?? product
    }
}

extension BatchNorm: OnnxLayer {
    /// A `BatchNormalization` with the running numbers.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        graph.add(
            "BatchNormalization", x, try graph.weight(weight), try graph.weight(bias), try graph.weight(runningMean),
            try graph.weight(runningVariance), attributes: ["epsilon": .float(epsilon)])
    }
}

extension LayerNorm: OnnxLayer {
    /// A `LayerNormalization` of the last dimension.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        graph.add(
            "LayerNormalization", x, try graph.weight(weight), try graph.weight(bias),
            attributes: ["axis": .int(-1), "epsilon": .float(epsilon)])
    }
}

extension GroupNorm: OnnxLayer {
    /// An `InstanceNormalization` of the groups, scaled and shifted by channel.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let ones = graph.constant(HostTensor([Float](repeating: 1, count: groups)))
        let zeros = graph.constant(HostTensor([Float](repeating: 0, count: groups)))
        let normal = graph.add(
            "InstanceNormalization", graph.reshape(x, [0, groups, -1]), ones, zeros,
            attributes: ["epsilon": .float(epsilon)])
        let back = graph.add("Reshape", normal, graph.add("Shape", x, rank: 1), rank: x.rank)
        let scaled = graph.add("Mul", back, try graph.channels(weight, x.rank))
        return graph.add("Add", scaled, try graph.channels(bias, x.rank))
    }
}

extension OnnxGraph {
    /// Numbers [c] in the shape in which they meet the channels of a tensor: [c, 1, ...].
    func channels(_ tensor: Tensor, _ rank: Int) throws -> OnnxValue {
        try weight(tensor, ".by-channel") { values in
            values.reshaped(to: [-1] + Array(repeating: 1, count: max(rank - 2, 0))).host()
        }
    }
}

extension PReLU: OnnxLayer {
    /// A `PRelu` with a slope by channel.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        graph.add("PRelu", x, try graph.channels(weight, x.rank))
    }
}

extension Activation: OnnxLayer {
    /// The function in operators of set 17, which has no `Gelu`.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        switch kind {
        case .relu: graph.relu(x)
        case .sigmoid: graph.sigmoid(x)
        case .tanh: graph.add("Tanh", x)
        case .gelu: graph.gelu(x)
        case .silu: graph.silu(x)
        case .hardSwish: graph.add("HardSwish", x)
        }
    }
}

extension OnnxGraph {
    func gelu(_ x: OnnxValue) -> OnnxValue {
        let inner = add("Erf", add("Mul", x, number(0.5.squareRoot())))
        return add("Mul", add("Mul", x, number(0.5)), add("Add", inner, number(1)))
    }

    func silu(_ x: OnnxValue) -> OnnxValue { add("Mul", x, sigmoid(x)) }
}

extension MaxPool2d: OnnxLayer {
    /// A `MaxPool`.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        graph.add(
            "MaxPool", x,
            attributes: [
                "kernel_shape": .ints([kernel, kernel]), "strides": .ints([stride, stride]),
                "pads": .ints([padding, padding, padding, padding]),
            ])
    }
}

extension AveragePool2d: OnnxLayer {
    /// An `AveragePool`.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        graph.add(
            "AveragePool", x,
            attributes: ["kernel_shape": .ints([kernel, kernel]), "strides": .ints([stride, stride])])
    }
}

extension GlobalAveragePool: OnnxLayer {
    /// A `GlobalAveragePool`, and the two dimensions left out.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue { graph.pooled(x) }
}

extension OnnxGraph {
    func pooled(_ x: OnnxValue) -> OnnxValue {
        add("Flatten", add("GlobalAveragePool", x), attributes: ["axis": .int(1)], rank: 2)
    }
}

extension GeneralizedMeanPool: OnnxLayer {
    /// exp(log(mean exp(p log x)) / p).
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let power = try graph.weight(exponent)
        let logs = graph.add("Log", graph.add("Clip", x, graph.number(1e-6)))
        let mean = graph.pooled(graph.add("Exp", graph.add("Mul", logs, power)))
        return graph.add("Exp", graph.add("Div", graph.add("Log", mean), power))
    }
}

extension Dropout: OnnxLayer {
    /// Nothing.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue { x }
}

extension DropPath: OnnxLayer {
    /// Nothing.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue { x }
}

extension Embedding: OnnxLayer {
    /// A `Gather` of rows.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        graph.add("Gather", try graph.weight(weight), x, attributes: ["axis": .int(0)], rank: x.rank + 1)
    }
}

extension Sequential: OnnxLayer {
    /// The layers in order.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        try layers.reduce(x) { try graph.apply($1, $0) }
    }
}
