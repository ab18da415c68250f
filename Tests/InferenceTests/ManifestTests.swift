import Basics
import Testing

@testable import Inference

@Suite("A manifest says what a model is")
struct ManifestTests {
    private static let good = """
        {"schema": "vitrine.model/1", "id": "item-embed-s1", "version": "1.0.2", "role": "item-embedder",
         "file": "item-embed-s1.onnx", "sha256": "\(String(repeating: "ab", count: 32))", "license": "Apache-2.0",
         "grade": "demo",
         "inputs": [{"name": "image", "dtype": "f32", "shape": ["N", 3, 112, 112]}],
         "outputs": [{"name": "embedding", "dtype": "f32", "shape": ["N", 128]}],
         "preprocess": {"resize": "letterbox", "size": [112, 112], "color": "rgb", "mean": [123.7, 116.3, 103.5],
                        "std": [58.4, 57.1, 57.4]},
         "embedding": {"dim": 128, "space": "items-1", "normalized": true, "metric": "cosine"},
         "calibration": {"threshold": 0.62, "far": 0.001, "dataset": "grocery", "pairs": 100000},
         "parity": {"maxAbs": 0.00001, "minCosine": 0.99999, "runtime": "1.31.1"},
         "providers": ["CPU"], "isolation": "process"}
        """

    private func problems(_ change: (inout JSONObject) -> Void) throws -> [String] {
        guard case .object(var object) = try JSON(parsing: Self.good) else { return [] }
        change(&object)
        do {
            _ = try ModelManifest(parsing: JSON.object(object).encoded())
            return []
        } catch {
            return error.problems.map(\.path)
        }
    }

    @Test("a manifest is read whole")
    func whole() throws {
        let manifest = try ModelManifest(parsing: Array(Self.good.utf8))
        #expect(manifest.role == .itemEmbedder)
        #expect(manifest.inputs == [.init(name: "image", type: .float32, shape: [nil, 3, 112, 112])])
        #expect(manifest.preprocess.resize == .letterbox)
        #expect(manifest.preprocess.mean == [123.7, 116.3, 103.5])
        #expect(manifest.embedding == .init(dimension: 128, space: "items-1", isNormalized: true))
        #expect(manifest.calibration?.threshold == 0.62)
        #expect(!manifest.isIsolated)
    }

    @Test("every fault is named with its place, all at once")
    func faults() throws {
        #expect(try problems { $0["colour"] = "red" } == ["colour"])
        #expect(try problems { $0["id"] = nil } == ["id"])
        #expect(try problems { $0["id"] = "Upper" } == ["id"])
        #expect(try problems { $0["version"] = "1.0" } == ["version"])
        #expect(try problems { $0["file"] = "../escape.onnx" } == ["file"])
        #expect(try problems { $0["sha256"] = "AB" } == ["sha256"])
        #expect(try problems { $0["role"] = "oracle" } == ["role"])
        #expect(try problems { $0["embedding"] = nil } == ["embedding"])
        #expect(try problems { $0["providers"] = ["GPU"] } == ["providers[0]"])
        #expect(
            try problems { $0["preprocess"] = ["size": [1], "mean": [1]] } == ["preprocess.size", "preprocess.std"])
        #expect(try problems { $0["preprocess"] = ["std": [0], "mean": [1]] }.contains("preprocess.std[0]"))
        #expect(
            try problems { $0["inputs"] = [["name": "x", "dtype": "f8", "shape": [0]]] }
                == ["inputs[0].dtype", "inputs[0].shape[0]"])
        #expect(
            try problems { object in
                object["version"] = 7
                object["license"] = nil
                object["schema"] = "vitrine.model/2"
            } == ["schema", "version", "license"])
    }

    @Test("what is no JSON, or no object, is refused", arguments: ["", "[]", "{", "7", "null", "\u{FEFF}{}"])
    func noObject(text: String) {
        #expect(throws: ManifestError.self) { try ModelManifest(parsing: Array(text.utf8)) }
    }
}
