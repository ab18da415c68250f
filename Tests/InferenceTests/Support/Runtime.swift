import TestSupport

@testable import Inference

/// The ONNX Runtime of the project's Python environment, which `Scripts/bootstrap test` installs.
enum Runtime {
    static let environment = Program.repository + "/.venv"

    private static let found = Result { try InferenceRuntime.find(in: [environment]) }

    static func shared() throws -> InferenceRuntime { try found.get() }
}
