import Accounts
import Basics
import Foundation
package import Logging
import Messaging
import ServiceDesk
import ServiceLifecycle
import Storage
import UnixSignals

/// The whole server: what stands on the data folder, and the shell that answers the world.
package struct VitrineServer: Sendable {
    let configuration: Configuration
    let core: ServerCore
    let metrics = Metrics()
    let logger: Logger
    let outgoing = OutgoingHTTP()
    let deliveries = DeliveryMeters()
    let scanMeters = ScanMeters()
    /// Scans at a time: four a processor.
    let scanGate = ScanGate(limit: 4 * ProcessInfo.processInfo.activeProcessorCount)
    let services: ApplicationServices
    let presence: DeskPresence
    let looks = DeskLooks()
    let businesses: Businesses
    let businessRefusals = Counter()
    let statisticsFeed = StatisticsFeed()

    /// Opens the data folder and wires the parts.
    package init(_ configuration: Configuration, logger: Logger) async throws {
        self.configuration = configuration
        self.logger = logger
        services = ApplicationServices(try ServiceFiles.read(configuration.serviceFiles))
        core = try await ServerCore.open(configuration, logger: logger)
        businesses = Businesses(desk: core.desk, tools: DeskTools(catalogues: core.catalogues))
        presence = DeskPresence(grace: Int64(configuration.agentPollSeconds) * 1_000)
        core.desk.useScorer(.asking(outgoing))
        core.desk.limitRobots(services.cardLimits(serverName: core.accounts.serverName))
        try await services.install(core.accounts)
        try await installRobots()
    }

    /// Serves until SIGTERM or SIGINT, then lets running requests end and closes the database.
    ///
    /// - Parameter onReady: called once with the address when connections are taken.
    package func run(onReady: @escaping @Sendable (_ url: String) -> Void) async throws {
        let shell = try makeShell()
        registerMetrics()
        let models = core.models
        // Opening ONNX Runtime and trying what was cut short takes a while and holds nobody up.
        let resuming = Task { await models.start() }
        defer { resuming.cancel() }
        await resumePanoramas()
        let (messaging, panoramas, statisticsFeed) = (core.messaging, core.panoramas, statisticsFeed)
        let host = configuration.host
        let http = HTTPService(
            shell: shell, host: host, port: configuration.port, limits: configuration.connections, logger: logger,
            onListening: { port in onReady("http://\(host.contains(":") ? "[\(host)]" : host):\(port)") },
            onDrain: {
                messaging.closePolls()
                panoramas.close()
                statisticsFeed.close()
            })
        var group = ServiceGroupConfiguration(
            services: [
                DatabaseService(core: core, outgoing: outgoing),
                CatalogueService(catalogues: core.catalogues, meters: scanMeters, logger: logger),
                DeskService(desk: core.desk, presence: presence, businesses: businesses, logger: logger),
                AlertService(statistics: core.statistics, http: outgoing, logger: logger), upkeep,
            ] + couriers() + [http],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(configuration.drainSeconds)
        try await ServiceGroup(configuration: group).run()
        logger.info("stopped")
    }

    /// What brings events to programs outside.
    private func couriers() -> [any Service] {
        [
            CourierService(
                services: services, engine: core.messaging, http: outgoing, meters: deliveries, logger: logger),
            pushCourier(),
        ]
    }

    private func makeShell() throws -> Shell {
        var routes = RouteTable()
        addRoutes(to: &routes)
        let pages = try WebFolder.find(configuration.web).map(StaticPages.init(folder:)) ?? .none
        if pages.fileCount == 0 { logger.warning("no web pages found; set --web to serve them") }
        let accounts = core.accounts
        return Shell(
            routes: routes, pages: pages,
            authenticate: { token, call in try await Self.session(token, call, accounts) },
            limiter: configuration.hasRateLimits ? RateLimiter { monotonicMilliseconds() } : nil,
            proxies: configuration.proxies, metrics: metrics, logger: logger,
            adminContact: configuration.adminContact)
    }

    /// The session of a token; an application service may act for one of its users with `?user_id=`.
    private static func session(_ token: String, _ call: Call, _ accounts: Accounts) async throws -> Session {
        guard accounts.service(token: token) != nil else {
            return try await accounts.session(token: token, trace: call.trace)
        }
        let query = try call.query()
        let mask = ServiceMask(
            user: query["user_id"], device: query["device_id"] ?? query["org.matrix.msc3202.device_id"])
        return try await accounts.session(serviceToken: token, acting: mask)
    }
}

/// Closes the database as the last thing that the server does.
private struct DatabaseService: Service {
    let core: ServerCore
    let outgoing: OutgoingHTTP

    func run() async throws {
        try? await gracefulShutdown()
        await outgoing.close()
        await core.close()
    }
}
