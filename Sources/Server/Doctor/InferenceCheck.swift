import Inference

/// Looks whether models can be run here.
struct InferenceCheck {
    let data: String

    func run() -> Finding {
        do {
            let runtime = try InferenceRuntime.find(in: InferencePlaces.folders(data: data))
            return Finding("models", .ok, "ONNX Runtime \(runtime.version) runs models (\(runtime.path)).")
        } catch {
            return Finding(
                "models", .warn, "Models cannot be run: \(error.message) Everything else works.",
                advice: "python3 -m venv \(data)/runtime && \(data)/runtime/bin/pip install 'onnxruntime>=1.20'")
        }
    }
}
