import Basics
import Foundation
import TestSupport
import Testing

/// Our ONNX files in ncnn, where its converter is installed (`Scripts/bootstrap mobile`).
@Suite("A runtime for phones")
struct MobileTests {
    private static let python = Program.repository + "/.venv-mobile/bin/python"

    private static let isInstalled: Bool = {
        let folder = Program.repository + "/.venv-mobile/lib"
        let files = FileManager.default
        return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).contains { version in
            ["ncnn", "pnnx"].allSatisfy { files.fileExists(atPath: "\(folder)/\(version)/site-packages/\($0)") }
        }
    }()

    @Test(
        "LEARN-049 the file that is served converts for ncnn, which gives the same numbers, in half precision too",
        .enabled(if: isInstalled, "ncnn and pnnx are not there: Scripts/bootstrap mobile"),
        arguments: ["item-embed-s1", "item-detect-s1"], [false, true])
    func converted(model: String, isHalf: Bool) async throws {
        let folder = NSTemporaryDirectory() + "mobile-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try await CommandRun.run(
            [
                Self.python, Program.repository + "/Benchmarks/peers/item_mobile.py",
                Program.repository + "/Models/\(model).onnx", "--json", "--to", folder,
            ] + (isHalf ? ["--fp16"] : []))
        #expect(run.status == 0, "\(run.output) \(run.errors)")
        let report = try JSON(parsing: Array(run.output.utf8))
        let cosines = try #require(report["cosine"]?.objectValue)
        #expect(cosines.count == 2)
        for (name, cosine) in cosines { #expect(cosine.doubleValue ?? 0 > (isHalf ? 0.999 : 0.99999), "\(name)") }
        for (name, part) in try #require(report["largest"]?.objectValue) {
            #expect(part.doubleValue ?? 1 < (isHalf ? 5e-3 : 1e-4), "\(name)")
        }
        #expect(FileManager.default.fileExists(atPath: "\(folder)/\(model).ncnn.param"))
    }
}
