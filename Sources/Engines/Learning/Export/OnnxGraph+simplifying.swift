extension OnnxGraph {
    /// Puts batch norms into the convolutions and linear layers before them: W' = W g / sqrt(v + e) for every output
    /// channel, b' = beta + (b - m) g / sqrt(v + e). Those whose input something else needs too stay.
    public func foldBatchNorms() {
        let uses = countUses()
        var makers: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for output in node.outputs { makers[output] = index }
        }
        var dropped: Set<Int> = []
        for (index, node) in nodes.enumerated() where node.operation == "BatchNormalization" {
            guard let input = node.inputs.first, uses[input] == 1, let maker = makers[input],
                fold(norm: node, into: maker)
            else { continue }
            dropped.insert(index)
        }
        nodes = nodes.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
        dropUnusedConstants()
    }

    private func fold(norm: OnnxNode, into maker: Int) -> Bool {
        let numbers = norm.inputs.dropFirst().map { constants[$0]?.doubles ?? [] }
        guard ["Conv", "Gemm"].contains(nodes[maker].operation), numbers.count == 4,
            nodes[maker].inputs.count >= 2, let weight = constants[nodes[maker].inputs[1]],
            case .float(let epsilon)? = norm.attributes["epsilon"]
        else { return false }
        let channels = weight.shape.first ?? 0
        guard channels > 0, numbers.allSatisfy({ $0.count == channels }) else { return false }
        let factors = (0..<channels).map { numbers[0][$0] / (numbers[3][$0] + epsilon).squareRoot() }
        let (width, values) = (weight.count / channels, weight.doubles)
        let scaled = values.indices.map { Float(values[$0] * factors[$0 / width]) }
        let old = nodes[maker].inputs.count > 2 ? constants[nodes[maker].inputs[2]]?.doubles : nil
        let bias = (0..<channels).map { numbers[1][$0] + ((old?[$0] ?? 0) - numbers[2][$0]) * factors[$0] }
        let key = folded(nodes[maker].inputs[1], norm.inputs[1])
        nodes[maker].inputs = [
            nodes[maker].inputs[0], constant(HostTensor(scaled, shape: weight.shape), name: key + ".weight").name,
            constant(HostTensor(bias.map { Float($0) }), name: key + ".bias").name,
        ]
        nodes[maker].outputs = norm.outputs
        return true
    }

    /// The name of folded weights: the layer's key, and the norm's where several norms stand behind one layer.
    private func folded(_ weight: String, _ scale: String) -> String {
        func layer(_ key: String) -> String { String(key.prefix(upTo: key.lastIndex(of: ".") ?? key.endIndex)) }
        let key = layer(weight) + "+norm"
        return constants[key + ".weight"] == nil ? key : layer(weight) + "+" + layer(scale)
    }

    /// Lets what makes an output's value give it under the output's own name.
    func dropIdentities() {
        let uses = countUses()
        var kept: [OnnxNode] = []
        for node in nodes {
            if node.operation == "Identity", let input = node.inputs.first, uses[input] == 1,
                let maker = kept.lastIndex(where: { $0.outputs.contains(input) })
            {
                kept[maker].outputs = kept[maker].outputs.map { $0 == input ? node.outputs[0] : $0 }
            } else {
                kept.append(node)
            }
        }
        nodes = kept
    }

    func dropUnusedConstants() {
        let used = Set(nodes.flatMap(\.inputs))
        constantOrder.removeAll { !used.contains($0) }
        constants = constants.filter { used.contains($0.key) }
    }

    private func countUses() -> [String: Int] {
        nodes.flatMap(\.inputs).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
