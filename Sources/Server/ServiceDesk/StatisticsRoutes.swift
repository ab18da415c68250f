import Accounts
import Basics
import Foundation
import HTTPTypes
import HummingbirdCore
import Messaging
import NIOCore
import ServiceDesk
import Storage

/// The desk's numbers: as they are, as they were, and whether they are right; and who is to be told of them.
struct StatisticsRoutes: RouteGroup {
    let access: DeskAccess
    let statistics: Statistics
    let feed: StatisticsFeed

    private static let path = "/api/v1/desk/stats"

    func add(to routes: inout RouteTable) {
        routes.get(Self.path + "/live", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(try await statistics.live(of: shop))
        }
        routes.get(Self.path + "/stream", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return try stream(of: shop)
        }
        routes.get(Self.path + "/breaches", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let (from, to) = try times(try call.query())
            let limit = try call.query().integer("limit", clampedTo: 1...1_000) ?? 100
            return .json(
                ["breaches": .array(try await statistics.breaches(of: shop, from: from, to: to, limit: Int(limit)))])
        }
        routes.get(Self.path + "/loads", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let (from, to) = try times(try call.query())
            let loads = try await statistics.loads(of: shop, from: from, to: to).map { agent, busy -> JSON in
                [
                    "agent": .int(agent), "busy_ms": .int(busy),
                    "mean_open": .double((Double(busy) / Double(to - from) * 1_000).rounded() / 1_000),
                ]
            }
            return .json(["from_ts": .int(from), "to_ts": .int(to), "agents": .array(loads)])
        }
        routes.get(Self.path + "/tags", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let query = try call.query()
            let (from, to) = try times(query)
            let rows = try await statistics.tags(of: shop, from: from, to: to)
            guard query["format"] != "csv" else {
                return .bytes(
                    Array(TagCSV.text(rows).utf8), type: "text/csv; charset=utf-8",
                    headers: [.contentDisposition: "attachment; filename=\"tags.csv\""])
            }
            return .json(
                ["from_ts": .int(from), "to_ts": .int(to), "rows": .array(rows.map(\.json))])
        }
        routes.get(Self.path + "/arrivals", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let (from, to) = try times(try call.query())
            let table = ArrivalTable.text(try await statistics.arrivals(of: shop, from: from, to: to))
            return .bytes(
                Array(table.utf8), type: "text/csv; charset=utf-8",
                headers: [.contentDisposition: "attachment; filename=\"arrivals.csv\""])
        }
        routes.get(Self.path + "/{metric}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return try await report(call, of: shop)
        }
        addDays(to: &routes)
        addAlerts(to: &routes)
    }

    // MARK: Reports

    /// The last day where nothing is said.
    private func times(_ query: Query) throws -> (from: Int64, to: Int64) {
        let now = statistics.desk.database.now
        let to = try query.integer("to", clampedTo: 1...JSON.maximumInteger) ?? now
        let from = try query.integer("from", clampedTo: 0...JSON.maximumInteger) ?? max(0, to - 86_400_000)
        guard from < to else { throw RequestError.invalidParam("'from' lies before 'to'.") }
        return (from, to)
    }

