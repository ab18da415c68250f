extension BlockAttention: OnnxLayer {
    /// Channels, then places.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let weighed = try channel.map { try graph.apply($0, x) } ?? x
        return try spatial.map { try graph.apply($0, weighed) } ?? weighed
    }
}

extension ChannelAttention: OnnxLayer {
    /// The maps times what their channels weigh.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        func answer(_ seen: OnnxValue) throws -> OnnxValue {
            try graph.apply(fc2, graph.relu(graph.apply(fc1, seen)))
        }
        let sum = graph.add(
            "Add", try answer(graph.add("GlobalAveragePool", x)), try answer(graph.add("GlobalMaxPool", x)))
        return graph.add("Mul", x, graph.sigmoid(sum))
    }
}

extension SpatialAttention: OnnxLayer {
    /// The maps times what their places weigh.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let seen = graph.concatenate(
            [graph.reduce("ReduceMean", x, axes: [1]), graph.reduce("ReduceMax", x, axes: [1])], axis: 1)
        return graph.add("Mul", x, graph.sigmoid(try graph.apply(conv, seen)))
    }
}

extension BasicBlock: OnnxLayer {
    /// The block.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let middle = graph.relu(try graph.chain(x, [conv1, norm1]))
        return try graph.residual(x, graph.chain(middle, [conv2, norm2]), attention, downsample)
    }
}

extension BottleneckBlock: OnnxLayer {
    /// The block.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let first = graph.relu(try graph.chain(x, [conv1, norm1]))
        let second = graph.relu(try graph.chain(first, [conv2, norm2]))
        return try graph.residual(x, graph.chain(second, [conv3, norm3]), attention, downsample)
    }
}

extension OnnxGraph {
    func chain(_ x: OnnxValue, _ layers: [Layer]) throws -> OnnxValue { try layers.reduce(x) { try apply($1, $0) } }

    func residual(
        _ x: OnnxValue, _ branch: OnnxValue, _ attention: BlockAttention?, _ downsample: Sequential?
    ) throws -> OnnxValue {
        let seen = try attention.map { try apply($0, branch) } ?? branch
        return relu(add("Add", seen, try downsample.map { try apply($0, x) } ?? x))
    }
}

extension ResNet: OnnxFeatures {
    /// The four stages.
    public func emitFeatures(_ x: OnnxValue, into graph: OnnxGraph) throws -> [OnnxValue] {
        var maps = try graph.apply(pool, graph.relu(graph.chain(x, [conv1, norm1])))
        return try [layer1, layer2, layer3, layer4].map { layer in
            maps = try graph.apply(layer, maps)
            return maps
        }
    }
}

extension ConvUnit: OnnxLayer {
    /// The unit.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let maps = try graph.chain(x, [convolution, norm])
        return try activation.map { try graph.apply($0, maps) } ?? maps
    }
}

extension InceptionBlock: OnnxLayer {
    /// The branches' maps one after another.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let maps = graph.concatenate(try branches.map { try graph.apply($0, x) }, axis: 1)
        return try attention.map { try graph.apply($0, maps) } ?? maps
    }
}

extension InceptionSmall: OnnxFeatures {
    /// The four stages.
    public func emitFeatures(_ x: OnnxValue, into graph: OnnxGraph) throws -> [OnnxValue] {
        var maps = try graph.apply(stem, x)
        return try layers.map { layer in
            maps = try graph.apply(layer, maps)
            return maps
        }
    }
}

extension SqueezeExcitation: OnnxLayer {
    /// The maps times what their channels weigh.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let middle = graph.silu(try graph.apply(fc1, graph.add("GlobalAveragePool", x)))
        return graph.add("Mul", x, graph.sigmoid(try graph.apply(fc2, middle)))
    }
}

extension InvertedResidual: OnnxLayer {
    /// The block.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        let branch = try graph.chain(x, block)
        let seen = try attention.map { try graph.apply($0, branch) } ?? branch
        return isResidual ? graph.add("Add", seen, x) : seen
    }
}

extension EfficientNet: OnnxFeatures {
    /// The four stages.
    public func emitFeatures(_ x: OnnxValue, into graph: OnnxGraph) throws -> [OnnxValue] {
        var maps = x
        return try chain.enumerated().compactMap { index, layer in
            maps = try graph.apply(layer, maps)
            return Self.isOutput(index) ? maps : nil
        }
    }
}

extension VisionTransformer: OnnxFeatures {
    /// The one stage.
    public func emitFeatures(_ x: OnnxValue, into graph: OnnxGraph) throws -> [OnnxValue] {
        let maps = try graph.apply(stem, x)
        let placed = graph.add("Add", maps, try graph.apply(position, maps))
        let shape = graph.add("Shape", placed, rank: 1)
        let tokens = graph.transpose(graph.reshape(placed, [0, 0, -1]), [0, 2, 1])
        let seen = try graph.apply(norm, graph.chain(tokens, blocks))
        return [graph.add("Reshape", graph.transpose(seen, [0, 2, 1]), shape, rank: 4)]
    }
}
