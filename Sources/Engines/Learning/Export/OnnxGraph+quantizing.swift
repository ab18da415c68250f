/// The range of a value over the pictures that a model was calibrated with.
public struct ValueRange: Hashable, Sendable {
    /// The smallest number.
    public private(set) var least: Float = 0
    /// The largest number.
    public private(set) var most: Float = 0

    /// A range of nothing but 0, which every range holds so that padding stays what it is.
    public init() {}

    /// Takes in the ends of another range; what is no number is passed over.
    public mutating func widen(_ least: Float, _ most: Float) {
        if least.isFinite { self.least = min(self.least, least) }
        if most.isFinite { self.most = max(self.most, most) }
    }

    /// The step between two of 256 levels; never 0.
    var scale: Float { max((most - least) / 255, 1e-8) }

    /// The level of 0.
    var zero: UInt8 { UInt8(clamping: Int((-least / scale).rounded())) }
}

extension OnnxGraph {
    /// The operators whose products become whole numbers, and those that they meet on the way.
    private static let products: Set<String> = ["Conv", "Gemm"]

    /// The values whose ranges ``quantize(_:)`` needs, in the order of the graph.
    public var quantizedValues: [String] {
        dropIdentities()
        let outputs = Set(outputs.map(\.name))
        let users = nodes.reduce(into: [String: [String]]()) { users, node in
            for input in node.inputs { users[input, default: []].append(node.operation) }
        }
        var names: [String] = []
        func add(_ name: String) {
            if !names.contains(name), !outputs.contains(name), constants[name] == nil { names.append(name) }
        }
        for node in nodes where isQuantized(node) {
            add(node.inputs[0])
            if node.operation == "Add" { add(node.inputs[1]) }
            // A rectifier's output is a tighter range than its input, and both are computed at once.
            for output in node.outputs where users[output] != ["Relu"] { add(output) }
        }
        return names
    }

    private func isQuantized(_ node: OnnxNode) -> Bool {
        if node.operation == "Add" { return node.inputs.allSatisfy { constants[$0] == nil } }
        return Self.products.contains(node.operation) && node.inputs.count >= 2 && constants[node.inputs[1]] != nil
    }

    /// Makes the smallest and the largest number of each value an output, `least.N` and `most.N` for the N-th name.
    ///
    /// Such a graph is for calibration only: it is run on pictures, and its numbers widen a ``ValueRange`` a name.
    public func watch(_ names: [String]) {
        let inputs = Set(inputs.map(\.name))
        let ranks = ranks()
        for (number, name) in names.enumerated() {
            let rank = inputs.contains(name) ? 4 : ranks[name] ?? 4
            let value = OnnxValue(name: name, rank: rank)
            for (word, operation) in [("least", "ReduceMin"), ("most", "ReduceMax")] {
                let found = reduce(operation, value, axes: Array(0..<rank), keepsAxes: false)
                output(found, OnnxPort("\(word).\(number)", []))
            }
        }
    }

    /// The ranks of what products give: rows for linear layers, maps for convolutions and what keeps their shape.
    private func ranks() -> [String: Int] {
        nodes.reduce(into: [:]) { ranks, node in
            let rank: Int? =
                switch node.operation {
                case "Conv": 4
                case "Gemm", "Flatten": 2
                case "Reshape": node.inputs.count > 1 ? constants[node.inputs[1]]?.count : nil
                case "ReduceMean", "ReduceL2", "ReduceMax":
                    node.attributes["keepdims"] == .int(0) ? 2 : node.inputs.first.flatMap { ranks[$0] }
                default: node.inputs.compactMap { ranks[$0] }.max()
                }
            if let rank { for output in node.outputs { ranks[output] = rank } }
        }
    }

