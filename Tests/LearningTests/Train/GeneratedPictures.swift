import Basics
import Foundation
import Imaging
import Learning

/// Pictures that a small net tells apart within seconds: each class a colour and a stripe, each picture with noise.
enum GeneratedPictures {
    /// A data set of some classes with some pictures each; the first picture of each class is held out when `holdsOut`.
    static func dataset(
        classes: Int = 6, each: Int = 8, side: Int = 16, seed: UInt64 = 1, holdsOut: Bool = true
    ) throws -> Dataset {
        var random = SeededRandom(seed: seed)
        var samples: [Sample] = []
        for label in 0..<classes {
            for number in 0..<each {
                let bytes = try png(label, of: classes, side: side, &random)
                samples.append(
                    Sample(
                        id: "\(label)-\(number)", image: .bytes(bytes), labels: ["class": label, "coarse": label / 2],
                        group: "g\(label)-\(number)", source: "made",
                        split: holdsOut && number < 2 ? .validation : .train))
            }
        }
        return Dataset(
            samples: samples,
            classNames: [
                "class": (0..<classes).map { "class\($0)" }, "coarse": (0..<(classes + 1) / 2).map { "kind\($0)" },
            ])
    }

    private static func png(_ label: Int, of classes: Int, side: Int, _ random: inout SeededRandom) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side {
                let stripe = (label % 2 == 0 ? x : y) / 4 % 2 == 0
                for channel in 0..<3 {
                    let level = 60 + 150 * ((label + channel) % classes) / max(classes, 1) + (stripe ? 30 : 0)
                    bytes.append(UInt8(clamping: level + Int(random.next() % 40) - 20))
                }
            }
        }
        return try Image(width: side, height: side, format: .rgb8, bytes: bytes).encoded(as: .png)
    }
}

/// A folder that is gone when the test is over.
func withRuns<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// Experiments on generated pictures.
enum SmallExperiment {
    static func text(epochs: Int = 2, more: String = "") -> String {
        """
        { "name": "small", "seed": 3, "threads": 1, "epochs": \(epochs),
          "batch": {"size": 12, "sampler": "shuffle"},
          "model": {"backbone": "resnet-s", "width": 0.125, "input": 16, "embedding": 16},
          "sources": [{"name": "made"}], "loader": {"tasks": 1},
          "losses": [{"type": "arcface", "label": "class", "s": 16, "m": 0.2, "ramp": 0.5},
                     {"type": "batchHard", "label": "class", "weight": 0.5},
                     {"type": "softmax", "label": "coarse", "weight": 0.5}],
          "optimizer": {"type": "adamw", "lr": 0.005, "weightDecay": 0.05}, "schedule": {"type": "oneCycle"},
          "average": 0.9, "checkpoint": {"everySteps": 3} \(more) }
        """
    }

    static func make(epochs: Int = 2, more: String = "") throws -> Experiment {
        try Experiment(bytes: Array(text(epochs: epochs, more: more).utf8))
    }

    /// A run's folder of a name.
    static func folder(_ runs: URL, _ name: String) throws -> RunFolder {
        let folder = RunFolder(runs.appending(path: name))
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        return folder
    }
}
