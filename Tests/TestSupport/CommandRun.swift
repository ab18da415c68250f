import Foundation

/// A run of the program that ends by itself, such as `vitrine doctor`.
package struct CommandRun: Sendable {
    /// The exit status.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: String
    /// What it wrote to standard error.
    package let errors: String

    /// Runs `vitrine` with these arguments and waits for its end.
    package static func vitrine(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> CommandRun {
        try await onThread {
            let process = try process(arguments)
            process.environment = (process.environment ?? [:]).merging(environment) { $1 }
            let pipes = (input: Pipe(), output: Pipe(), errors: Pipe())
            process.standardInput = pipes.input
            process.standardOutput = pipes.output
            process.standardError = pipes.errors
            try process.run()
            try pipes.input.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipes.input.fileHandleForWriting.close()
            // Neither text of these commands is longer than a pipe holds, so they may be read one after the other.
            let output = try pipes.output.fileHandleForReading.readToEnd() ?? Data()
            let errors = try pipes.errors.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return CommandRun(
                status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
                errors: String(decoding: errors, as: UTF8.self))
        }
    }

    /// The program with arguments, not started; without the settings of whoever runs the tests.
    ///
    /// A launcher is a command that takes the program and its arguments as its own last ones and becomes it.
    static func process(_ arguments: [String], launcher: [String] = []) throws -> Process {
        let process = Process()
        let words = try launcher + [program().path()] + arguments
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("VITRINE_") }
        return process
    }

    private static func program() throws -> URL {
        if let named = ProcessInfo.processInfo.environment["VITRINE_BINARY"] { return URL(filePath: named) }
        let bundle = Bundle.main.executableURL?.deletingLastPathComponent()
        let places = [bundle, Bundle.main.bundleURL, bundle?.deletingLastPathComponent()].compactMap { $0 }
        let found = places.map { $0.appending(path: "vitrine") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path())
        }
        guard let found else {
            throw VitrineProcess.Failure(description: "The program is not built: swift build --product vitrine")
        }
        return found
    }
}
