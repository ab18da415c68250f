import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A command under way whose output is read line by line as it comes.
package struct RunningCommand: Sendable {
    private let child: ChildProcess
    private let output: FileHandle

    /// Starts a program by its path.
    ///
    /// - Parameters:
    ///   - input: what its standard input holds.
    ///   - errors: the file its standard error goes to; nil for nowhere.
    package init(
        _ command: [String], input: String = "", errors: String? = nil,
        environment: [String: String] = Program.environment
    ) throws {
        let source = try Self.file(holding: input)
        let sink = open(errors ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        var pipe: [Int32] = [-1, -1]
        guard sink >= 0, Glibc.pipe(&pipe) == 0 else {
            throw VitrineProcess.Failure(description: "no files for a process: \(String(cString: strerror(errno)))")
        }
        defer { for descriptor in [source, sink, pipe[1]] { close(descriptor) } }
        output = FileHandle(fileDescriptor: pipe[0], closeOnDealloc: true)
        child = try ChildProcess(command, environment: environment, input: source, output: pipe[1], errors: sink)
    }

    /// An open file without a name.
    private static func file(holding text: String) throws -> Int32 {
        let name = NSTemporaryDirectory() + "vitrine-input-\(UUID().uuidString)"
        defer { unlink(name) }
        try Data(text.utf8).write(to: URL(filePath: name))
        let file = open(name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw VitrineProcess.Failure(description: "\(name): \(String(cString: strerror(errno)))")
        }
        return file
    }

    /// Blocks until the next line of the output is whole; nil at its end. A last line without an end counts.
    package func line() -> String? {
        var bytes: [UInt8] = []
        while let byte = try? output.read(upToCount: 1)?.first {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Sends a signal, unless the command has ended.
    package func signal(_ number: Int32) { child.signal(number) }

    /// The bytes that the command has written to files and pipes so far, a measure of its work that only grows; 0 after its end.
    package var written: Int {
        let text = (try? String(contentsOfFile: "/proc/\(child.processID)/io", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("wchar: ") }
        return line.flatMap { Int($0.dropFirst("wchar: ".count)) } ?? 0
    }

    /// Whether the command has ended.
    package var hasEnded: Bool { child.hasEnded }

    /// Waits for the end; the exit status, or minus the number of the signal that ended it.
    package func exitStatus() async -> Int32 { await child.exitStatus() }
}
