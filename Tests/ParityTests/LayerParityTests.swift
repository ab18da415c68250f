import Learning
import Testing

@Suite("Every layer computes the same in the trainer and in ONNX Runtime")
struct LayerParityTests {
    static let layers: [(String, [Int], @Sendable () -> Layer)] = [
        ("convolution", [2, 4, 9, 7], { Conv2d(4, 6, kernel: 3, stride: 2, padding: 2, dilation: 2, groups: 2) }),
        ("convolution and norm", [2, 3, 8, 8], { ConvUnit(3, 8, kernel: 3) }),
        ("linear on rows", [3, 5], { Linear(5, 4) }),
        ("linear on sequences", [3, 2, 5], { Linear(5, 4, bias: false) }),
        ("linear and norm", [3, 5], { Sequential(Linear(5, 4), BatchNorm(4)) }),
        ("norm alone", [2, 3, 4, 4], { Sequential(MaxPool2d(2), BatchNorm(3)) }),
        ("layer norm", [2, 3, 6], { LayerNorm(6) }),
        ("group norm", [2, 6, 4, 3], { GroupNorm(groups: 3, 6) }),
        ("slopes", [2, 3, 4, 4], { PReLU(3) }),
        ("relu", [2, 5], { Activation(.relu) }), ("sigmoid", [2, 5], { Activation(.sigmoid) }),
        ("tanh", [2, 5], { Activation(.tanh) }), ("gelu", [2, 5], { Activation(.gelu) }),
        ("silu", [2, 5], { Activation(.silu) }), ("hardSwish", [2, 5], { Activation(.hardSwish) }),
        ("maximum", [2, 3, 9, 9], { MaxPool2d(3, stride: 2, padding: 1) }),
        ("mean", [2, 3, 8, 8], { AveragePool2d(2) }), ("mean of maps", [2, 3, 8, 8], { GlobalAveragePool() }),
        ("generalised mean", [2, 3, 8, 8], { Sequential(Activation(.sigmoid), GeneralizedMeanPool()) }),
        ("dropout", [2, 3], { Sequential(Dropout(0.5), DropPath(0.5)) }),
        ("channel attention", [2, 32, 5, 5], { ChannelAttention(32) }),
        ("spatial attention", [2, 3, 9, 9], { SpatialAttention() }),
        ("squeeze and excitation", [2, 8, 5, 5], { SqueezeExcitation(8, 2) }),
        ("basic block", [2, 8, 8, 8], { BasicBlock(8, 16, stride: 2, attention: .both, dropPath: 0.1) }),
        ("bottleneck", [2, 8, 8, 8], { BottleneckBlock(8, 8, stride: 2, attention: .channel, dropPath: 0) }),
        ("inverted residual", [2, 8, 8, 8], { InvertedResidual(8, 8, expansion: 4, kernel: 5, stride: 1) }),
        ("inception", [2, 16, 8, 8], { InceptionBlock(16, 32, stride: 2, attention: .spatial) }),
    ]

    @Test("LEARN-132 a layer", arguments: layers.map(\.0))
    func layer(name: String) throws {
        let (_, shape, make) = try #require(Self.layers.first { $0.0 == name })
        for folds in [false, true] {
            let parity = try parity(make(), shape: shape, folds: folds)
            #expect(parity.answers == shape[0])
            #expect(throws: Never.self) { try parity.check() }
        }
    }

