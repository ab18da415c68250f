import Inference

extension Targets {
    /// Models and what is said about them.
    static let inference: [String: Target] = [
        "model-scan": Target(seeds: { [model] }) { bytes in _ = ModelScan(bytes) },
        "model-manifest": Target(seeds: { [manifest] }) { bytes in _ = try? ModelManifest(parsing: bytes) },
    ]

    /// `y = Relu(x)` with one constant, as an ONNX file.
    private static let model: [UInt8] = {
        let constant: [UInt8] = [0x08, 1, 0x10, 1, 0x42, 1, 0x63, 0x4A, 4, 0, 0, 0x80, 0x3F]
        let node: [UInt8] = [0x0A, 1, 0x78, 0x12, 1, 0x79, 0x22, 4] + Array("Relu".utf8)
        let graph = field(0x0A, node) + field(0x2A, constant) + field(0x5A, port(0x78)) + field(0x62, port(0x79))
        return [0x08, 8] + field(0x3A, graph) + [0x42, 2, 0x10, 17]
    }()

    private static func field(_ tag: UInt8, _ body: [UInt8]) -> [UInt8] { [tag, UInt8(body.count)] + body }

    private static func port(_ name: UInt8) -> [UInt8] {
        [0x0A, 1, name, 0x12, 8, 0x0A, 6, 0x08, 1, 0x12, 2, 0x0A, 0]
    }

    private static let manifest = Array(
        """
        {"schema": "vitrine.model/1", "id": "m1", "version": "1.0.0", "role": "category-head", "file": "m.onnx",
         "sha256": "\(String(repeating: "0", count: 64))", "license": "MIT",
         "inputs": [{"name": "x", "dtype": "f32", "shape": ["N", 3]}], "outputs": []}
        """.utf8)
}
