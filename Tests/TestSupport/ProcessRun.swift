import Foundation
import Synchronization

/// One run of the program, from its start to its end.
final class ProcessRun: Sendable {
    private struct Ending {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    let processID: Int32
    let port: Int
    private let ending: Ended

    private final class Ended: Sendable {
        let state = Mutex(Ending())

        func finish(_ status: Int32) {
            let waiters = state.withLock { state in
                state.status = status
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume(returning: status) }
        }
    }

    private init(processID: Int32, port: Int, ending: Ended) {
        self.processID = processID
        self.port = port
        self.ending = ending
    }

    /// Starts `vitrine serve` and waits for the line that says that it is ready, or for its end.
    static func start(_ arguments: [String], log: String, launcher: [String] = []) async throws -> ProcessRun {
        let process = try CommandRun.process(arguments, launcher: launcher)
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(filePath: log)) }
        guard let errors = FileHandle(forWritingAtPath: log) else {
            throw VitrineProcess.Failure(description: "\(log) cannot be written")
        }
        try errors.seekToEnd()
        let output = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        let ending = Ended()
        process.terminationHandler = { ending.finish($0.terminationStatus) }
        try process.run()
        let line = await firstLine(of: output.fileHandleForReading)
        guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
            Foundation.kill(process.processIdentifier, SIGKILL)
            let end = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw VitrineProcess.Failure(description: "vitrine did not get ready: \(line)\n\(end.suffix(2_000))")
        }
        return ProcessRun(processID: process.processIdentifier, port: port, ending: ending)
    }

    private static func firstLine(of handle: FileHandle) async -> String {
        await onThread {
            var bytes: [UInt8] = []
            while let byte = try? handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    func signal(_ number: Int32) {
        guard ending.state.withLock({ $0.status == nil }) else { return }
        Foundation.kill(processID, number)
    }

    func exitStatus() async -> Int32 {
        await withCheckedContinuation { caller in
            let known = ending.state.withLock { state in
                if state.status == nil { state.waiters.append(caller) }
                return state.status
            }
            if let known { caller.resume(returning: known) }
        }
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
