import Inference
import TestSupport

/// Runs exported models on ONNX Runtime, as serving does. Apart from the tests, because both libraries have tensors.
enum Serving {
    /// Numbers in a box.
    struct Box {
        var shape: [Int]
        var floats: [Float]
    }

    private static let found = Result { try InferenceRuntime.find(in: [Program.repository + "/.venv"]) }

    static func version() throws -> String { try found.get().version }

    static func open(_ model: [UInt8]) throws -> ModelSession { try ModelSession(model, runtime: found.get()) }

    static func run(_ model: [UInt8], _ inputs: [String: Box]) throws -> [String: Box] {
        let tensors = try inputs.mapValues { try Tensor(shape: $0.shape, .float32($0.floats)) }
        return try open(model).run(tensors).mapValues { Box(shape: $0.shape, floats: $0.floats ?? []) }
    }

    static func findings(_ model: [UInt8]) -> [String] { ModelScan(model).findings }

    static func operators(_ model: [UInt8]) -> [String: Int] { ModelScan(model).operators }

    static func metadata(_ model: [UInt8]) -> [String: String] { ModelScan(model).metadata }
}
