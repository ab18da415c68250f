import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Listens on a port and serves what comes until the service group shuts down.
package struct HTTPService: Service {
    private let shell: Shell
    private let host: String
    private let port: Int
    private let limits: ConnectionLimits
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let onDrain: @Sendable () -> Void

    /// A service for a shell; port 0 takes any free port, `onListening` is told which. `onDrain` must wake whatever
    /// waits, so that running requests come to an end.
    package init(
        shell: Shell, host: String, port: Int, limits: ConnectionLimits, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) async -> Void,
        onDrain: @escaping @Sendable () -> Void = {}
    ) {
        self.shell = shell
        self.host = host
        self.port = port
        self.limits = limits
        self.logger = logger
        self.onListening = onListening
        self.onDrain = onDrain
    }

    package func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let table = ConnectionTable(limits: limits, proxies: shell.proxies)
        shell.metrics.gauge("vitrine_connections", "Open connections.") { Double(table.count) }
        shell.metrics.counter("vitrine_connections_refused_total", "Connections refused for want of a place.") {
            Double(table.refused.total)
        }
        let work = WorkCount()
        let loops = try await LoopLocals(of: group, limits: limits)
        defer { loops.stop() }
        let channels = GuardedChannel(shell: shell, limits: limits, table: table, loops: loops, work: work)
        let configuration = ServerConfiguration(address: .hostname(host, port: port), backlog: 1_024)
        let server = channels.server(
            configuration: configuration,
            onServerRunning: { [onListening, port] channel in
                await onListening(channel.localAddress?.port ?? port)
            },
            eventLoopGroup: group, logger: logger)
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await server.run()
                await work.finished()
            } onGracefulShutdown: {
                onDrain()
            }
        } onCancel: {
            loops.closeAll()
        }
    }
}
