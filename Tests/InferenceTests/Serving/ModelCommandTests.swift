import Basics
import Foundation
import TestSupport
import Testing

@testable import Inference

@Suite("Models on the command line")
struct ModelCommandTests {
    @Test("LEARN-110 a model is added, listed, activated and rolled back without a server")
    func life() async throws {
        let folder = NSTemporaryDirectory() + "vitrine-models-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let environment = ["VITRINE_ORT_LIB": try Runtime.shared().path]
        func run(_ words: String...) async throws -> CommandRun {
            try await CommandRun.vitrine(["models"] + words + ["--data", folder + "/data"], environment: environment)
        }
        for upload in [ModelServer.Upload.colours("1.0.0"), .colours("2.0.0", revision: 2)] {
            try Data(upload.model).write(to: URL(filePath: folder + "/model.onnx"))
            try Data(JSON.object(upload.manifest).encoded()).write(to: URL(filePath: folder + "/model.json"))
            let added = try await run("import", folder + "/model.onnx", "--manifest", folder + "/model.json")
            #expect(added.output.hasPrefix("colours \(upload.version)\titem-embedder\tstaged"), "\(added.errors)")
        }
        #expect(try await run("activate", "colours", "1.0.0").output == "colours 1.0.0 is active.\n")
        let refused = try await run("activate", "colours", "2.0.0")
        #expect(refused.status != 0 && refused.errors.contains("Evaluate both first"))
        let forced = try await run("activate", "colours", "2.0.0", "--override", "a test")
        #expect(forced.output == "colours 2.0.0 is active, instead of colours 1.0.0.\n")
        #expect(try await run("rollback", "item-embedder").output == "colours 1.0.0 is active again.\n")
        let list = try await run("list").output
        #expect(list.contains("colours 1.0.0\titem-embedder\tactive"))
        #expect(list.contains("colours 2.0.0\titem-embedder\tretired"))
    }

    @Test("doctor says what the cage of this machine consists of")
    func doctor() async throws {
        let folder = NSTemporaryDirectory() + "vitrine-models-\(UUID().uuidString)"
        let environment = ["VITRINE_ORT_LIB": try Runtime.shared().path]
        let report = try await CommandRun.vitrine(["doctor", "--data", folder], environment: environment)
        #expect(report.output.contains("Models of strangers run in a cage: "), "\(report.output) \(report.errors)")
    }
}
