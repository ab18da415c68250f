import Learning
import Testing

@Suite("Products of whole numbers")
struct QuantizingTests {
    /// The ranges of a graph's values over some pictures.
    private func ranges(_ graph: OnnxGraph, _ names: [String], _ pictures: [Tensor]) throws -> [String: ValueRange] {
        #expect(graph.quantizedValues == names)
        graph.watch(names)
        let bytes = try OnnxFile(graph).bytes
        var ranges = Dictionary(uniqueKeysWithValues: names.map { ($0, ValueRange()) })
        for picture in pictures {
            let found = try Serving.run(bytes, ["image": box(picture)])
            for (number, name) in names.enumerated() {
                let least = try #require(found["least.\(number)"]?.floats.first)
                let most = try #require(found["most.\(number)"]?.floats.first)
                #expect(least <= most)
                ranges[name]?.widen(least, most)
            }
        }
        return ranges
    }

    @Test(
        "LEARN-111 a quantised net answers nearly as the trainer, with weights of 8 bits by output channel",
        arguments: ["resnet-s", "efficientnet-b0"])
    func embedder(name: String) throws {
        let net = try EmbeddingNet(
            EmbeddingOptions(
                backbone: BackboneOptions(name: name, width: 0.125), dimension: 32,
                heads: [HeadOptions("kind", classes: 5)]))
        stir(net)
        func graph() throws -> OnnxGraph {
            let graph = try net.onnxGraph(side: 64, heads: ["kind"])
            graph.foldBatchNorms()
            return graph
        }
        let pictures = (0..<4).map { _ in Tensor.randn([3, 3, 64, 64]) }
        let small = try graph()
        small.quantize(try ranges(graph(), small.quantizedValues, pictures))
        let file = try OnnxFile(small, precision: .int8)
        #expect(Serving.findings(file.bytes).isEmpty)
        let operators = Serving.operators(file.bytes)
        #expect((operators["QuantizeLinear"] ?? 0) > 10 && (operators["DequantizeLinear"] ?? 0) > 30)
        // A net of many small layers is more names than numbers.
        let share = name == "resnet-s" ? 0.5 : 1
        #expect(try Double(file.bytes.count) < share * Double(OnnxFile(graph()).bytes.count))
        var parity = ExportParity(runtime: try Serving.version())
        for picture in pictures {
            let own = try checked { withoutGrad { net(picture) } }
            let served = try Serving.run(file.bytes, ["image": box(picture)])
            try parity.compare(
                "embedding", trained: own.embedding.host(), served: HostTensor(#require(served["embedding"])))
        }
        try parity.check(.int8)
        #expect(parity.minimumCosine > 0.9, "\(parity)")
        // A net whose numbers were cut cannot agree to the last bit: something was quantised.
        #expect(parity.maximumDifference > 1e-6, "\(parity)")
    }

    @Test("LEARN-111 what was not calibrated stays as it is")
    func untouched() throws {
        let net = try EmbeddingNet(
            EmbeddingOptions(backbone: BackboneOptions(name: "resnet-s", width: 0.125), dimension: 16))
        let graph = try net.onnxGraph(side: 32, heads: [])
        graph.foldBatchNorms()
        let wanted = try OnnxFile(graph).bytes
        graph.quantize([:])
        #expect(try OnnxFile(graph).bytes == wanted)
    }
}
