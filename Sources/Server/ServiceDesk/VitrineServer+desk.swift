import Basics
import Logging
import Messaging
import ServiceDesk
import ServiceLifecycle
import Storage

extension VitrineServer {
    /// The routes of the service desk.
    func addDeskRoutes(to routes: inout RouteTable) {
        let access = DeskAccess(desk: core.desk)
        routes.add(
            DeskShopRoutes(access: access), DeskConversationRoutes(access: access), DeskCommandRoutes(access: access),
            DeskWorkRoutes(access: access), DeskPersonRoutes(access: access),
            DeskToolRoutes(
                access: access, catalogues: core.catalogues, panoramas: core.panoramas,
                publicURL: configuration.publicURL), DeskPolicyRoutes(access: access),
            DeskSettingsRoutes(access: access, presence: presence),
            DeskCardRoutes(access: access, businesses: businesses),
            DeskAdapterRoutes(access: access, businesses: businesses),
            DeskRobotRoutes(access: access, services: services, http: outgoing), DeskSetupRoutes(access: access),
            DeskLookRoutes(access: access, looks: looks), DeskProfileRoutes(access: access, media: core.media),
            BusinessRoutes(desk: core.desk, refusals: businessRefusals))
    }

    /// What the desk needs done again and again.
    var deskChores: [Upkeep.Chore] {
        let desk = core.desk
        let presence = presence
        return [.init(name: "presence of agents", every: .seconds(1)) { try await presence.tell(desk) }]
    }

    /// What `/metrics` tells of the desk.
    func registerDeskMetrics() {
        let desk = core.desk
        let proxy = businesses.proxy
        for status in ConversationStatus.allCases where status != .resolved {
            metrics.gauge(
                "vitrine_desk_conversations", "Unresolved conversations.", labels: [("status", status.name)]
            ) { Double(desk.figures.byStatus[status] ?? 0) }
        }
        metrics.gauge("vitrine_desk_agents_present", "Agents whom dispatch thinks of.") {
            Double(desk.figures.agentsPresent)
        }
        metrics.gauge("vitrine_desk_oldest_waiting_seconds", "How long the one waits that waits longest.") {
            desk.figures.oldestWaiting.map { Double(max(0, desk.database.now - $0)) / 1_000 } ?? 0
        }
        for outcome in [CardOutcome.ok, .refused, .dead] {
            metrics.counter(
                "vitrine_card_presses_total", "Presses of cards that have ended.",
                labels: [("outcome", outcome.rawValue)]
            ) { Double(proxy.ended[outcome] ?? 0) }
        }
        metrics.gauge("vitrine_card_breakers_open", "Businesses that are left alone for now.") {
            Double(proxy.openBreakers.count)
        }
        let refusals = businessRefusals
        metrics.counter("vitrine_business_refusals_total", "Events of businesses whose signature did not fit.") {
            Double(refusals.total)
        }
    }
}

/// Keeps time for the desk and carries presses of cards, until the server stops.
struct DeskService: Service {
    let desk: Desk
    let presence: DeskPresence
    let businesses: Businesses
    let logger: Logger

    private static let pauseAfterFault: Int64 = 1_000

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    await again("dispatch") {
                        try await presence.begin(desk)
                        try await desk.run()
                    }
                }
                group.addTask { await again("presses of cards") { try await businesses.run() } }
            }
        }
        await businesses.close()
    }

    /// A database that is full for a moment must not end the desk.
    private func again(_ what: String, _ work: () async throws -> Void) async {
        let pause = Bell()
        while !Task.isCancelled {
            do {
                try await work()
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("the desk rests a moment", metadata: ["work": "\(what)", "error": "\(error)"])
                await pause.wait(milliseconds: Self.pauseAfterFault)
            }
        }
    }
}
