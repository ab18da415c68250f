import Accounts
import Basics
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Server

/// A shell in this process, listening on a free port, with routes that a test gives it.
final class RunningShell: Sendable {
    let port: Int
    let metrics: Metrics
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    private init(port: Int, metrics: Metrics, group: ServiceGroup, running: Task<Void, any Error>) {
        self.port = port
        self.metrics = metrics
        self.group = group
        self.running = running
    }

    /// What a test may change about the shell.
    struct Wishes {
        var limits = ConnectionLimits()
        var limiter: RateLimiter?
        var proxies = ["127.0.0.1"]
        var pages = StaticPages.none
        var drainSeconds = 10
        var onDrain: @Sendable () -> Void = {}
    }

    /// Starts a shell. `good` is the only access token; it belongs to user 1.
    static func start(
        _ wishes: Wishes = Wishes(), routes add: (inout RouteTable) -> Void
    ) async throws -> RunningShell {
        var routes = RouteTable()
        add(&routes)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let metrics = Metrics()
        let shell = Shell(
            routes: routes, pages: wishes.pages, authenticate: Self.authenticate, limiter: wishes.limiter,
            proxies: try #require(NetworkList(wishes.proxies)), metrics: metrics, logger: logger)
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let service = HTTPService(
            shell: shell, host: "127.0.0.1", port: 0, limits: wishes.limits, logger: logger,
            onListening: { port in announce.yield(port) }, onDrain: wishes.onDrain)
        var configuration = ServiceGroupConfiguration(services: [service], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(wishes.drainSeconds)
        let group = ServiceGroup(configuration: configuration)
        let running = Task { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let port = await iterator.next() ?? 0
        return RunningShell(port: port, metrics: metrics, group: group, running: running)
    }

    private static func authenticate(_ token: String, _ call: Call) async throws -> Session {
        guard token == "good" else { throw RequestError.unknownToken() }
        return Session(
            userNumber: 1, user: UserIdentifier(localpart: "anna", serverName: "shop.example"), deviceNumber: 1,
            deviceID: "PHONE")
    }

    /// Starts a shell, uses it and stops it.
    static func with(
        _ wishes: Wishes = Wishes(), routes add: (inout RouteTable) -> Void, _ body: (RunningShell) async throws -> Void
    ) async throws {
        let shell = try await start(wishes, routes: add)
        do {
            try await body(shell)
        } catch {
            await shell.stop()
            throw error
        }
        await shell.stop()
    }

    var http: HTTPClient { HTTPClient(port: port) }

    /// Begins to stop; requests that are running may end.
    func beginToStop() async { await group.triggerGracefulShutdown() }

    /// Waits until it has stopped.
    func stopped() async { _ = try? await running.value }

    func stop() async {
        await beginToStop()
        await stopped()
    }

    /// Sends raw bytes and returns everything that came back until the server closed.
    func exchange(_ text: String, halfClose: Bool = false) async throws -> String {
        let port = port
        return try await onThread {
            let socket = try Socket(port: port, timeoutSeconds: 30)
            try socket.write(text)
            if halfClose { socket.finishWriting() }
            return String(decoding: try socket.readToEnd(), as: UTF8.self)
        }
    }
}
