import Basics
import HTTPTypes
import Logging
import Messaging
import ServiceDesk
import ServiceLifecycle
import Storage

extension VitrineServer {
    /// The routes of the desk's numbers.
    func addStatisticsRoutes(to routes: inout RouteTable) {
        routes.add(
            StatisticsRoutes(
                access: DeskAccess(desk: core.desk), statistics: core.statistics, feed: statisticsFeed))
    }

    /// What statistics need done again and again.
    var statisticsChores: [Upkeep.Chore] {
        let (statistics, feed, logger) = (core.statistics, statisticsFeed, logger)
        return [
            .init(name: "statistics", every: .seconds(1)) {
                if try await statistics.follow() { try await statistics.lookAtAlerts() }
                feed.ring()
            },
            .init(name: "recomputation of a day", every: .seconds(600)) {
                guard let check = try await statistics.checkYesterday(now: statistics.desk.database.now) else { return }
                guard !check.isEqual else { return }
                logger.error(
                    "the desk's numbers of a day are not those of its messages",
                    metadata: ["day": "\(check.day)", "differences": "\(check.differences.count)"])
            },
        ]
    }

    /// What `/metrics` tells of the desk's numbers.
    func registerStatisticsMetrics() {
        let statistics = core.statistics
        metrics.gauge("vitrine_desk_statistics_lag_seconds", "How far the desk's numbers are behind.") {
            statistics.watermark == 0 ? 0 : Double(max(0, statistics.desk.database.now - statistics.watermark)) / 1_000
        }
    }
}

/// Brings notices of alerts, and what subscribers want to hear of, to their addresses.
struct AlertService: Service {
    let statistics: Statistics
    let http: OutgoingHTTP
    let logger: Logger

    func run() async throws {
        let http = http
        let database = statistics.desk.database
        let courier = AlertCourier(statistics) { letter in
            let body = letter.body.encoded()
            var request = OutgoingRequest(.post, letter.url, body: body)
            request.headers = [("Idempotency-Key", letter.key)]
            if let secret = letter.secret {
                let seconds = database.now / 1_000
                request.headers += [
                    ("X-Vitrine-Timestamp", "\(seconds)"),
                    ("X-Vitrine-Signature", RequestSignature(secret: Array(secret.utf8)).sign(body, at: seconds)),
                ]
            }
            // Only administrators name addresses.
            do throws(OutgoingError) {
                return (200..<300).contains(try await http.send(request, to: .trusted).status)
            } catch {
                return false
            }
        }
        await cancelWhenGracefulShutdown {
            let pause = Bell()
            while !Task.isCancelled {
                do {
                    try await courier.run()
                } catch {
                    guard !Task.isCancelled else { return }
                    logger.warning("notices of alerts rest a moment", metadata: ["error": "\(error)"])
                    await pause.wait(milliseconds: 5_000)
                }
            }
        }
    }
}
