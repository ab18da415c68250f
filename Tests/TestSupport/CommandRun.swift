import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A run of a program that ends by itself, such as `vitrine doctor`.
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
        try await run([try Program.path()] + arguments, input: input, environment: environment)
    }

    /// Runs a script in the Python environment that `Scripts/bootstrap test` makes.
    package static func python(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> CommandRun {
        let python = Program.repository + "/.venv/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw VitrineProcess.Failure(description: "The Python environment is missing: run Scripts/bootstrap test.")
        }
        return try await run([python, script] + arguments, environment: environment)
    }

    /// Runs a program by its path, or by its name if it is a tool of the system, and waits for its end.
    package static func run(
        _ command: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> CommandRun {
        let command = command[0].contains("/") ? command : ["/usr/bin/env"] + command
        let folder = NSTemporaryDirectory() + "vitrine-command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(input.utf8).write(to: URL(filePath: folder + "/in"))
        let files = [
            open(folder + "/in", O_RDONLY | O_CLOEXEC),
            open(folder + "/out", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600),
            open(folder + "/err", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600),
        ]
        defer { for file in files { close(file) } }
        let child = try ChildProcess(
            command, environment: Program.environment.merging(environment) { $1 },
            input: files[0], output: files[1], errors: files[2])
        let status = await child.exitStatus()
        return CommandRun(
            status: status, output: try String(contentsOfFile: folder + "/out", encoding: .utf8),
            errors: try String(contentsOfFile: folder + "/err", encoding: .utf8))
    }
}
