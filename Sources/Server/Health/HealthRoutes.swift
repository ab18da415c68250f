import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage

/// What a supervisor and a monitor ask: is the process alive, can it serve, how is it doing.
struct HealthRoutes: RouteGroup {
    let database: Database
    let metrics: Metrics
    let readers: NetworkList
    let clock: any WallClock
    let inference: @Sendable () -> JSON

    func add(to routes: inout RouteTable) {
        routes.openGet("/health/live", .health) { _ in .json(.object(["status": "live"])) }
        routes.openGet("/health/ready", .health) { _ in await ready() }
        routes.openGet("/health", .health) { _ in await ready() }
        routes.openGet("/metrics", .health) { call in
            guard readers.contains(call.clientAddress) else {
                throw RequestError.forbidden("The measurements may not be read from this address (metrics_from).")
            }
            return .text(metrics.text(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// Ready means that a write goes through the writer and comes back.
    private func ready() async -> Response {
        var reply: JSONObject = ["status": "ready"]
        let statistics = database.statistics
        if statistics.lastCommitMilliseconds > 0 {
            reply["last_commit_age_ms"] = .int(max(0, clock.now() - statistics.lastCommitMilliseconds))
        }
        reply["inference"] = inference()
        reply["waiting_commands"] = .int(Int64(statistics.waitingCommands))
        do {
            try await database.write { _ in }
            return .json(.object(reply))
        } catch {
            reply["status"] = "not ready"
            reply["reason"] = .string(ErrorReply.refusal(for: error).message)
            return .json(.object(reply), status: .serviceUnavailable)
        }
    }
}
