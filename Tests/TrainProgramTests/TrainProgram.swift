import Basics
import Foundation
import Imaging
import Inference
import TestSupport

/// `vitrine-train` as a process, and what it works on.
struct TrainProgram {
    /// A folder that is gone when the test is over.
    let folder: URL

    /// What a run of the program left behind.
    struct End {
        var status: Int32
        var output: String
        var errors: String
    }

    /// ONNX Runtime in the repository's Python environment; the program runs in another folder and would not find it.
    private static let library = try? InferenceRuntime.find(in: [Program.repository + "/.venv"]).path

    static func inFolder<Result>(_ body: (TrainProgram) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "train-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(TrainProgram(folder: folder))
    }

    /// Runs the program in the folder. `watch` sees each line of its output, and may send it a signal by answering true.
    func run(
        _ arguments: [String], launcher: [String] = [], signal: Int32 = SIGKILL,
        watch: @escaping @Sendable (String) -> Bool = { _ in false }
    ) async throws -> End {
        try await run(launcher + [try Program.path(of: "vitrine-train")] + arguments, signal, watch)
    }

    /// Runs the program that serves in the folder; `$TRAINER` is the one that trains.
    func shop(_ arguments: [String]) async throws -> End {
        try await run([try Program.path(of: "vitrine")] + arguments, SIGKILL) { _ in false }
    }

    private func run(
        _ command: [String], _ signal: Int32, _ watch: @escaping @Sendable (String) -> Bool
    ) async throws -> End {
        var environment = Program.environment
        environment["OMP_WAIT_POLICY"] = "passive"
        environment["TRAINER"] = try Program.path(of: "vitrine-train")
        if let library = Self.library { environment[InferenceRuntime.pathVariable] = library }
        let errors = folder.appending(path: "errors-\(UUID().uuidString)")
        let process = try RunningCommand(
            ["/usr/bin/env", "-C", folder.path] + command, errors: errors.path, environment: environment)
        let text = await onThread { () -> String in
            var all = ""
            while let line = process.line() {
                all += line + "\n"
                if watch(line) { process.signal(signal) }
            }
            return all
        }
        return End(
            status: await process.exitStatus(), output: text,
            errors: (try? String(contentsOf: errors, encoding: .utf8)) ?? "")
    }

    // MARK: Pictures

    /// Writes small pictures, a folder a class, that a small net tells apart.
    func writePictures(classes: Int = 4, each: Int = 8, side: Int = 16) throws {
        var random = SeededRandom(seed: 5)
        for label in 0..<classes {
            let place = folder.appending(path: "pictures/class\(label)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for number in 0..<each {
                let bytes = (0..<side * side * 3).map { at -> UInt8 in
                    let stripe = (label % 2 == 0 ? at / 3 % side : at / 3 / side) / 4 % 2 == 0
                    return UInt8(
                        clamping: 50 + 40 * ((label + at % 3) % classes) + (stripe ? 30 : 0) + Int(random.next() % 30))
                }
                let picture = try Image(width: side, height: side, format: .rgb8, bytes: bytes)
                try Data(picture.encoded(as: .png)).write(to: place.appending(path: "\(number).png"))
            }
        }
    }

    /// Writes a configuration that learns them.
    func writeConfiguration(
        _ name: String = "run.json", epochs: Int = 4, more: String? = nil, sources: String = "", split: String = ""
    ) throws {
        let more = more ?? #", "evaluate": {"every": 2, "label": "item"}"#
        let text = """
            { "name": "small", "seed": 3, "threads": 1, "epochs": \(epochs), "batch": {"P": 4, "K": 2},
              "model": {"backbone": "resnet-s", "width": 0.125, "input": 16, "embedding": 16, "dropPath": 0.1},
              "sources": [{"name": "made", "root": "pictures", "labels": ["item"]}\(sources)],
              "split": {"validation": 30, "near": false\(split)},
              "losses": [{"type": "arcface", "label": "item", "s": 16, "m": 0.2}, {"type": "batchHard", "label": "item"},
                         {"type": "softmax", "label": "item", "weight": 0.5},
                         {"type": "margin", "label": "item", "miner": "distanceWeighted", "weight": 0.2}],
              "augment": ["resizedCrop", "colour"], "optimizer": {"lr": 0.005}, "schedule": {"type": "oneCycle"},
              "checkpoint": {"everySteps": 2, "keep": 2} \(more) }
            """
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    /// The newest run's folder below a folder.
    func run(in runs: String = "runs") throws -> URL {
        let place = folder.appending(path: runs)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
        guard let name = names.last else { throw CocoaError(.fileNoSuchFile) }
        return place.appending(path: name)
    }
}
