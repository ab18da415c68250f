import Basics
import Foundation
import Testing

@Suite("What vitrine-train measures and shows")
struct MeasuringTests {
    @Test(
        "LEARN-113, LEARN-064, LEARN-042 inspect counts numbers and multiplications, shows distributions and what layers make of a batch, and looks for a rate"
    )
    func inspect() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration()
            let end = try await program.run([
                "inspect", "run.json", "--find-rate", "--steps", "12", "--tree", "--statistics",
            ])
            #expect(end.status == 0, "\(end.errors)")
            for part in [
                "multiplications a picture of 16 px", "pictures of a class of item: mean 8.0", "EmbeddingNet(", "e-0",
                "backbone.layer1.0.conv1", "dead channels", "losses.softmax.item",
            ] {
                #expect(end.output.contains(part), "\(part) is not in:\n\(end.output)")
            }
        }
    }

    @Test(
        "LEARN-006, LEARN-016, LEARN-103, LEARN-027, LEARN-091, LEARN-089, LEARN-070 user photos against merchant pictures by class, left-out classes, sampling, a last training on all"
    )
    func merchant() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures(classes: 6)
            let pictures = program.folder.appending(path: "pictures")
            let merchant = program.folder.appending(path: "merchant")
            for label in 0..<6 {
                let place = merchant.appending(path: "class\(label)")
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                try FileManager.default.moveItem(
                    at: pictures.appending(path: "class\(label)/0.png"), to: place.appending(path: "shop.png"))
            }
            try program.writeConfiguration(
                epochs: 3,
                more:
                    #", "evaluate": {"every": 1, "protocol": "user-merchant", "gallery": "shop", "queries": "made", "label": "item"}"#,
                sources: #", {"name": "shop", "root": "merchant", "labels": ["item"], "split": "test"}"#,
                split: #", "test": 30, "leaveOut": {"label": "item", "percent": 35}"#)
            let fit = try await program.run(["fit", "run.json"])
            #expect(fit.status == 0, "\(fit.errors)")
            let run = try program.run()
            let eval = try await program.run(["eval", run.path, "--by", "item"])
            #expect(eval.status == 0, "\(eval.errors)")
            for part in [
                "user photo to merchant picture (item)", "item class0", "class item of the nearest picture",
                "of classes left out of training", "of classes learnt from", "left out of training (",
                "class radii apart", "classes with 1 to 9", "cosine", "distance",
            ] {
                #expect(eval.output.contains(part), "\(part) is not in:\n\(eval.output)")
            }
            let report = try await program.run(["sampling-report", run.path])
            #expect(report.status == 0, "\(report.errors)")
            #expect(FileManager.default.fileExists(atPath: run.appending(path: "sampling").path))
            let final = try await program.run(["fit", "run.json", "--stage", "final", "--runs", "final"])
            #expect(final.status == 0, "\(final.errors)")
            #expect(final.output.contains("no held-out figure"))
        }
    }
}
