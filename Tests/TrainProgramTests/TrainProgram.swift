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
    private static let library: String? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try? InferenceRuntime.find(in: [root.appending(path: ".venv").path]).path
    }()

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
        let process = Process()
        let command = launcher + [try Program.path(of: "vitrine-train")] + arguments
        process.executableURL = URL(filePath: launcher.isEmpty ? command[0] : "/usr/bin/env")
        process.arguments = launcher.isEmpty ? Array(command.dropFirst()) : command
        process.currentDirectoryURL = folder
        var environment = ProcessInfo.processInfo.environment
        environment["OMP_WAIT_POLICY"] = "passive"
        if let library = Self.library { environment[InferenceRuntime.pathVariable] = library }
        process.environment = environment
        let (output, errors) = (Pipe(), folder.appending(path: "errors-\(UUID().uuidString)"))
        try Data().write(to: errors)
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        let identity = try start(process)
        let text = await onThread { () -> String in
            var (all, line) = ([UInt8](), [UInt8]())
            while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first {
                all.append(byte)
                if byte != 10 {
                    line.append(byte)
                } else {
                    if watch(String(decoding: line, as: UTF8.self)) { kill(identity, signal) }
                    line = []
                }
            }
            return String(decoding: all, as: UTF8.self)
        }
        process.waitUntilExit()
        return End(
            status: process.terminationReason == .uncaughtSignal
                ? -process.terminationStatus : process.terminationStatus,
            output: text, errors: (try? String(contentsOf: errors, encoding: .utf8)) ?? "")
    }

    private func start(_ process: Process) throws -> Int32 {
        try process.run()
        return process.processIdentifier
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
