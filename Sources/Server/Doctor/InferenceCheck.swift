import Foundation
import Inference

/// Looks whether models can be run here, and whether those of strangers can be caged.
struct InferenceCheck {
    let data: String

    func run() -> [Finding] {
        do {
            let runtime = try InferenceRuntime.find(in: InferencePlaces.folders(data: data))
            return [
                Finding("models", .ok, "ONNX Runtime \(runtime.version) runs models (\(runtime.path))."), cage(runtime),
            ]
        } catch {
            return [
                Finding(
                    "models", .warn, "Models cannot be run: \(error.message) Everything else works.",
                    advice: "python3 -m venv \(data)/runtime && \(data)/runtime/bin/pip install 'onnxruntime>=1.20'")
            ]
        }
    }

    /// Tries it, in an empty folder outside of the data folder.
    private func cage(_ runtime: InferenceRuntime) -> Finding {
        let folder = NSTemporaryDirectory() + "vitrine-cage-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let program = ModelService.Settings(data: data).program
            let facts = try CageCheck.run(
                runtime: runtime, settings: CageSettings(command: [program, "model-worker"], folder: folder))
            let inForce = "Models of strangers run in a cage: \(facts.inForce.joined(separator: ", "))."
            guard !facts.missing.isEmpty else { return Finding("cage", .ok, inForce) }
            return Finding(
                "cage", .ok, inForce + " This system refuses: \(facts.missing.joined(separator: ", ")).")
        } catch {
            let reason = (error as? InferenceError)?.message ?? "\(error)"
            return Finding(
                "cage", .warn, "Models of strangers cannot be run: \(reason)",
                advice: "Allow user namespaces or seccomp filters for this process, or import models with --in-process."
            )
        }
    }
}
