import ArgumentParser
import Basics
import Foundation
import Inference

/// Looks at models before they are used.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Looks at models that are to be used.",
        subcommands: [Check.self])

    /// Scans a model, loads it and runs it on zeros.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Says whether an ONNX file may be loaded, what it takes and gives, and how fast it is.",
            discussion: """
                The file is scanned without running any of it: external data, custom operators, loops and constants \
                that claim more than they bring are refused. Then it is loaded and run on zeros; dimensions that may \
                change count as 1.

                  vitrine models check item-embed.onnx
                  vitrine models check item-embed.onnx --manifest item-embed.json --threads 2

                Ends with status 1 if the model must not be used.
                """)

        @Argument(help: "The model, a file that ends in .onnx.")
        var file: String

        @Option(help: "The manifest that is to go with it: it must be whole and agree with the model.")
        var manifest: String?

        @Option(help: "Threads that work on one run.")
        var threads = 1

        @Option(help: "Runs to measure.")
        var runs = 10

        func validate() throws {
            guard (1...256).contains(threads) else { throw ValidationError("--threads must be from 1 to 256.") }
            guard (1...10_000).contains(runs) else { throw ValidationError("--runs must be from 1 to 10000.") }
        }

        func run() async throws {
            do {
                try check()
            } catch {
                throw Failure.explaining(error)
            }
        }

        private func check() throws {
            let bytes = try Self.read(file, atMost: ModelScan.Limits().bytes)
            try report(ModelScan(bytes))
            let runtime = try InferenceRuntime.find(in: InferencePlaces.folders(data: nil))
            var options = SessionOptions()
            options.threads = threads
            let session = try ModelSession(bytes, runtime: runtime, options: options)
            for port in session.inputs { Terminal.say("takes       \(port.text)") }
            for port in session.outputs { Terminal.say("gives       \(port.text)") }
            if let manifest { try compare(manifest, with: session) }
            try measure(session, runtime)
        }

        private static func read(_ path: String, atMost limit: Int) throws -> [UInt8] {
            guard let handle = FileHandle(forReadingAtPath: path) else {
                throw Failure("\(path) cannot be read. Is the name right?")
            }
            let data = try handle.read(upToCount: limit + 1) ?? Data()
            return [UInt8](data)
        }

        private func report(_ scan: ModelScan) throws {
            guard scan.isAcceptable else {
                throw Failure(
                    "\(file) must not be loaded:\n" + scan.findings.map { "  - \($0)" }.joined(separator: "\n"))
            }
            let kinds = scan.operators.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(6)
            Terminal.say("written by  \(scan.producer.isEmpty ? "unknown" : scan.producer)")
            Terminal.say("operators   \(scan.nodes): \(kinds.map { "\($0.value) \($0.key)" }.joined(separator: ", "))")
            Terminal.say("parameters  \(scan.parameters)")
        }

        private func compare(_ path: String, with session: ModelSession) throws {
            let manifest = try ModelManifest(parsing: try Self.read(path, atMost: JSONLimits().maximumBytes))
            let problems = manifest.differences(from: session)
            guard problems.isEmpty else {
                throw Failure(
                    "\(path) does not fit the model:\n" + problems.map { "  - \($0)" }.joined(separator: "\n"))
            }
            Terminal.say("manifest    \(manifest.id) \(manifest.version), \(manifest.role.rawValue): fits")
        }

        private func measure(_ session: ModelSession, _ runtime: InferenceRuntime) throws {
            var zeros: [String: Tensor] = [:]
            for port in session.inputs { zeros[port.name] = try port.zeros() }
            let outputs = try session.run(zeros)
            for (name, tensor) in outputs.sorted(by: { $0.key < $1.key }) where !tensor.isFinite {
                Terminal.warn("The output '\(name)' is not finite for zeros.")
            }
            let clock = ContinuousClock()
            let times = try (0..<runs).map { _ in try clock.measure { _ = try session.run(zeros) } }.sorted()
            let median = times[times.count / 2] / .milliseconds(1)
            let digits = String(format: "%.2f", median)
            Terminal.say(
                "runs        \(digits) ms each (median of \(runs)), ONNX Runtime \(runtime.version), \(session.provider)"
            )
        }
    }
}
