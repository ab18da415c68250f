import Basics
import Foundation
import Learning
import TestSupport
import Testing

@Suite("Python's packages accept and run what we export")
struct PythonTests {
    @Test("LEARN-132 the checker of ONNX accepts an embedder and a detector, and onnxruntime answers the same")
    func checker() async throws {
        let embedder = try EmbeddingNet(
            EmbeddingOptions(
                backbone: BackboneOptions(width: 0.125, attention: [.both]), dimension: 16,
                heads: [HeadOptions("kind", classes: 4)]))
        let detector = try ItemDetector(
            DetectorOptions(backbone: BackboneOptions(width: 0.125), channels: 16, depth: 1, head: .anchorFree))
        stir(embedder)
        stir(detector)
        let numbers: [Float] = (0..<2 * 3 * 64 * 64).map { index in Float(index % 17) / 17 }
        let pictures = Tensor(numbers, shape: [2, 3, 64, 64])
        let own = try checked { withoutGrad { embedder(pictures) } }
        let graph = try embedder.onnxGraph(side: 64, heads: ["kind"])
        graph.foldBatchNorms()
        let said = try await python(OnnxFile(graph, precision: .float16, metadata: ["run": "test"]))
        #expect(said["format"] == 8 && said["set"] == [["", 17]])
        #expect(said["inputs"] == [["image", "N"]] && said["shapes"] == [[2, 16], [2, 4]])
        let sums = said["sums"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        let kind = try #require(own.logits["kind"])
        let expected = [own.embedding.sum().item(), kind.sum().item()]
        try #require(sums.count == 2)
        #expect(abs(sums[0] - expected[0]) < 0.02 && abs(sums[1] - expected[1]) < 0.02, "\(sums) \(expected)")

        let boxes = try await python(OnnxFile(detector.onnxGraph()))
        #expect(boxes["shapes"] == [[2, 85, 1], [2, 85, 4]])
    }

    private func python(_ file: OnnxFile) async throws -> JSON {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "parity-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = folder.appending(path: "model.onnx")
        try Data(file.bytes).write(to: model)
        let run = try await CommandRun.python(
            Program.repository + "/Tests/ParityTests/check.py", [model.path(), "64"])
        try #require(run.status == 0, "\(run.errors)")
        return try JSON(parsing: Array(run.output.utf8))
    }
}
