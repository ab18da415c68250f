package import Basics
import Storage

/// What a report asks for.
package struct ReportRequest: Sendable, Hashable {
    package enum Grouping: String, Sendable, Hashable, CaseIterable {
        case queue, agent, scene
    }
    package var metric: StatMetric
    /// Milliseconds since 1970, whole minutes.
    package var from: Int64
    package var to: Int64
    /// Minutes of one row.
    package var step: Int64
    package var by: Set<Grouping>
    package var queue: Int64?

    package init(
        metric: StatMetric, from: Int64, to: Int64, step: Int64 = 60, by: Set<Grouping> = [], queue: Int64? = nil
    ) throws(RequestError) {
        guard from >= 0, to > from, to / 60_000 < Int64(Int32.max) else {
            throw .invalidParam("'from' and 'to' are milliseconds since 1970, 'from' before 'to'.")
        }
        guard step >= 1, step <= 44_640 else { throw .invalidParam("'step' is 1 to 44640 minutes.") }
        let minutes = (to + 59_999) / 60_000 - from / 60_000
        guard minutes <= 800 * 1_440, minutes / step <= 2_000 else {
            throw .invalidParam("A report has at most 2,000 steps and 800 days.")
        }
        self.metric = metric
        self.from = from / 60_000 * 60_000
        self.to = (to + 59_999) / 60_000 * 60_000
        self.step = step
        self.by = by
        self.queue = queue
    }
}

/// One line of a report.
package struct ReportRow: Sendable, Hashable {
    package var start: Int64
    package var dimensions: Dimensions
    package var pane: Pane
    /// Whether it can change no more.
    package var isFinal: Bool
}

extension Statistics {
    /// The rows of a report that hold anything, the oldest first, and the watermark they were read at.
    package func report(
        _ request: ReportRequest, of shop: Int64 = Desk.firstShop
    ) async throws -> (watermark: Int64, rows: [ReportRow]) {
        let time = watermark
        let hours = hours
        let scope = try await scope(of: shop)
        return try await file.read { connection in
            let pending = try Self.pending(at: time, in: scope, hours, connection)
            var groups: [Int64: [Dimensions: Pane]] = [:]
            let minutes = request.from / 60_000..<request.to / 60_000
            try FactQueries.forEachCell(request.metric, minutes: minutes, connection) { key, bucket, count, sum in
                if let queue = request.queue, queue != key.dimensions.queue { return }
                guard scope.holds(key.dimensions) else { return }
                let step = (key.minute - minutes.lowerBound) / request.step
                groups[step, default: [:]][request.group(key.dimensions), default: Pane()]
                    .add(bucket: bucket, count: count, sum: sum)
            }
            if request.metric == .late || request.metric == .lateFirst {
                for late in pending.late(from: request.from, to: request.to) {
                    if let queue = request.queue, queue != late.turn.queue { continue }
                    guard request.metric == .late || late.turn.isFirst else { continue }
                    let step = (late.turn.start - request.from) / 60_000 / request.step
                    let dimensions = Dimensions(queue: late.turn.queue, scene: late.turn.scene)
                    let value = request.metric == .late ? late.waited : 0
                    groups[step, default: [:]][request.group(dimensions), default: Pane()]
                        .add(bucket: LogHistogram.index(value), count: 1, sum: value)
                }
            }
            try Self.addPresent(request, at: time, in: scope, to: &groups, connection)
            return (time, Self.rows(groups, request, pending))
        }
    }

    private static func rows(
        _ groups: [Int64: [Dimensions: Pane]], _ request: ReportRequest, _ pending: PendingTurns
    ) -> [ReportRow] {
        groups.keys.sorted().flatMap { step -> [ReportRow] in
            let start = request.from + step * request.step * 60_000
            let end = min(request.to, start + request.step * 60_000)
            let isFinal = pending.isFinal(request.metric, from: start, to: end)
            return (groups[step] ?? [:]).filter { !$0.value.isEmpty }
                .sorted { Self.order($0.key) < Self.order($1.key) }
                .map { ReportRow(start: start, dimensions: $0.key, pane: $0.value, isFinal: isFinal) }
        }
    }

    private static func order(_ dimensions: Dimensions) -> (Int64, Int64, String) {
        (dimensions.queue, dimensions.agent, dimensions.scene)
    }

    /// The turns that wait for a human's answer, as of a watermark.
    static func pending(
        at time: Int64, in scope: ShopScope, _ hours: HoursBook, _ connection: Connection
    ) throws -> PendingTurns {
        let settings = try StandingQueries.settings(connection) { hours.hours($0) }
        let turns = try StandingQueries.waitingForAnswer(connection).compactMap { room -> PendingTurns.Pending? in
            guard let turn = room.turnHuman, scope.holds(queue: turn.queue) else { return nil }
            let paused = (settings[turn.queue] ?? .unknown(turn.queue)).paused(from: turn.start, to: time)
            return .init(conversation: room.conversation, turn: turn, waited: max(0, time - turn.start - paused))
        }
        return PendingTurns(turns, at: time)
    }

