import Foundation
import Testing

@Suite("What vitrine-train refuses to begin")
struct RefusalTests {
    @Test("LEARN-040 every fault of a file is named with its path at once, with status 64, and nothing is written")
    func faults() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            let text = """
                { "nmae": "x", "epochs": 0, "model": {"backbone": "resnet-s", "wdth": 1},
                  "sources": [{"name": "made", "root": "pictures", "labels": ["item"]}],
                  "losses": [{"type": "arcface", "label": "brand"}, {"type": "arcfice"}, {"type": "triplet", "label": "item", "alpah": 1}],
                  "augment": ["resizedCrop", "sparkle"], "schedule": {"type": "spiral"} }
                """
            try Data(text.utf8).write(to: program.folder.appending(path: "bad.json"))
            let end = try await program.run(["fit", "bad.json"])
            #expect(end.status == 64)
            for place in [
                "nmae: unknown key (is name meant?)", "epochs: a whole number", "model.wdth: unknown key",
                "losses[0].label: no source has the label brand", "losses[1].type: one of",
                "losses[2].alpah: unknown key",
                "augment[1]: one of", "schedule.type: one of",
            ] {
                #expect(end.errors.contains(place), "\(place) is not named in:\n\(end.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "runs").path))
        }
    }

    @Test("LEARN-133 a picture on both sides of a split stops the run with status 65, and nothing is written")
    func leak() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            let pictures = program.folder.appending(path: "pictures")
            try FileManager.default.copyItem(
                at: pictures.appending(path: "class0/0.png"), to: pictures.appending(path: "class0/again.png"))
            var rows = "path,item,split\n"
            for label in 0..<4 {
                for number in 0..<8 { rows += "class\(label)/\(number).png,\(label),train\n" }
            }
            rows += "class0/again.png,0,val\n"
            try Data(rows.utf8).write(to: pictures.appending(path: "table.csv"))
            let text = """
                { "sources": [{"root": "pictures", "table": "table.csv", "labels": ["item"], "splitColumn": "split"}],
                  "model": {"input": 16}, "losses": [{"type": "softmax", "label": "item"}] }
                """
            try Data(text.utf8).write(to: program.folder.appending(path: "leak.json"))
            let end = try await program.run(["fit", "leak.json"])
            #expect(end.status == 65)
            #expect(end.errors.contains("class0/0.png") && end.errors.contains("class0/again.png"), "\(end.errors)")
            #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "runs").path))
        }
    }

    @Test("LEARN-112 a graphics processor that is not there is refused with status 64, and nothing is written")
    func device() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration(epochs: 1)
            let end = try await program.run(["fit", "run.json", "--set", #"device="cuda:0""#])
            // Where there is one, it trains.
            let isRefused = end.status == 64 && end.errors.contains("device: this libtorch has no CUDA")
            #expect(end.status == 0 || isRefused, "\(end.errors)")
            let runs = program.folder.appending(path: "runs").path
            #expect(FileManager.default.fileExists(atPath: runs) == (end.status == 0))
        }
    }

    @Test("classes of one picture are refused where a loss compares two and nothing makes a second view")
    func single() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            let rows =
                "first,second,same\nclass0/0.png,class0/1.png,1\nclass1/0.png,class1/1.png,1\n"
                + "class2/0.png,class0/0.png,0\n"
            try Data(rows.utf8).write(to: program.folder.appending(path: "pictures/pairs.csv"))
            let text = """
                { "sources": [{"root": "pictures", "reader": "pairs", "file": "pairs.csv", "labels": ["item"]}],
                  "split": {"validation": 0, "near": false}, "model": {"input": 16, "width": 0.125, "embedding": 8},
                  "batch": {"size": 4}, "epochs": 1, "threads": 1, "losses": [{"type": "triplet", "label": "item"}] }
                """
            try Data(text.utf8).write(to: program.folder.appending(path: "pairs.json"))
            let end = try await program.run(["fit", "pairs.json"])
            #expect(end.status == 64)
            #expect(end.errors.contains("losses[0].label: 1 classes of item have one picture"), "\(end.errors)")
            #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "runs").path))
            let views = try await program.run([
                "fit", "pairs.json", "--set", #"batch={"P": 2, "K": 2}"#, "--set", #"augment=["colour"]"#,
            ])
            #expect(views.status == 0, "\(views.errors)")
        }
    }

    @Test("LEARN-042 the search for anomalies names the first operation whose result is no number, and its shapes")
    func anomaly() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration(epochs: 50)
            let end = try await program.run([
                "fit", "run.json", "--detect-anomaly", "--set", "optimizer.type=sgd", "--set", "optimizer.lr=1000",
                "--set",
                "clip=1e9", "--set", #"schedule={"type": "constant"}"#,
            ])
            #expect(end.status == 70, "\(end.errors)")
            #expect(end.errors.contains("aten::") && end.errors.contains("NaN"), "\(end.errors)")
        }
    }
}
