@testable import Inference

/// Small ONNX files, written by the tests themselves.
enum SampleModels {
    /// An operator of a sample graph.
    struct Node {
        var type: String
        var inputs: [String]
        var outputs: [String]
        var domain = ""
        /// Whole attributes, as messages.
        var attributes: [[UInt8]] = []
    }

    /// A constant tensor: its message.
    static func constant(_ name: String, shape: [UInt64], type: UInt64 = 1, raw: [UInt8]) -> [UInt8] {
        WireWriter { tensor in
            for size in shape { tensor.number(1, size) }
            tensor.number(2, type)
            tensor.text(8, name)
            tensor.bytes(9, raw)
        }.bytes
    }

    static func raw(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
    }

    /// An input or output of 32-bit numbers; nil stands for a dimension that may change.
    static func port(_ name: String, _ shape: [Int?], type: UInt64 = 1) -> [UInt8] {
        WireWriter { port in
            port.text(1, name)
            port.message(2) { kind in
                kind.message(1) { tensor in
                    tensor.number(1, type)
                    tensor.message(2) { sizes in
                        for size in shape {
                            sizes.message(1) { one in
                                if let size { one.number(1, UInt64(size)) } else { one.text(2, "N") }
                            }
                        }
                    }
                }
            }
        }.bytes
    }

    static func model(
        _ nodes: [Node], constants: [[UInt8]] = [], inputs: [[UInt8]], outputs: [[UInt8]], operatorSet: UInt64 = 17,
        extra: (inout WireWriter) -> Void = { _ in }
    ) -> [UInt8] {
        let graph = WireWriter { graph in
            for node in nodes { graph.bytes(1, Self.node(node)) }
            graph.text(2, "sample")
            for constant in constants { graph.bytes(5, constant) }
            for input in inputs { graph.bytes(11, input) }
            for output in outputs { graph.bytes(12, output) }
        }
        return WireWriter { model in
            model.number(1, 8)
            model.text(2, "vitrine tests")
            model.bytes(7, graph.bytes)
            model.message(8) { $0.number(2, operatorSet) }
            extra(&model)
        }.bytes
    }

    private static func node(_ node: Node) -> [UInt8] {
        WireWriter { writer in
            for input in node.inputs { writer.text(1, input) }
            for output in node.outputs { writer.text(2, output) }
            writer.text(4, node.type)
            for attribute in node.attributes { writer.bytes(5, attribute) }
            if !node.domain.isEmpty { writer.text(7, node.domain) }
        }.bytes
    }

    /// `y = relu(x w)` with x of any number of rows of two, w = [[1, -1], [2, 3]].
    static let linear = model(
        [
            Node(type: "MatMul", inputs: ["x", "w"], outputs: ["product"]),
            Node(type: "Relu", inputs: ["product"], outputs: ["y"]),
        ],
        constants: [constant("w", shape: [2, 2], raw: raw([1, -1, 2, 3]))], inputs: [port("x", [nil, 2])],
        outputs: [port("y", [nil, 2])])

    /// A model that multiplies two 700 x 700 matrices forty times: slow enough to be stopped on the way.
    static let slow = model(
        (0..<40).map { Node(type: "MatMul", inputs: [$0 == 0 ? "x" : "t\($0)", "x"], outputs: ["t\($0 + 1)"]) },
        inputs: [port("x", [700, 700])], outputs: [port("t40", [700, 700])])

    /// Divides one by its input.
    static let reciprocal = model(
        [Node(type: "Reciprocal", inputs: ["x"], outputs: ["y"])], inputs: [port("x", [nil])],
        outputs: [port("y", [nil])])
}

extension SampleModels {
    /// Fills a box of any wished shape with zeros.
    static let bomb = model(
        [Node(type: "ConstantOfShape", inputs: ["shape"], outputs: ["y"])], inputs: [port("shape", [2], type: 7)],
        outputs: [port("y", [nil, nil])])

    /// `linear` with its constant in another file.
    static func external(_ place: String) -> [UInt8] {
        let constant = WireWriter { tensor in
            for size in [2, 2] as [UInt64] { tensor.number(1, size) }
            tensor.number(2, 1)
            tensor.text(8, "w")
            tensor.message(13) { entry in
                entry.text(1, "location")
                entry.text(2, place)
            }
            tensor.number(14, 1)
        }
        return model(
            [Node(type: "MatMul", inputs: ["x", "w"], outputs: ["y"])], constants: [constant.bytes],
            inputs: [port("x", [nil, 2])], outputs: [port("y", [nil, 2])])
    }

    /// A manifest that fits, but for what is asked.
    static func manifest(of model: [UInt8], input: String, shape: [Int?]) throws -> ModelManifest {
        let sizes = shape.map { $0.map(String.init) ?? "\"N\"" }.joined(separator: ",")
        let text = """
            {"schema": "vitrine.model/1", "id": "sample", "version": "1.0.0", "role": "category-head",
             "file": "sample.onnx", "sha256": "\(String(repeating: "0", count: 64))", "license": "MIT",
             "inputs": [{"name": "\(input)", "dtype": "f32", "shape": [\(sizes)]}],
             "outputs": [{"name": "y", "dtype": "f32", "shape": [\(sizes)]}]}
            """
        return try ModelManifest(parsing: Array(text.utf8))
    }
}
