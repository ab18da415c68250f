// Runs a model on zeros without trusting its file.
//   swift run --package-path Examples run-model model.onnx
import Foundation
import Inference

struct Refused: Error {
    let reasons: [String]
}

guard CommandLine.arguments.count == 2 else {
    print("usage: run-model MODEL")
    exit(2)
}

do {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: CommandLine.arguments[1])))
    let scan = ModelScan(bytes)
    guard scan.isAcceptable else { throw Refused(reasons: scan.findings) }
    let runtime = try InferenceRuntime.find(in: InferencePlaces.folders(data: nil))
    let session = try ModelSession(bytes, runtime: runtime)
    var zeros: [String: Tensor] = [:]
    for port in session.inputs { zeros[port.name] = try port.zeros() }
    for (name, tensor) in try session.run(zeros) { print("\(name): \(tensor.shape)") }
} catch let refused as Refused {
    print("this model must not be loaded: \(refused.reasons.joined(separator: "; "))")
    exit(1)
} catch {
    print("the model cannot be run: \(error)")
    exit(1)
}