    /// Lets convolutions and linear layers compute with whole numbers of 8 bits: values in 256 levels of their range,
    /// weights in 255 levels around 0 with a step for each output channel, biases in whole numbers of 32 bits.
    ///
    /// Each is written as `QuantizeLinear` and `DequantizeLinear` around the operator, which runtimes join (Jacob et al.
    /// 2018, section 2; ONNX operator set 13). Batch norms must be folded. Values without a range stay as they are.
    public func quantize(_ ranges: [String: ValueRange]) {
        dropIdentities()
        var made: [String: String] = [:]
        var result: [OnnxNode] = []
        for input in inputs { level(input.name, ranges, &made, &result) }
        for var node in nodes {
            if isQuantized(node) {
                if Self.products.contains(node.operation) { quantizeWeights(of: &node, ranges, &result) }
                node.inputs = node.inputs.map { made[$0] ?? $0 }
            }
            result.append(node)
            for output in node.outputs { level(output, ranges, &made, &result) }
        }
        nodes = result
        dropUnusedConstants()
        dropUnusedNodes()
    }

    /// Behind a value its 256 levels, under a name that is remembered.
    private func level(
        _ name: String, _ ranges: [String: ValueRange], _ made: inout [String: String], _ nodes: inout [OnnxNode]
    ) {
        guard let range = ranges[name] else { return }
        let scale = constant(HostTensor([range.scale], shape: []), name: name + ".scale").name
        let zero = constant(HostTensor([range.zero], shape: []), name: name + ".zero").name
        let levels = name + ".levels"
        nodes.append(
            OnnxNode(operation: "QuantizeLinear", inputs: [name, scale, zero], outputs: [levels], attributes: [:]))
        nodes.append(
            OnnxNode(
                operation: "DequantizeLinear", inputs: [levels, scale, zero], outputs: [name + ".near"],
                attributes: [:]))
        made[name] = name + ".near"
    }

    /// Weights by output channel, and the bias in products of both steps.
    private func quantizeWeights(of node: inout OnnxNode, _ ranges: [String: ValueRange], _ nodes: inout [OnnxNode]) {
        guard let weight = constants[node.inputs[1]], let channels = weight.shape.first, channels > 0,
            let range = ranges[node.inputs[0]], node.operation == "Conv" || node.attributes["transB"] == .int(1)
        else { return }
        let (values, width) = (weight.floats, weight.count / channels)
        let scales = (0..<channels).map { channel -> Float in
            max((values[channel * width..<(channel + 1) * width].map(abs).max() ?? 0) / 127, 1e-8)
        }
        let levels = values.indices.map { Int8(clamping: Int((values[$0] / scales[$0 / width]).rounded())) }
        let name = node.inputs[1]
        let bytes = levels.map { UInt8(bitPattern: $0) }
        let zeros = [UInt8](repeating: 0, count: channels)
        guard let stored = HostTensor(bytes: bytes, shape: weight.shape, dtype: .int8),
            let zero = HostTensor(bytes: zeros, shape: [channels], dtype: .int8)
        else { return }
        node.inputs[1] = dequantized(stored, HostTensor(scales), zero, name, &nodes)
        guard node.inputs.count > 2, let bias = constants[node.inputs[2]], bias.count == channels else { return }
        let steps = scales.map { $0 * range.scale }
        let whole = zip(bias.floats, steps).map { Int32(clamping: Int(($0 / $1).rounded())) }
        let wholeBytes = whole.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> Int32(8 * $0)) } }
        guard let stored = HostTensor(bytes: wholeBytes, shape: [channels], dtype: .int32) else { return }
        node.inputs[2] = dequantized(stored, HostTensor(steps), nil, node.inputs[2], &nodes)
    }

    private func dequantized(
        _ stored: HostTensor, _ scales: HostTensor, _ zero: HostTensor?, _ name: String, _ nodes: inout [OnnxNode]
    ) -> String {
        var inputs = [
            constant(stored, name: name + ".levels").name, constant(scales, name: name + ".scale").name,
        ]
        if let zero { inputs.append(constant(zero, name: name + ".zero").name) }
        nodes.append(
            OnnxNode(
                operation: "DequantizeLinear", inputs: inputs, outputs: [name + ".near"], attributes: ["axis": .int(0)])
        )
        return name + ".near"
    }

    /// Levels that nobody asked for.
    private func dropUnusedNodes() {
        let kept = Set(outputs.map(\.name))
        while true {
            let used = Set(nodes.flatMap(\.inputs)).union(kept)
            let left = nodes.filter { !$0.outputs.allSatisfy { !used.contains($0) } }
            guard left.count < nodes.count else { return }
            nodes = left
        }
    }
}
