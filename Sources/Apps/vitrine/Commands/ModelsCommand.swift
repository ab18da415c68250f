import ArgumentParser
import Basics
import Foundation
import Inference

/// Looks at models before they are used.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Check, add, list, activate and roll back models.",
        subcommands: [Check.self, Import.self, List.self, Activate.self, RollBack.self])

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

        @Flag(help: "Write one JSON object instead of lines.")
        var json = false

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
            let bytes = try ModelsCommand.read(file, atMost: ModelScan.Limits().bytes)
            let scan = ModelScan(bytes)
            guard scan.isAcceptable else {
                throw Failure(
                    "\(file) must not be loaded:\n" + scan.findings.map { "  - \($0)" }.joined(separator: "\n"))
            }
            let runtime = try InferenceRuntime.find(in: InferencePlaces.folders(data: nil))
            var options = SessionOptions()
            options.threads = threads
            let session = try ModelSession(bytes, runtime: runtime, options: options)
            let fitting = try manifest.map { try compare($0, with: session) }
            let speed = try measure(session)
            if json {
                Terminal.say(object(scan, session, speed, runtime).text)
            } else {
                lines(scan, session, fitting, speed, runtime).forEach(Terminal.say)
            }
        }

        private func compare(_ path: String, with session: ModelSession) throws -> ModelManifest {
            let manifest = try ModelManifest(parsing: try ModelsCommand.read(path, atMost: JSONLimits().maximumBytes))
            let problems = manifest.differences(from: session)
            guard problems.isEmpty else {
                throw Failure(
                    "\(path) does not fit the model:\n" + problems.map { "  - \($0)" }.joined(separator: "\n"))
            }
            return manifest
        }

        /// What runs on zeros came to.
        private struct Speed {
            var wallMilliseconds: Double
            var processorMilliseconds: Double
            /// Outputs with a number that is not finite.
            var broken: [String]
        }

        private func measure(_ session: ModelSession) throws -> Speed {
            var zeros: [String: Tensor] = [:]
            for port in session.inputs { zeros[port.name] = try port.zeros() }
            let outputs = try session.run(zeros)
            let clock = ContinuousClock()
            let before = Self.processorSeconds()
            let times = try (0..<runs).map { _ in try clock.measure { _ = try session.run(zeros) } }.sorted()
            return Speed(
                wallMilliseconds: times[times.count / 2] / .milliseconds(1),
                processorMilliseconds: (Self.processorSeconds() - before) * 1_000 / Double(runs),
                broken: outputs.filter { !$0.value.isFinite }.keys.sorted())
        }

        private static func processorSeconds() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
        }

        private func lines(
            _ scan: ModelScan, _ session: ModelSession, _ manifest: ModelManifest?, _ speed: Speed,
            _ runtime: InferenceRuntime
        ) -> [String] {
            let kinds = scan.operators.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(6)
            let wall = String(format: "%.2f", speed.wallMilliseconds)
            let processor = String(format: "%.2f", speed.processorMilliseconds)
            var lines = ["written by  \(scan.producer.isEmpty ? "unknown" : scan.producer)"]
            lines.append("operators   \(scan.nodes): \(kinds.map { "\($0.value) \($0.key)" }.joined(separator: ", "))")
            lines.append("parameters  \(scan.parameters)")
            lines += session.inputs.map { "takes       \($0.text)" } + session.outputs.map { "gives       \($0.text)" }
            if let manifest {
                lines.append("manifest    \(manifest.id) \(manifest.version), \(manifest.role.rawValue): fits")
            }
            lines.append(
                "runs        \(wall) ms each (median of \(runs)), \(processor) ms of processor time, "
                    + "ONNX Runtime \(runtime.version), \(session.provider)")
            return lines + speed.broken.map { "warning     the output '\($0)' is not finite for zeros" }
        }

        private func object(
            _ scan: ModelScan, _ session: ModelSession, _ speed: Speed, _ runtime: InferenceRuntime
        ) -> JSON {
            [
                "operators": .int(Int64(scan.nodes)), "parameters": .int(Int64(scan.parameters)),
                "inputs": .array(session.inputs.map { .string($0.text) }),
                "outputs": .array(session.outputs.map { .string($0.text) }),
                "wall_ms": .double(speed.wallMilliseconds), "processor_ms": .double(speed.processorMilliseconds),
                "not_finite": .array(speed.broken.map { .string($0) }), "runtime": .string(runtime.version),
                "provider": .string(session.provider),
            ]
        }
    }
}