    @Test("LEARN-060 a transformer block, with and without a mask")
    func transformer() throws {
        let plain = try parity(TransformerBlock(16, heads: 2), shape: [3, 5, 16])
        #expect(throws: Never.self) { try plain.check() }

        let block = TransformerBlock(16, heads: 4)
        stir(block)
        let x = Tensor.randn([2, 3, 16])
        let shown: [Float] = [1, 1, 0, 0, 0, 0]
        let own = try checked { withoutGrad { block(x, mask: Tensor(shown, shape: [2, 3]).isAtLeast(0.5)).host() } }
        let graph = OnnxGraph(of: block)
        let input = graph.input(OnnxPort("x", [.open("N"), .open("T"), .fixed(16)]))
        let mask = graph.add("Greater", graph.input(OnnxPort("mask", [.open("N"), .open("T")])), graph.number(0.5))
        let y = try block.emit(input, mask: mask, into: graph)
        graph.output(y, OnnxPort("y", [.open("N"), .open("T"), .fixed(16)]))
        let served = try Serving.run(
            OnnxFile(graph).bytes, ["x": box(x), "mask": Serving.Box(shape: [2, 3], floats: shown)])
        var parity = ExportParity(runtime: try Serving.version())
        try parity.compare("y", trained: own, served: HostTensor(#require(served["y"])))
        try parity.check()
    }

    @Test("LEARN-060 cross attention")
    func crossAttention() throws {
        let attention = CrossAttention(16, context: 12, heads: 2)
        stir(attention)
        let (x, context) = (Tensor.randn([2, 3, 16]), Tensor.randn([2, 7, 12]))
        let own = try checked { withoutGrad { attention(x, to: context).host() } }
        let graph = OnnxGraph(of: attention)
        let inputs = [("x", 16), ("context", 12)].map {
            graph.input(OnnxPort($0.0, [.open("N"), .open($0.0 + "T"), .fixed($0.1)]))
        }
        let y = try attention.emit(inputs[0], to: inputs[1], into: graph)
        graph.output(y, OnnxPort("y", [.open("N"), .open("T"), .fixed(16)]))
        let served = try Serving.run(OnnxFile(graph).bytes, ["x": box(x), "context": box(context)])
        var parity = ExportParity(runtime: try Serving.version())
        try parity.compare("y", trained: own, served: HostTensor(#require(served["y"])))
        try parity.check()
    }

    @Test("batch norms vanish into what stands before them, but not where something else needs it too")
    func folding() throws {
        let unit = Sequential(ConvUnit(3, 4, kernel: 3, activation: nil), BatchNorm(4))
        stir(unit)
        let first = try graph(unit, shape: [1, 3, 8, 8])
        first.foldBatchNorms()
        #expect(first.nodes.map(\.operation) == ["Conv", "BatchNormalization", "Identity"])
        #expect(first.constants.keys.contains("0.0+norm.weight") && !first.constants.keys.contains("0.0.weight"))

        let shared = OnnxGraph(of: unit)
        let x = shared.input(OnnxPort("x", [.open("N"), .fixed(3), .fixed(8), .fixed(8)]))
        let layers = unit.layers.compactMap { $0 as? ConvUnit }
        let maps = try shared.apply(Conv2d.unit(in: layers[0]), x)
        let normed = try shared.apply(BatchNorm.unit(in: layers[0]), maps)
        shared.output(shared.add("Add", maps, normed), OnnxPort("y", [.open("N"), .fixed(4), .fixed(8), .fixed(8)]))
        shared.foldBatchNorms()
        #expect(shared.nodes.map(\.operation) == ["Conv", "BatchNormalization", "Add", "Identity"])
    }

    @Test("what cannot be exported is named")
    func unknown() {
        let chain = Sequential(Linear(2, 2), Sequential(Lambda { $0 }))
        #expect {
            try graph(chain, shape: [1, 2])
        } throws: { error in
            "\(error)" == "'1.0' is a Lambda, which cannot be exported: it is no OnnxLayer."
        }
        #expect(throws: OnnxError.self) {
            try OnnxGraph(of: chain).weight(Tensor([1.0]))
        }
    }
}

extension Conv2d {
    /// The convolution of a unit.
    static func unit(in unit: ConvUnit) -> Conv2d {
        unit.children.compactMap { $0.module as? Conv2d }.first ?? Conv2d(1, 1, kernel: 1)
    }
}

extension BatchNorm {
    /// The norm of a unit.
    static func unit(in unit: ConvUnit) -> BatchNorm {
        unit.children.compactMap { $0.module as? BatchNorm }.first ?? BatchNorm(1)
    }
}