    private func report(_ call: Call, of shop: Int64) async throws -> Response {
        guard let metric = StatMetric(name: call.parameter("metric")) else {
            let known = StatMetric.allCases.map(\.name).joined(separator: ", ")
            throw RequestError.notFound("There is no such number. There are \(known).")
        }
        let query = try call.query()
        let (from, to) = try times(query)
        let seconds = try query.integer("step", clampedTo: 60...2_678_400) ?? 3_600
        let by = try (query["by"] ?? "").split(separator: ",").map { word in
            guard let grouping = ReportRequest.Grouping(rawValue: String(word)) else {
                throw RequestError.invalidParam("'by' names queue, agent and scene, parted by commas.")
            }
            return grouping
        }
        let queue = try query.integer("queue", clampedTo: 0...JSON.maximumInteger)
        let request = try ReportRequest(
            metric: metric, from: from, to: to, step: seconds / 60, by: Set(by), queue: queue)
        let (watermark, rows) = try await statistics.report(request, of: shop)
        switch query["format"] ?? "json" {
        case "json":
            return .json(
                [
                    "metric": .string(metric.name), "watermark_ts": .int(watermark), "from_ts": .int(request.from),
                    "to_ts": .int(request.to), "step_ms": .int(request.step * 60_000),
                    "rows": .array(rows.map { $0.json(metric) }),
                ])
        case "csv":
            let name = "attachment; filename=\"\(metric.name).csv\""
            return .bytes(
                Array(ReportCSV.text(metric, rows).utf8), type: "text/csv; charset=utf-8",
                headers: [.contentDisposition: name])
        default: throw RequestError.invalidParam("'format' is json or csv.")
        }
    }

    // MARK: Days

    private func addDays(to routes: inout RouteTable) {
        routes.get(Self.path + "/days", .desk) { call, session in
            _ = try await access.managed(call, session)
            // The check is of all that the server counted: where there are several shops it is no one shop's to see.
            guard try await mayCheck(session) else { return .json(["days": []]) }
            return .json(["days": .array(try await statistics.checks(limit: 60))])
        }
        routes.post(Self.path + "/days/{day}/check", .desk) { call, session in
            _ = try await access.managed(call, session)
            guard try await mayCheck(session) else {
                throw RequestError.forbidden("The numbers of all shops are checked by administrators.")
            }
            let text = call.parameter("day")
            guard let date = try? Date(text + "T00:00:00Z", strategy: .iso8601) else {
                throw RequestError.invalidParam("A day is written 2027-01-31.")
            }
            return .json(try await statistics.check(day: Int64(date.timeIntervalSince1970) / 86_400).json)
        }
    }

    private func mayCheck(_ session: Session) async throws -> Bool {
        if session.isAdmin { return true }
        return try await access.desk.shops().count == 1
    }

    // MARK: Alerts

    private func addAlerts(to routes: inout RouteTable) {
        let alerts = "/api/v1/desk/alerts"
        routes.get(alerts, .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(
                [
                    "alerts": .array(try await statistics.alertStates(of: shop)),
                    "notices": .array(try await statistics.alertNotices(of: shop, limit: 100)),
                ])
        }
        routes.put(alerts + "/{name}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let rule = try AlertRule(name: call.parameter("name"), .object(try await call.object()))
            // The server sends to that address: only who runs it may name one.
            if rule.webhook != nil { try session.requireAdmin() }
            try await statistics.setAlert(rule, of: shop)
            return .json(rule.json)
        }
        routes.delete(alerts + "/{name}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            try await statistics.removeAlert(call.parameter("name"), of: shop)
            return .emptyObject
        }
    }

    // MARK: The stream

    /// The live board as server-sent events, one whenever it changes; ends after a minute, and the page comes again.
    private func stream(of shop: Int64) throws -> Response {
        guard let watch = feed.watch() else {
            throw RequestError.resourceLimit(
                "Too many boards are open. Try again later.", retryAfterMilliseconds: 10_000)
        }
        let (feed, statistics) = (feed, statistics)
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { feed.end(watch) }
                let end = monotonicMilliseconds() + 60_000
                var shown: Int64 = -1
                while !feed.isClosed, !Task.isCancelled, monotonicMilliseconds() < end {
                    let time = statistics.watermark
                    if time != shown {
                        shown = time
                        let board = try await statistics.live(of: shop).encoded()
                        try await writer.write(ByteBuffer(bytes: Array("data: ".utf8) + board + [10, 10]))
                    } else {
                        try await writer.write(ByteBuffer(string: ":\n\n"))
                    }
                    await watch.bell.wait(milliseconds: 5_000)
                }
                try await writer.finish(nil)
            })
    }
}
