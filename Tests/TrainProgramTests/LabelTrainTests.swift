import Basics
import Foundation
import Imaging
import TestSupport
import Testing

/// The loop of boxes, training and labelling, by the programs that a shop has.
@Suite("Rounds of labels with training between them")
struct LabelTrainTests {
    /// Starts the trainer; the first training is killed at its fifth step.
    private static let trainer = """
        #!/bin/bash
        if [ "$1" = fit ] && [ ! -e killed ]; then
          touch killed
          coproc "$TRAINER" "$@" --json
          pid=$COPROC_PID
          while read -r line <&"${COPROC[0]}"; do case "$line" in '{"step":5,'*) kill -9 "$pid" ;; esac; done
          wait "$pid"
          exit $?
        fi
        exec "$TRAINER" "$@"

        """

    @Test(
        "LEARN-031, SCAN-112 one command writes boxes, trains, installs the model and lets it draw; killed in its training it goes on, and the next round is the same command"
    )
    func rounds() async throws {
        try await TrainProgram.inFolder { program in
            try Self.draw(in: program.folder)
            let script = program.folder.appending(path: "trainer.sh")
            try Data(Self.trainer.utf8).write(to: script)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
            let shop = ["--data", "data", "--catalogue", "shop"]
            let given = try await program.shop(["labels", "import", "drawn"] + shop)
            #expect(given.status == 0 && given.output.contains("30 pictures"), "\(given.output) \(given.errors)")
            let goods = try await program.shop(["catalogue", "import", "goods"] + shop)
            #expect(goods.status == 0, "\(goods.errors)")

            let order = ["labels", "train", "rounds", "--fit", "detector.json", "--trainer", script.path] + shop
            let broken = try await program.shop(order)
            #expect(broken.status != 0 && broken.errors.contains("goes on"), "\(broken.output) \(broken.errors)")
            let boxes = program.folder.appending(path: "rounds/round-1/boxes/training/labels.json")
            let written = try FileManager.default.attributesOfItem(atPath: boxes.path)[.systemFileNumber] as? NSNumber
            let first = try await program.shop(order)
            #expect(first.status == 0, "\(first.output) \(first.errors)")
            #expect(first.output.contains("Round 1 of label-detector/1.0.1"), "\(first.output)")
            // Nothing was begun again: the boxes are those of before, and the run is the one that was killed.
            let now = try FileManager.default.attributesOfItem(atPath: boxes.path)[.systemFileNumber] as? NSNumber
            #expect(written == now)
            let runs = program.folder.appending(path: "rounds/round-1/runs").path
            #expect(try FileManager.default.contentsOfDirectory(atPath: runs).count == 1)

            let second = try await program.shop(order)
            #expect(second.status == 0 && second.output.contains("round 2"), "\(second.output) \(second.errors)")
            let log = try await program.shop(["labels", "rounds"] + shop)
            #expect(log.output.contains("label-detector/1.0.1"), "\(log.output)")
            let manifest = try JSON(
                parsing: Array(Data(contentsOf: program.folder.appending(path: "data/models/label-detector.json"))))
            #expect(manifest["version"]?.stringValue == "1.0.2")
        }
    }

    // MARK: Pictures

    /// Thirty pictures with drawn boxes, six of items that nobody has looked at, and what learns them.
    private static func draw(in folder: URL) throws {
        var random = SeededRandom(seed: 8)
        var (images, annotations): ([JSON], [JSON]) = ([], [])
        for place in ["drawn", "goods/4711"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: place), withIntermediateDirectories: true)
        }
        for number in 0..<36 {
            let (left, top, size) = (Int(random.next() % 30), Int(random.next() % 30), 20 + Int(random.next() % 14))
            let picture = try square(left, top, size, &random)
            guard number < 30 else {
                try Data(picture).write(to: folder.appending(path: "goods/4711/\(number).png"))
                continue
            }
            try Data(picture).write(to: folder.appending(path: "drawn/\(number).png"))
            images.append(["id": .int(Int64(number)), "file_name": .string("\(number).png"), "width": 64, "height": 64])
            annotations.append([
                "id": .int(Int64(number)), "image_id": .int(Int64(number)), "category_id": 1,
                "bbox": .array([left, top, size, size].map { .int(Int64($0)) }),
            ])
        }
        let coco: JSON = [
            "images": .array(images), "annotations": .array(annotations), "categories": [["id": 1, "name": "thing"]],
        ]
        try Data(coco.encoded()).write(to: folder.appending(path: "drawn/labels.json"))
        let text = """
            { "name": "boxes", "seed": 3, "threads": 1, "epochs": 3, "batch": {"size": 6},
              "model": {"kind": "detector", "oneClass": true, "backbone": "resnet-s", "width": 0.125, "pyramid": 16,
                        "depth": 1, "input": 64},
              "sources": [
                {"name": "training", "reader": "coco", "root": "training", "file": "labels.json", "split": "train"},
                {"name": "held-out", "reader": "coco", "root": "held-out", "file": "labels.json", "split": "validation"}],
              "split": {"near": false}, "optimizer": {"lr": 0.01}, "average": 0.8, "evaluate": {"every": 1},
              "checkpoint": {"everySteps": 2} }
            """
        try Data(text.utf8).write(to: folder.appending(path: "detector.json"))
    }

    private static func square(
        _ left: Int, _ top: Int, _ size: Int, _ random: inout SeededRandom
    ) throws -> [UInt8] {
        var bytes = (0..<64 * 64 * 3).map { _ in UInt8(60 + random.next() % 60) }
        for y in top..<top + size { for x in left..<left + size { bytes[(y * 64 + x) * 3] = 230 } }
        return try Image(width: 64, height: 64, format: .rgb8, bytes: bytes).encoded(as: .png)
    }
}
