import Learning
import Testing

@Suite("Whole nets answer the same in the trainer and in ONNX Runtime")
struct NetParityTests {
    private static let pictures = 3

    private func net(_ name: String, isCascade: Bool = false) throws -> EmbeddingNet {
        let net = try EmbeddingNet(
            EmbeddingOptions(
                backbone: BackboneOptions(name: name, width: 0.125, attention: [.none, .spatial]), dimension: 32,
                isCascade: isCascade, heads: [HeadOptions("kind", classes: 5), HeadOptions("view", classes: 3)]))
        stir(net)
        return net
    }

    private func compare(_ net: EmbeddingNet, _ file: OnnxFile, side: Int) throws -> ExportParity {
        let pictures = Tensor.randn([Self.pictures, 3, side, side])
        let own = try checked { withoutGrad { net(pictures) } }
        let served = try Serving.run(file.bytes, ["image": box(pictures)])
        var parity = ExportParity(runtime: try Serving.version())
        try parity.compare(
            "embedding", trained: own.embedding.host(), served: HostTensor(#require(served["embedding"])))
        for (name, logits) in own.logits {
            if let other = served[EmbeddingNet.outputName(ofHead: name)] {
                try parity.compare(name, trained: logits.host(), served: HostTensor(other))
            }
        }
        return parity
    }

    @Test(
        "LEARN-028, LEARN-132 an embedder with any backbone, folded, for any number of pictures",
        arguments: [
            "resnet-s", "resnet18", "resnet50", "resnet152", "inception-s", "efficientnet-b0", "transformer-s",
        ])
    func embedder(name: String) throws {
        let net = try net(name)
        let graph = try net.onnxGraph(side: 64, heads: ["kind", "view"])
        graph.foldBatchNorms()
        let file = try OnnxFile(graph, metadata: ["model": name])
        #expect(Serving.findings(file.bytes).isEmpty)
        #expect(Serving.operators(file.bytes)["BatchNormalization"] == nil)
        #expect(Serving.metadata(file.bytes) == ["model": name])
        let parity = try compare(net, file, side: 64)
        #expect(parity.answers == 9 && parity.sameLargest == 1)
        try parity.check()
    }

    @Test("LEARN-021 a cascade's embedding has length 1 and three parts of one length")
    func cascade() throws {
        let net = try net("resnet-s", isCascade: true)
        let output = try checked { withoutGrad { net(.randn([2, 3, 64, 64])) } }
        #expect(output.levels.map(\.shape) == [[2, 10], [2, 11], [2, 11]])
        let rows = output.embedding.host().doubles
        for row in 0..<2 {
            let vector = rows[row * 32..<row * 32 + 32]
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            #expect(abs(vector.prefix(10).reduce(0) { $0 + $1 * $1 } - 1.0 / 3) < 1e-5)
        }
        let graph = try net.onnxGraph(side: nil, heads: [])
        graph.foldBatchNorms()
        let parity = try compare(net, OnnxFile(graph), side: 96)
        #expect(parity.answers == 3)
        try parity.check()
    }

    @Test("LEARN-008 an exported embedding has length 1 within 1e-5; heads can be left out")
    func length() throws {
        let net = try net("resnet-s")
        let graph = try net.onnxGraph(side: 64, heads: ["view"])
        graph.foldBatchNorms()
        let file = try OnnxFile(graph)
        #expect(file.outputs.map(\.name) == ["embedding", "view_logits"])
        let served = try Serving.run(file.bytes, ["image": box(.randn([2, 3, 64, 64]))])
        #expect(served.keys.sorted() == ["embedding", "view_logits"])
        for row in 0..<2 {
            let vector = try #require(served["embedding"]).floats[row * 32..<row * 32 + 32]
            #expect(abs(vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() - 1) < 1e-5)
        }
    }

    @Test("LEARN-111 weights of 16 bits halve the file and hardly move an embedding")
    func halves() throws {
        let net = try net("resnet-s")
        func file(_ precision: OnnxPrecision) throws -> OnnxFile {
            let graph = try net.onnxGraph(side: 64, heads: [])
            graph.foldBatchNorms()
            return try OnnxFile(graph, precision: precision)
        }
        let (full, half) = (try file(.float32), try file(.float16))
        #expect(Double(half.bytes.count) < 0.6 * Double(full.bytes.count))
        let parity = try compare(net, half, side: 64)
        #expect(parity.maximumDifference > 0 && parity.maximumDifference < 0.01)
        try parity.check(.float16)
    }

    @Test(
        "LEARN-003 a detector with anchors, and one without, for any size of picture",
        arguments: [
            DetectorOptions.Head.retina, .anchorFree,
        ])
    func detector(head: DetectorOptions.Head) throws {
        let net = try ItemDetector(
            DetectorOptions(
                backbone: BackboneOptions(width: 0.125), classes: 2, channels: 16, depth: 2, head: head))
        stir(net)
        let graph = try net.onnxGraph()
        graph.foldBatchNorms()
        let file = try OnnxFile(graph)
        #expect(Serving.operators(file.bytes)["BatchNormalization"] == nil)
        #expect(Serving.findings(file.bytes).isEmpty)
        let pictures = Tensor.randn([2, 3, 64, 128])
        let own = try checked { withoutGrad { net(pictures) } }
        let served = try Serving.run(file.bytes, ["image": box(pictures)])
        let places = head == .retina ? 9 * 170 : 170
        #expect(served["scores"]?.shape == [2, places, 2] && served["boxes"]?.shape == [2, places, 4])
        var scores = sigmoid(own.logits)
        if let centreness = own.centreness { scores = (scores * sigmoid(centreness).expandingAxis(2)).sqrt() }
        var parity = ExportParity(runtime: try Serving.version())
        try parity.compare("scores", trained: scores.host(), served: HostTensor(#require(served["scores"])))
        try parity.compare("boxes", trained: own.boxes.host(), served: HostTensor(#require(served["boxes"])))
        try parity.check()
    }

    @Test("LEARN-132 an export that differs is refused")
    func refusals() throws {
        var parity = ExportParity(runtime: "1")
        #expect(throws: OnnxError.self) { try parity.check() }
        try parity.compare(
            "y", trained: HostTensor([Float(1), 2], shape: [1, 2]),
            served: HostTensor([Float(1), 2.001], shape: [1, 2]))
        #expect(throws: OnnxError.self) { try parity.check() }
        #expect(throws: Never.self) { try parity.check(.float16) }
        #expect(throws: OnnxError.self) {
            try parity.compare("y", trained: HostTensor([Float(1)]), served: HostTensor([Float(1), 2]))
        }
        #expect(throws: OnnxError.self) {
            try parity.compare("y", trained: HostTensor([Float.nan]), served: HostTensor([Float(1)]))
        }
    }
}
