import Foundation
import Synchronization

/// The built program, running as a process of its own on a data folder.
///
/// It is found beside the test bundle; `VITRINE_BINARY` names another one. A process that is let go is killed.
package final class VitrineProcess: Sendable {
    /// What went wrong with the process, with the end of its log.
    package struct Failure: Error, CustomStringConvertible {
        /// The sentence.
        package let description: String
    }

    private struct State {
        var run: ProcessRun
        var port: Int
    }

    /// The folder of the database.
    package let dataDirectory: String
    /// Where the log of all runs goes.
    package let logPath: String
    private let flags: [String]
    private let launcher: [String]
    private let ownFolder: String?
    private let state: Mutex<State>

    private init(
        dataDirectory: String, logPath: String, flags: [String], launcher: [String], ownFolder: String?, run: ProcessRun
    ) {
        self.dataDirectory = dataDirectory
        self.logPath = logPath
        self.flags = flags
        self.launcher = launcher
        self.ownFolder = ownFolder
        state = Mutex(State(run: run, port: run.port))
    }

    deinit {
        state.withLock { $0.run.child.signal(SIGKILL) }
        if let ownFolder { try? FileManager.default.removeItem(atPath: ownFolder) }
    }

    /// Starts a server and waits until it takes connections.
    ///
    /// - Parameters:
    ///   - dataDirectory: the data folder; without one a temporary folder is made and removed with the object.
    ///   - flags: further flags of `vitrine serve`; they win over those set here.
    ///   - launcher: a command that becomes the program it is given, such as `/usr/bin/env NAME=value`.
    package static func start(
        dataDirectory: String? = nil, flags: [String] = [], launcher: [String] = []
    ) async throws -> VitrineProcess {
        var ownFolder: String?
        if dataDirectory == nil { ownFolder = NSTemporaryDirectory() + "vitrine-test-\(UUID().uuidString)" }
        let folder = dataDirectory ?? (ownFolder ?? "") + "/data"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let log = (ownFolder ?? folder) + "/stderr.log"
        for _ in 0..<20 {
            do {
                let arguments = arguments(folder, port: nextPort(), flags)
                let run = try await ProcessRun.start(arguments, log: log, launcher: launcher)
                return VitrineProcess(
                    dataDirectory: folder, logPath: log, flags: flags, launcher: launcher, ownFolder: ownFolder,
                    run: run)
            } catch let failure as Failure where failure.description.contains("Address already in use") {
                continue
            }
        }
        throw Failure(description: "no port was free")
    }

    /// Ports below those that the system gives to whoever asks for any: a server that is started again finds its own free.
    private static let ports = Mutex(10_000 + Int(getpid()) % 400 * 50)

    private static func nextPort() -> Int {
        ports.withLock { port in
            port = port < 30_000 ? port + 1 : 10_000
            return port
        }
    }

    private static func arguments(_ folder: String, port: Int, _ flags: [String]) -> [String] {
        var arguments = ["serve", "--data", folder, "--listen", "127.0.0.1:\(port)"]
        if !flags.contains("--registration") { arguments += ["--registration", "open"] }
        return arguments + flags
    }

    // MARK: What it is doing

    /// The port that it listens on.
    package var port: Int { state.withLock { $0.port } }
    /// The address that it printed, `http://127.0.0.1:PORT`.
    package var baseURL: String { "http://127.0.0.1:\(port)" }
    /// The process id.
    package var processID: Int32 { state.withLock { $0.run.child.processID } }
    /// What it has logged so far.
    package var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }
    /// A client for its address.
    package var http: HTTPClient { HTTPClient(port: port) }

    // MARK: What is done to it

    /// Asks it to stop and waits until it has; the exit status.
    @discardableResult
    package func stop() async -> Int32 {
        let child = state.withLock { $0.run.child }
        child.signal(SIGTERM)
        return await child.exitStatus()
    }

    /// Ends it without warning and waits until it is gone.
    package func kill() async {
        let child = state.withLock { $0.run.child }
        child.signal(SIGKILL)
        _ = await child.exitStatus()
    }

    /// Waits until it ends by itself; the exit status.
    package func exitStatus() async -> Int32 {
        let child = state.withLock { $0.run.child }
        return await child.exitStatus()
    }

    /// Sends a signal without waiting.
    package func signal(_ number: Int32) { state.withLock { $0.run.child }.signal(number) }
    /// Stops it in mid-step (SIGSTOP).
    package func pause() { signal(SIGSTOP) }
    /// Lets it go on (SIGCONT).
    package func resume() { signal(SIGCONT) }

    /// Starts it again on the same folder and port, after it has ended.
    package func restart() async throws {
        let port = port
        let run = try await ProcessRun.start(
            Self.arguments(dataDirectory, port: port, flags), log: logPath, launcher: launcher)
        state.withLock { $0.run = run }
    }

    /// Makes an account for somebody who works in the shop; the server is down meanwhile.
    package func addStaff(name: String, password: String, displayName: String? = nil, admin: Bool = false) async throws
    {
        await stop()
        var arguments = ["user", "create", name, "--staff", "--plain-id", "--password-stdin", "--data", dataDirectory]
        if let displayName { arguments += ["--display-name", displayName] }
        if admin { arguments.append("--admin") }
        let result = try await CommandRun.vitrine(arguments, input: password + "\n")
        guard result.status == 0 else { throw Failure(description: result.errors) }
        try await restart()
    }
}
