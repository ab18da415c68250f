import ArgumentParser
import Foundation
import Inference
import Learning

/// What the program's status says about an error, after <sysexits.h>.
enum Outcome {
    static let usage: Int32 = 64
    static let data: Int32 = 65
    static let unavailable: Int32 = 69
    static let software: Int32 = 70
    static let files: Int32 = 74
    static let busy: Int32 = 75

    /// Runs a command, and turns what it throws into sentences and a status.
    static func told(_ body: () async throws -> Void) async throws {
        do {
            try checkRuntime()
            try await body()
        } catch let error as ExitCode {
            throw error
        } catch {
            let (status, text) = judged(error)
            Terminal.warn(text)
            throw ExitCode(status)
        }
    }

    private static func checkRuntime() throws {
        let missing = TorchRuntime.missingOperators
        guard !missing.isEmpty else { return }
        Terminal.warn(
            "libtorch \(TorchRuntime.version) has no \(missing.joined(separator: ", ")). "
                + "Install 1.13 or newer: apt-get install libtorch-dev libopenblas0-pthread")
        throw ExitCode(unavailable)
    }

    private static func judged(_ error: any Error) -> (status: Int32, text: String) {
        switch error {
        case let error as ExperimentError: (usage, listed("The configuration is wrong", error.problems))
        case let error as DataError: (data, error.description)
        case let error as RunError: (status(of: error), error.description)
        case let error as TorchError: (software, explained(error))
        case let error as CommandFailure: (error.status, error.text)
        case let error as NetworkConfigurationError: (usage, error.description)
        case let error as LossConfigurationError: (usage, error.description)
        case let error as ManifestError: (usage, "The manifest is wrong: \(error.description)")
        case let error as InferenceError: (error.kind == .unavailable ? unavailable : software, error.message)
        default: (software, "\(error)")
        }
    }

    private static func listed(_ title: String, _ problems: [String]) -> String {
        ([title + ":"] + problems.map { "  " + $0 }).joined(separator: "\n")
    }

    private static func status(of error: RunError) -> Int32 {
        switch error {
        case .noSpace, .file, .damaged: files
        case .busy: busy
        case .drift, .data: data
        case .diverged: software
        }
    }

    private static func explained(_ error: TorchError) -> String {
        let isMemory = ["memory", "allocate"].contains { error.message.contains($0) }
        return isMemory
            ? "out of memory in \(error). The last full step is kept. Smaller batches (batch.accumulate), "
                + "a smaller input, or fewer cached pictures (loader.cacheMiB) need less"
            : "the computation failed: \(error)"
    }
}

/// A sentence and a status.
struct CommandFailure: Error {
    let status: Int32
    let text: String

    init(_ text: String, status: Int32 = Outcome.usage) { (self.status, self.text) = (status, text) }
}
