import Testing

@testable import Inference

@Suite("A model that nobody vouches for is scanned before it is loaded")
struct ModelScanTests {
    private typealias Node = SampleModels.Node

    private static func model(_ node: Node, constants: [[UInt8]] = []) -> [UInt8] {
        SampleModels.model(
            [node], constants: constants, inputs: [SampleModels.port("x", [nil])],
            outputs: [SampleModels.port("y", [nil])])
    }

    private static func relu(attribute: [UInt8]) -> [UInt8] {
        model(Node(type: "Relu", inputs: ["x"], outputs: ["y"], attributes: [attribute]))
    }

    private static func relu(constant: [UInt8]) -> [UInt8] {
        model(Node(type: "Relu", inputs: ["x"], outputs: ["y"]), constants: [constant])
    }

    @Test("a good model is described and accepted")
    func good() {
        let scan = ModelScan(SampleModels.linear)
        #expect(scan.findings == [])
        #expect(scan.operators == ["MatMul": 1, "Relu": 1])
        #expect(scan.parameters == 4)
        #expect(scan.inputs == ["x"])
        #expect(scan.outputs == ["y"])
        #expect(scan.operatorSet == 17)
        #expect(scan.producer == "vitrine tests")
    }

    @Test(
        "what could read files, hide code, loop or claim memory is refused by name",
        arguments: [
            (model(Node(type: "Loop", inputs: ["x"], outputs: ["y"])), "'Loop'"),
            (model(Node(type: "RandomNormal", inputs: [], outputs: ["y"])), "'RandomNormal'"),
            (model(Node(type: "Relu", inputs: ["x"], outputs: ["y"], domain: "com.evil")), "com.evil"),
            (relu(attribute: WireWriter { $0.message(6) { $0.text(2, "inner") } }.bytes), "graph of its own"),
            (relu(attribute: WireWriter { $0.message(22) { _ in } }.bytes), "sparse"),
            (relu(attribute: WireWriter { $0.bytes(5, external) }.bytes), "another file"),
            (relu(constant: external), "another file"),
            (relu(constant: SampleModels.constant("c", shape: [3], raw: [0, 0, 0, 0])), "other data"),
            (relu(constant: SampleModels.constant("c", shape: [1 << 62, 4], raw: [])), "more elements"),
            (relu(constant: SampleModels.constant("c", shape: [.max], raw: [])), "negative"),
            (relu(constant: SampleModels.constant("c", shape: [1], type: 8, raw: [0])), "element type 8"),
            (
                relu(constant: SampleModels.constant("c", shape: [UInt64](repeating: 1, count: 9), raw: [0, 0, 0, 0])),
                "8 dimensions"
            ),
            (SampleModels.model([], inputs: [], outputs: []), "no operators"),
        ])
    func refused(file: [UInt8], reason: String) {
        let scan = ModelScan(file)
        #expect(!scan.isAcceptable)
        #expect(scan.findings.contains { $0.contains(reason) }, "\(scan.findings)")
    }

    private static let external = WireWriter { tensor in
        tensor.number(1, 1)
        tensor.number(2, 1)
        tensor.text(8, "c")
        tensor.message(13) { pair in
            pair.text(1, "location")
            pair.text(2, "../../etc/passwd")
        }
        tensor.number(14, 1)
    }.bytes

    @Test("functions, training, foreign operator sets and unknown versions are refused")
    func modelLevel() {
        let extras: [((inout WireWriter) -> Void, String)] = [
            ({ $0.message(25) { $0.text(1, "f") } }, "functions"), ({ $0.message(20) { _ in } }, "training"),
            ({ $0.message(8) { $0.text(1, "com.evil") } }, "com.evil"),
        ]
        for (extra, reason) in extras {
            let file = SampleModels.model(
                [Node(type: "Relu", inputs: ["x"], outputs: ["y"])], inputs: [SampleModels.port("x", [nil])],
                outputs: [SampleModels.port("y", [nil])], extra: extra)
            #expect(ModelScan(file).findings.contains { $0.contains(reason) })
        }
        let old = SampleModels.model(
            [Node(type: "Relu", inputs: ["x"], outputs: ["y"])], inputs: [SampleModels.port("x", [nil])],
            outputs: [SampleModels.port("y", [nil])], operatorSet: 3)
        #expect(ModelScan(old).findings.contains { $0.contains("operator set 3") })
    }

    @Test("limits of size, operators and constants hold")
    func limits() {
        var limits = ModelScan.Limits()
        limits.nodes = 1
        #expect(ModelScan(SampleModels.linear, limits: limits).findings == ["the model has 2 operators; at most 1"])
        limits = ModelScan.Limits()
        limits.initializers = 0
        #expect(!ModelScan(SampleModels.linear, limits: limits).isAcceptable)
        limits = ModelScan.Limits()
        limits.bytes = 10
        #expect(!ModelScan(SampleModels.linear, limits: limits).isAcceptable)
    }

    @Test("a file cut anywhere, or with any byte changed, ends in an answer")
    func damaged() {
        let whole = SampleModels.linear
        for count in 0..<whole.count {
            #expect(!ModelScan(Array(whole[..<count])).isAcceptable, "cut after \(count)")
        }
        var acceptable = 0
        for index in whole.indices {
            for bit in 0..<8 {
                var file = whole
                file[index] ^= 1 << bit
                acceptable += ModelScan(file).isAcceptable ? 1 : 0
            }
        }
        // Changes of weights and names stay acceptable, changes of structure mostly do not.
        #expect(acceptable < whole.count * 8)
    }
}