    /// Turns that were late, the newest first: the conversations behind the numbers.
    package func breaches(
        of shop: Int64 = Desk.firstShop, from: Int64, to: Int64, limit: Int
    ) async throws -> [JSON] {
        let time = watermark
        let hours = hours
        let scope = try await scope(of: shop)
        return try await file.read { connection in
            let pending = try Self.pending(at: time, in: scope, hours, connection).late(from: from, to: to).map {
                late in
                Self.breach(late.conversation, late.turn, waited: late.waited, agent: 0, isOpen: true)
            }
            let over = try FactQueries.turns(from: from, to: to, connection)
                .filter { $0.turnClass == .human && $0.isLate && scope.holds(queue: $0.turn.queue) }.reversed().map {
                    Self.breach($0.conversation, $0.turn, waited: $0.waited, agent: $0.agent, isOpen: false)
                }
            return Array((pending.reversed() + over).prefix(max(0, limit)))
        }
    }

    private static func breach(
        _ conversation: Int64, _ turn: OpenTurn, waited: Int64, agent: Int64, isOpen: Bool
    ) -> JSON {
        [
            "conversation": .int(conversation), "ts": .int(turn.start), "queue": .int(turn.queue),
            "scene": .string(turn.scene), "first": .bool(turn.isFirst), "waited_ms": .int(waited),
            "limit_ms": .int(turn.limit), "agent": .int(agent), "open": .bool(isOpen),
        ]
    }

    /// How many conversations an agent had on average between two moments, and how long in all.
    package func loads(
        of shop: Int64 = Desk.firstShop, from: Int64, to: Int64
    ) async throws -> [(agent: Int64, milliseconds: Int64)] {
        guard to > from else { return [] }
        let scope = try await scope(of: shop)
        return try await file.read { connection in
            var busy: [Int64: Int64] = [:]
            func add(_ agent: Int64, _ status: ConversationStatus, _ start: Int64, _ end: Int64) {
                guard agent != 0, status == .open || status == .waiting || status == .offered else { return }
                busy[agent, default: 0] += max(0, min(end, to) - max(start, from))
            }
            for span in try FactQueries.spans(endingFrom: from, to: .max, connection)
            where scope.holds(queue: span.queue) {
                add(span.agent, span.status, span.from, span.to)
            }
            for room in try StandingQueries.unresolved(connection) where scope.holds(queue: room.queue) {
                add(room.agent, room.status, room.since, .max)
            }
            return busy.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }
}

extension ReportRequest {
    /// The dimensions that rows are told apart by; the others are as for nobody.
    func group(_ dimensions: Dimensions) -> Dimensions {
        Dimensions(
            queue: by.contains(.queue) ? dimensions.queue : 0, agent: by.contains(.agent) ? dimensions.agent : 0,
            scene: by.contains(.scene) ? dimensions.scene : "")
    }
}

// MARK: Shapes

extension ReportRow {
    package func json(_ metric: StatMetric) -> JSON {
        var row: JSONObject = [
            "ts": .int(start), "queue": .int(dimensions.queue), "agent": .int(dimensions.agent),
            "scene": .string(dimensions.scene), "count": .int(pane.count), "final": .bool(isFinal),
        ]
        guard metric.hasValues else { return .object(row) }
        row["sum"] = .int(pane.sum)
        for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            row[name] = pane.quantile(share).map(JSON.int) ?? .null
        }
        return .object(row)
    }
}

/// A report as a table of values parted by commas (RFC 4180).
package enum ReportCSV {
    package static func text(_ metric: StatMetric, _ rows: [ReportRow]) -> String {
        var lines = ["metric,ts,queue,agent,scene,count,sum,p50,p90,p99,final"]
        for row in rows {
            let shares = [0.5, 0.9, 0.99].map { row.pane.quantile($0).map(String.init) ?? "" }
            let scene = row.dimensions.scene
            let start = "\(metric.name),\(row.start),\(row.dimensions.queue),\(row.dimensions.agent),\(field(scene))"
            let values = metric.hasValues ? "\(row.pane.sum),\(shares.joined(separator: ","))" : ",,,"
            lines.append("\(start),\(row.pane.count),\(values),\(row.isFinal)")
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// A text that a table program takes for no formula.
    static func field(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let plain = isFormula ? "'" + text : text
        guard plain.contains(where: { "\",\r\n".contains($0) }) else { return plain }
        return "\"" + plain.replacing("\"", with: "\"\"") + "\""
    }
}
