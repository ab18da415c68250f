import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// One run of `vitrine serve`, from the moment it is ready to its end.
struct ProcessRun: Sendable {
    let port: Int
    let child: ChildProcess

    /// Starts `vitrine serve` and waits for the line that says that it is ready, or for its end.
    static func start(_ arguments: [String], log: String, launcher: [String] = []) async throws -> ProcessRun {
        let command = launcher + [try Program.path()] + arguments
        let errors = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        var pipe: [Int32] = [-1, -1]
        guard errors >= 0, input >= 0, Glibc.pipe(&pipe) == 0 else {
            throw VitrineProcess.Failure(description: "no files for the process: \(String(cString: strerror(errno)))")
        }
        let output = FileHandle(fileDescriptor: pipe[0], closeOnDealloc: true)
        defer { for descriptor in [errors, input] { close(descriptor) } }
        let child: ChildProcess
        do {
            defer { close(pipe[1]) }
            child = try ChildProcess(
                command, environment: Program.environment, input: input, output: pipe[1], errors: errors)
        }
        let line = await firstLine(of: output)
        guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
            child.signal(SIGKILL)
            let end = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw VitrineProcess.Failure(description: "vitrine did not get ready: \(line)\n\(end.suffix(2_000))")
        }
        return ProcessRun(port: port, child: child)
    }

    private static func firstLine(of handle: FileHandle) async -> String {
        await onThread {
            var bytes: [UInt8] = []
            while let byte = try? handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// Where the built program is, and the environment it gets.
package enum Program {
    /// The environment of the tests without the settings of whoever runs them.
    package static var environment: [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("VITRINE_") }
    }

    /// The folder of the repository.
    package static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The path of the built program.
    package static func path() throws -> String {
        if let named = ProcessInfo.processInfo.environment["VITRINE_BINARY"] { return named }
        return try path(of: "vitrine")
    }

    /// The path of one of the built programs.
    package static func path(of name: String) throws -> String {
        let bundle = Bundle.main.executableURL?.deletingLastPathComponent()
        let places = [bundle, Bundle.main.bundleURL, bundle?.deletingLastPathComponent()].compactMap { $0 }
        let found = places.map { $0.appending(path: name).path() }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let found else {
            throw VitrineProcess.Failure(description: "The program is not built: swift build --product \(name)")
        }
        return found
    }
}

/// Runs something that blocks on a thread of its own.
package func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { caller in
        let thread = Thread { caller.resume(returning: body()) }
        thread.stackSize = 1 << 20
        thread.start()
    }
}

/// Runs something that blocks and may throw on a thread of its own.
package func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { caller in
        let thread = Thread { caller.resume(with: Result(catching: body)) }
        thread.stackSize = 1 << 20
        thread.start()
    }
}
