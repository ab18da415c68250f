import Basics
import Foundation
import Imaging
import Testing

@Suite("A detector from pictures to a served model")
struct DetectorRunTests {
    @Test(
        "LEARN-001, LEARN-002, LEARN-105, LEARN-130, LEARN-132 a detector that is killed ends like a whole run, bit for bit, is measured and exported"
    )
    func whole() async throws {
        try await TrainProgram.inFolder { program in
            try writePictures(program)
            let fit = try await program.run(["fit", "run.json", "--json"]) { $0.hasPrefix(#"{"step":3,"#) }
            #expect(fit.status == -SIGKILL, "\(fit.errors)")
            let run = try program.run()
            let rest = try await program.run(["resume", run.path])
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(rest.output.contains("best AP50"), "\(rest.output)")
            let whole = try await program.run(["fit", "run.json", "--runs", "whole"])
            #expect(whole.status == 0, "\(whole.errors)")
            for name in ["weights.safetensors", "best.safetensors"] {
                let wanted = try Data(contentsOf: program.run(in: "whole").appending(path: name))
                #expect(try Data(contentsOf: run.appending(path: name)) == wanted, "\(name)")
            }

            let eval = try await program.run(["eval", run.path, "--json", "figures.json"])
            #expect(eval.status == 0, "\(eval.errors)")
            let figures = try JSON(parsing: Array(Data(contentsOf: program.folder.appending(path: "figures.json"))))
            let first = try #require(figures.arrayValue?.first)
            for name in ["AP50", "AP50:95", "mainBox"] { #expect(first[name]?["value"] != nil, "\(first.text)") }
            #expect(eval.output.contains("small boxes") && eval.output.contains("class red"), "\(eval.output)")
            #expect(eval.output.contains("CPU ms a picture"))

            let export = try await program.run(["export", run.path, "--id", "tiny-boxes"])
            #expect(export.status == 0, "\(export.errors)")
            let manifest = try JSON(parsing: Array(Data(contentsOf: run.appending(path: "export/tiny-boxes.json"))))
            #expect(manifest["role"]?.stringValue == "item-detector")
            #expect(manifest["labels"]?.arrayValue?.compactMap(\.stringValue) == ["green", "red"])
            #expect(try #require(manifest["parity"]?["maxAbs"]?.doubleValue) <= 1e-4, "\(export.errors)")

            let model = run.appending(path: "export/tiny-boxes.onnx").path
            let served = try await program.run(["eval", model, "--on", "run.json", "--split", "validation"])
            #expect(served.status == 0, "\(served.errors)")
            for part in [
                "tiny-boxes 1.0.0 on run.json", "boxes on 4 pictures", "AP50:95", "class red", "from file to boxes",
            ] {
                #expect(served.output.contains(part), "\(part) is not in:\n\(served.output)")
            }
            let half = #"  AP50         "#
            #expect(
                served.output.components(separatedBy: half).dropFirst().first?.prefix(6)
                    == eval.output.components(separatedBy: half).dropFirst().first?.prefix(6))

            let embed = try await program.run(["embed", run.path, "--to", "vectors"])
            #expect(embed.status == 65)
            #expect(embed.errors.contains("detector"), "\(embed.errors)")
        }
    }

    @Test(
        "LEARN-005 the class of a detector, the net's own category, the neighbours' vote and both are told side by side"
    )
    func judges() async throws {
        try await TrainProgram.inFolder { program in
            try writePictures(program)
            let boxes = try await program.run(["fit", "run.json", "--runs", "boxes"])
            #expect(boxes.status == 0, "\(boxes.errors)")
            let text = """
                { "name": "colours", "seed": 3, "threads": 1, "epochs": 3, "batch": {"size": 4},
                  "model": {"backbone": "resnet-s", "width": 0.125, "input": 32, "embedding": 16},
                  "sources": [{"name": "drawn", "reader": "lines", "file": "boxes.jsonl"}], "split": {"near": false},
                  "losses": [{"type": "arcface", "label": "colour", "s": 16}, {"type": "softmax", "label": "colour"}] }
                """
            try Data(text.utf8).write(to: program.folder.appending(path: "colours.json"))
            let fit = try await program.run(["fit", "colours.json"])
            #expect(fit.status == 0, "\(fit.errors)")
            let eval = try await program.run([
                "eval", program.run().path, "--detector", program.run(in: "boxes").path, "--json", "figures.json",
            ])
            #expect(eval.status == 0, "\(eval.errors)")
            let figures = try JSON(parsing: Array(Data(contentsOf: program.folder.appending(path: "figures.json"))))
            let told = figures.arrayValue?.first {
                $0["question"]?.stringValue == "class colour of 4 pictures, by judge"
            }
            for judge in ["head", "detector", "vote", "head + vote", "detector + vote"] {
                #expect(told?[judge]?["n"]?.intValue == 4, "\(judge): \(eval.output)")
            }
        }
    }

    /// Pictures of noise with a coloured square each, their boxes as lines, and what learns them.
    private func writePictures(_ program: TrainProgram) throws {
        var random = SeededRandom(seed: 5)
        let side = 64
        var lines = ""
        for number in 0..<12 {
            var bytes = (0..<side * side * 3).map { _ in UInt8(60 + random.next() % 60) }
            let (left, top, size) = (Int(random.next() % 30), Int(random.next() % 30), 20 + Int(random.next() % 14))
            for y in top..<top + size {
                for x in left..<left + size { bytes[(y * side + x) * 3 + number % 2] = 230 }
            }
            let picture = try Image(width: side, height: side, format: .rgb8, bytes: bytes)
            try Data(picture.encoded(as: .png)).write(to: program.folder.appending(path: "\(number).png"))
            lines += """
                {"path": "\(number).png", "split": "\(number < 8 ? "train" : "val")", \
                "labels": {"colour": "\(["red", "green"][number % 2])"}, "boxes": [{"left": \(left), \
                "top": \(top), "right": \(left + size), "bottom": \(top + size), \
                "label": "\(["red", "green"][number % 2])"}]}\n
                """
        }
        try Data(lines.utf8).write(to: program.folder.appending(path: "boxes.jsonl"))
        let text = """
            { "name": "boxes", "seed": 3, "threads": 1, "epochs": 3, "batch": {"size": 4},
              "model": {"kind": "detector", "backbone": "resnet-s", "width": 0.125, "pyramid": 16, "depth": 1, "input": 64},
              "sources": [{"name": "drawn", "license": "none", "reader": "lines", "file": "boxes.jsonl"}], "split": {"near": false},
              "optimizer": {"lr": 0.01}, "average": 0.8, "evaluate": {"every": 1}, "checkpoint": {"everySteps": 2} }
            """
        try Data(text.utf8).write(to: program.folder.appending(path: "run.json"))
    }
}
