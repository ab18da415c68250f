import Foundation
import Testing

@testable import Inference

@Suite("ONNX Runtime is opened at run time")
struct RuntimeTests {
    @Test("the library of a Python environment is found, opened and passes its self-test")
    func find() throws {
        let runtime = try Runtime.shared()
        #expect(runtime.version.hasPrefix("1."))
        #expect(runtime.providers.contains("CPUExecutionProvider"))
        #expect(runtime.path.contains("libonnxruntime.so"))
    }

    @Test("where there is none, the error says where was looked and what to do")
    func missing() throws {
        let folder = NSTemporaryDirectory() + "vitrine-no-runtime"
        let error = #expect(throws: InferenceError.self) { try InferenceRuntime.find(in: [folder]) }
        #expect(error?.kind == .unavailable)
        #expect(error?.message.contains(folder) == true)
        #expect(error?.message.contains(InferenceRuntime.pathVariable) == true)
    }

    @Test("a file that is no library, and a library that is another, are refused with their names")
    func wrongFile() throws {
        let file = NSTemporaryDirectory() + "vitrine-\(UUID().uuidString).so"
        try Data("not a library".utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        for path in [file, "libm.so.6"] {
            let error = #expect(throws: InferenceError.self) { try InferenceRuntime(path: path) }
            #expect(error?.kind == .unavailable)
            #expect(error?.message.contains(path) == true)
        }
    }
}
