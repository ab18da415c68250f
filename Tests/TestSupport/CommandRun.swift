import Foundation

#if canImport(Glibc)
    import Glibc
#endif

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
            [try Program.path()] + arguments, environment: Program.environment.merging(environment) { $1 },
            input: files[0], output: files[1], errors: files[2])
        let status = await child.exitStatus()
        return CommandRun(
            status: status, output: try String(contentsOfFile: folder + "/out", encoding: .utf8),
            errors: try String(contentsOfFile: folder + "/err", encoding: .utf8))
    }
}
