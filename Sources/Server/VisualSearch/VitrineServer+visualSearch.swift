import Accounts
import Basics
import Logging
import Messaging
import ServiceLifecycle
import Storage
import VectorIndex
import VisualSearch

extension VitrineServer {
    /// The routes about scans and the catalogue.
    func addVisualSearchRoutes(to routes: inout RouteTable) {
        let access = CatalogueAccess(catalogues: core.catalogues)
        let jobs = catalogueJobs
        routes.add(
            ScanRoutes(access: access, media: core.media, gate: scanGate, meters: scanMeters),
            CatalogueRoutes(access: access), CataloguePictureRoutes(access: access),
            CatalogueBatchRoute(access: access), IndexRoutes(access: access), CategoryRoutes(access: access),
            ArticleRoutes(access: access), UnderstandRoute(access: access, gate: scanGate),
            WishRoutes(access: access, jobs: jobs),
            WatchRoutes(catalogues: core.catalogues) { [messaging = core.messaging] session in
                try await messaging.serviceRoom(of: session.userNumber)
            },
            CrawlRoutes(access: access, jobs: jobs), VerticalRoutes(catalogues: core.catalogues),
            ImportRoutes(
                access: access, jobs: jobs, uploads: ImportUploads(folder: core.directory.importPath)),
            ReviewRoutes(access: access, jobs: jobs), LabelRoutes(access: access, jobs: jobs),
            LabelFileRoutes(access: access), HealthReportRoutes(access: access, jobs: jobs))
    }

    /// Long work of catalogues, which may ask the sites on the operator's list.
    private var catalogueJobs: CatalogueJobs {
        CatalogueJobs(core.catalogues, fetch: .outgoing(outgoing, except: configuration.pushNetworks))
    }

    /// What catalogues need done again and again.
    var visualSearchChores: [Upkeep.Chore] {
        let catalogues = core.catalogues
        let models = core.models
        let clock = core.clock
        let meters = scanMeters
        let jobs = catalogueJobs
        let uploads = ImportUploads(folder: core.directory.importPath)
        let messages = WatchMessages(
            catalogues: catalogues, desk: core.desk, messaging: core.messaging, logger: logger)
        let links = SentLinks(catalogues: catalogues, messaging: core.messaging)
        return [
            .init(name: "catalogue jobs", every: .seconds(1)) {
                while try await jobs.runNext(owner: "server") != nil {}
            },
            .init(name: "waiting scans", every: .seconds(2)) {
                for name in try await catalogues.names() {
                    try await catalogues.catalogue(name).answerWatches()
                }
                try await messages.deliver()
            },
            .init(name: "links in conversations", every: .seconds(5)) { try await links.count() },
            .init(name: "what follows from changes", every: .seconds(600)) {
                try await jobs.requestWeeklyGaps()
                for name in try await catalogues.names() { try await jobs.requestFollowUps(of: name) }
            },
            .init(name: "old imports", every: .seconds(3_600)) { try uploads.sweep() },
            .init(name: "catalogues", every: .seconds(300)) {
                for name in try await catalogues.names() {
                    let catalogue = try await catalogues.catalogue(name)
                    try await catalogue.maintain(now: clock.now())
                    try await catalogue.dropOldGenerations()
                }
                try await models.releaseUnused(by: catalogues)
                try await meters.look(at: catalogues)
            },
            .init(name: "old scans", every: .seconds(3_600)) {
                for name in try await catalogues.names() {
                    while try await catalogues.catalogue(name).forgetExpiredScans() > 0 {}
                }
            },
        ]
    }
}

extension ScanMeters {
    /// Reads how the indexes stand.
    func look(at catalogues: Catalogues) async throws {
        var reading = IndexReading()
        for name in try await catalogues.names() {
            for part in try await catalogues.catalogue(name).parts() { reading.take(part) }
        }
        indexRead(reading)
    }
}

extension ScanMeters.IndexReading {
    /// The worst part counts.
    mutating func take(_ part: CataloguePart) {
        vectors += part.vectors
        guard let last = part.recall.last else { return }
        recall = min(recall ?? 1, last.recall)
        lowRecall = min(lowRecall ?? 1, last.interval.lowerBound)
    }
}

/// Opens the catalogues when the server starts, so that the first scan does not wait for an index, and lets go of them
/// when it stops.
struct CatalogueService: Service {
    let catalogues: Catalogues
    let meters: ScanMeters
    let logger: Logger

    func run() async throws {
        // Nobody else serves this folder: jobs that a dead process held go on at once.
        try? await CatalogueJobs(catalogues).takeOver()
        await open()
        try? await meters.look(at: catalogues)
        try? await gracefulShutdown()
        await catalogues.close()
    }

    /// A catalogue that cannot be opened is said so; everything else is served.
    private func open() async {
        for name in (try? await catalogues.names()) ?? [] {
            do {
                let statistics = try await catalogues.catalogue(name).statistics()
                logger.info("catalogue opened", metadata: ["catalogue": "\(name)", "items": "\(statistics.items)"])
            } catch {
                logger.error("a catalogue cannot be opened", metadata: ["catalogue": "\(name)", "error": "\(error)"])
            }
        }
    }
}
