import Basics
import Foundation
import Testing

@Suite("From a training to a served model")
struct HandOverTests {
    @Test(
        "LEARN-130, LEARN-132, LEARN-138, LEARN-032, LEARN-015, LEARN-092, LEARN-111 a run is evaluated, embedded, exported and answered alike, and a ladder is compared"
    )
    func whole() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration()
            let fit = try await program.run(["fit", "run.json"])
            #expect(fit.status == 0, "\(fit.errors)")
            let run = try program.run()

            let eval = try await program.run(["eval", run.path, "--json", "figures.json"])
            #expect(eval.status == 0, "\(eval.errors)")
            let figures = try JSON(parsing: Array(Data(contentsOf: program.folder.appending(path: "figures.json"))))
            let nearest = try #require(figures.arrayValue?.first?["1-NN"])
            #expect(try #require(nearest["value"]?.doubleValue) > 0.5)
            #expect(nearest["low"] != nil && nearest["high"] != nil)

            let embed = try await program.run(["embed", run.path, "--to", "vectors"])
            #expect(embed.status == 0, "\(embed.errors)")
            let vectors = try Data(contentsOf: program.folder.appending(path: "vectors/vectors.npy"))
            #expect(vectors.count % 64 == 0 && vectors.count == 128 + 32 * 16 * 4)

            let export = try await program.run(["export", run.path, "--id", "tiny"])
            #expect(export.status == 0, "\(export.errors)")
            let manifest = try JSON(parsing: Array(Data(contentsOf: run.appending(path: "export/tiny.json"))))
            #expect(try #require(manifest["parity"]?["maxAbs"]?.doubleValue) <= 1e-4, "\(export.errors)")
            #expect(try #require(manifest["parity"]?["minCosine"]?.doubleValue) >= 0.9999)
            let card = try String(contentsOf: run.appending(path: "export/tiny.md"), encoding: .utf8)
            for part in [
                "# tiny", "| made | not stated | ", "| 1-NN | ", "fewest pictures: class", "Licence of the weights",
            ] {
                #expect(card.contains(part), "\(part) is not in:\n\(card)")
            }
            try await small(program, run)
            try await ladder(program)
        }
    }

    /// LEARN-111
    private func small(_ program: TrainProgram, _ run: URL) async throws {
        let export = try await program.run([
            "export", run.path, "--id", "small", "--precision", "int8", "--largest-fall", "1", "--calibrate", "16",
        ])
        #expect(export.status == 0, "\(export.errors)")
        #expect(export.output.contains("1-NN of item with products of whole numbers"), "\(export.output)")
        let place = run.appending(path: "export")
        let report = try JSON(parsing: Array(Data(contentsOf: place.appending(path: "small.accuracy.json"))))
        #expect(report["f32"]?["value"] != nil && report["int8"]?["value"] != nil && report["fall"] != nil)
        #expect(try #require(report["parity"]?["minCosine"]?.doubleValue) > 0.8, "\(report.text)")
        let (bytes, whole) = (report["bytes"]?["int8"]?.intValue ?? .max, report["bytes"]?["f32"]?.intValue ?? 0)
        #expect(bytes < whole, "\(report.text)")
        // A fall that nobody allowed writes nothing.
        let none = try await program.run([
            "export", run.path, "--id", "none", "--precision", "int8", "--calibrate", "1", "--largest-fall", "x",
        ])
        #expect(none.status == 64)
        #expect(!FileManager.default.fileExists(atPath: place.appending(path: "none.onnx").path))
    }

    private func ladder(_ program: TrainProgram) async throws {
        let text = """
            { "base": "run.json", "target": 0.1, "rows": [
                {"name": "softmax", "set": {"epochs": 2, "losses": [{"type": "softmax", "label": "item"}]}},
                {"name": "arcface", "set": {"epochs": 2}}] }
            """
        try Data(text.utf8).write(to: program.folder.appending(path: "ladder.json"))
        let end = try await program.run(["ablate", "ladder.json", "--data", program.folder.path])
        #expect(end.status == 0, "\(end.errors)")
        let table = try JSON(parsing: Array(Data(contentsOf: program.folder.appending(path: "ablation/table.json"))))
        #expect(table.arrayValue?.count == 2)
        #expect(table.arrayValue?.last?["difference"]?["low"] != nil, "\(table.text)")
        #expect(table.arrayValue?.last?["secondsToTarget"] != nil)
    }

    @Test("help and version answer without a run")
    func help() async throws {
        try await TrainProgram.inFolder { program in
            let version = try await program.run(["--version"])
            #expect(version.status == 0)
            #expect(version.output.hasPrefix("0."))
            let help = try await program.run(["fit", "--help"])
            #expect(help.status == 0)
            #expect(help.output.contains("--dry-run"))
        }
    }
}
