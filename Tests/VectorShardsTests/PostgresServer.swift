import Foundation
import Synchronization
import TestSupport

@testable import VectorShards

/// A PostgreSQL with pgvector of its own, in a temporary folder, from the wheel `pgserver` of the tests' Python environment.
/// It listens on a socket in that folder alone.
final class PostgresServer: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Where its programs are; nil where the wheel is not installed.
    static let programs: String? = {
        let places = [".venv", ".venv-peers"].map { Program.repository + "/\($0)/lib" }
        let files = FileManager.default
        return places.flatMap { place in
            ((try? files.contentsOfDirectory(atPath: place)) ?? []).map {
                "\(place)/\($0)/site-packages/pgserver/pginstall/bin"
            }
        }.first { files.isExecutableFile(atPath: "\($0)/postgres") }
    }()

    /// Whether one can be started here: PostgreSQL refuses root, who needs a namespace in which it is somebody else.
    static let canRun: Bool = {
        guard programs != nil else { return false }
        guard geteuid() == 0 else { return true }
        let trial = Process()
        trial.executableURL = URL(filePath: "/usr/bin/env")
        trial.arguments = disguise + ["/bin/true"]
        trial.standardError = FileHandle.nullDevice
        guard (try? trial.run()) != nil else { return false }
        trial.waitUntilExit()
        return trial.terminationStatus == 0
    }()

    private static var disguise: [String] {
        geteuid() == 0 ? ["unshare", "--user", "--map-user=65534", "--map-group=65534"] : []
    }

    private static let password = "not a secret, only a test"

    private let folder: String
    private let command: Mutex<RunningCommand>

    /// The owner, who proves the password.
    var address: PostgresAddress { PostgresAddress(host: folder, user: "vitrine", password: Self.password) }

    /// Makes a database and waits until the server listens.
    init() async throws {
        guard let programs = Self.programs else { throw Failure(description: "there is no PostgreSQL") }
        // Short, because a socket's path is.
        folder = NSTemporaryDirectory() + "pg-\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("\(Self.password)\n".utf8).write(to: URL(filePath: "\(folder)/password"))
        let make = try await CommandRun.run(
            Self.disguise + [
                "\(programs)/initdb", "-D", "\(folder)/data", "-U", "vitrine", "--auth=scram-sha-256",
                "--pwfile=\(folder)/password", "-E", "UTF8", "--locale=C", "--no-sync",
            ])
        guard make.status == 0 else { throw Failure(description: "initdb: \(make.errors)") }
        command = Mutex(try await Self.start(programs, folder))
    }

    /// Starts the server and waits until it listens.
    private static func start(_ programs: String, _ folder: String) async throws -> RunningCommand {
        let server = [
            "\(programs)/postgres", "-D", "\(folder)/data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off",
            "-c", "shared_buffers=16MB", "-c", "max_connections=20",
        ]
        let quoted = (disguise + server).map { "'\($0)'" }.joined(separator: " ")
        let command = try RunningCommand(["/bin/sh", "-c", "exec \(quoted) 2>&1"])
        let started = await onThread {
            var said = ""
            while let line = command.line() {
                if line.contains("ready to accept connections") { return (true, said) }
                said += line + "\n"
            }
            return (false, said)
        }
        guard started.0 else { throw Failure(description: "PostgreSQL did not start:\n\(started.1)") }
        // Nobody reads on, and nobody waits for that: the pipe has room for the few lines that follow.
        return command
    }

    /// Kills it with `kill -9`; to be started again, which gives back what it held of the system.
    func kill() async { await end(SIGKILL) }

    /// Ends it at once.
    func stop() async { await end(SIGQUIT) }

    /// Starts it again over what is on the disk.
    func restart() async throws {
        guard let programs = Self.programs else { throw Failure(description: "there is no PostgreSQL") }
        let again = try await Self.start(programs, folder)
        command.withLock { $0 = again }
    }

    private func end(_ signal: Int32) async {
        let running = command.withLock { $0 }
        await onThread { Self.end(running, signal) }
    }

    /// Returns when the server and all its children have let go of their output.
    private static func end(_ command: RunningCommand, _ signal: Int32) {
        command.signal(signal)
        while command.line() != nil {}
    }

    deinit {
        command.withLock { Self.end($0, SIGQUIT) }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
