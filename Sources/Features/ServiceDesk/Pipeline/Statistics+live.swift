package import Basics
import Storage
import Synchronization

extension Statistics {
    /// The present numbers, as the supervisor's page shows them: who waits, who has what, how fast answers come.
    ///
    /// - Parameter minutes: how far the series go back.
    package func live(of shop: Int64 = Desk.firstShop, minutes: Int64 = 60) async throws -> JSON {
        let time = watermark
        let hours = hours
        let now = time / 60_000 + 1
        let scope = try await scope(of: shop)
        let alerts = try await alertStates(of: shop)
        let day = try await day(upTo: now).within(scope)
        return try await file.read { connection in
            let pending = try Self.pending(at: time, in: scope, hours, connection)
            let rooms = try StandingQueries.unresolved(connection).filter { scope.holds(queue: $0.queue) }
            let recent = try Self.sums(minutes: now - max(1, min(1_440, minutes))..<now, connection)
            let board = Board(recent: recent.within(scope), day: day, pending: pending, time: time)
            return [
                "shop": .int(shop), "watermark_ts": .int(time), "queues": .array(Self.queues(rooms, time)),
                "agents": .array(Self.agents(rooms)), "hour": board.numbers(board.recent),
                "day": board.numbers(board.day), "series": board.series, "scenes": .array(board.scenes),
                "presence": .array(try Self.presence(day, at: time, in: scope, connection)),
                "late_now": .int(Int64(pending.late(from: 0, to: .max).count)), "alerts": .array(alerts),
            ]
        }
    }

    /// The sums of a day, read anew every half minute.
    private func day(upTo end: Int64) async throws -> Board.Sums {
        let now = monotonicMilliseconds()
        if let known = lastDay.withLock({ $0 }), now - known.read < 30_000 { return known.sums }
        let sums = try await file.readWithoutLimit { try Self.sums(minutes: end - 1_440..<end, $0) }
        lastDay.withLock { $0 = ReadDay(read: now, sums: sums) }
        return sums
    }

    private static func sums(minutes: Range<Int64>, _ connection: Connection) throws -> Board.Sums {
        Board.Sums(minutes: minutes, panes: try FactQueries.panes(minutes: minutes, connection))
    }

    private static func queues(_ rooms: [RoomStanding], _ time: Int64) -> [JSON] {
        let byQueue = Dictionary(grouping: rooms) { $0.queue }
        return byQueue.keys.sorted().map { queue in
            let rooms = byQueue[queue] ?? []
            let waiting = rooms.filter { $0.status == .queued }
            let oldest = waiting.map(\.since).min().map { max(0, time - $0) }
            return [
                "queue": .int(queue), "waiting": .int(Int64(waiting.count)),
                "oldest_ms": oldest.map(JSON.int) ?? .null,
                "robot": .int(Int64(rooms.count { $0.status == .robot })),
                "open": .int(Int64(rooms.count { $0.status.takesPlace })),
            ]
        }
    }

    private static func agents(_ rooms: [RoomStanding]) -> [JSON] {
        let byAgent = Dictionary(grouping: rooms.filter { $0.agent != 0 }) { $0.agent }
        return byAgent.keys.sorted().map { agent in
            let rooms = byAgent[agent] ?? []
            func count(_ status: ConversationStatus) -> JSON { .int(Int64(rooms.count { $0.status == status })) }
            return [
                "agent": .int(agent), "offered": count(.offered), "open": count(.open), "waiting": count(.waiting),
                "snoozed": count(.snoozed),
            ]
        }
    }
}

/// The sums of a day, and when they were read.
struct ReadDay: Sendable {
    let read: Int64
    let sums: Board.Sums
}

/// Sums of panes as a board shows them.
struct Board: Sendable {
    struct Sums: Sendable {
        let minutes: Range<Int64>
        let panes: Panes

        /// Those of one shop.
        func within(_ scope: ShopScope) -> Self {
            scope.isWhole ? self : Self(minutes: minutes, panes: panes.filter { scope.holds($0) })
        }

        func total(_ metric: StatMetric) -> Pane { panes.total(metric, minutes: minutes) }
        var start: Int64 { minutes.lowerBound * 60_000 }
        var end: Int64 { minutes.upperBound * 60_000 }
    }
    let recent: Sums
    let day: Sums
    let pending: PendingTurns
    let time: Int64

    /// The numbers of a window.
    func numbers(_ sums: Sums) -> JSON {
        let late = sums.total(.late).count + Int64(pending.late(from: sums.start, to: sums.end).count)
        let replies = TimelyReplies(timely: sums.total(.timely).count, late: late)
        var numbers: JSONObject = [
            "from_ts": .int(sums.start), "timely": .int(replies.timely), "counted": .int(replies.counted),
            "timely_final": .bool(pending.isFinal(.timely, from: sums.start, to: min(time, sums.end))),
        ]
        for metric: StatMetric in [
            .opened, .robotOpened, .handover, .reopened, .transferred, .cardSent, .cardPressed, .cardDone,
            .cardRefused, .cardDead,
        ] { numbers[metric.name] = .int(sums.total(metric).count) }
        for metric: StatMetric in [.response, .firstResponse, .wait, .abandoned, .handling, .resolution, .rating] {
            let pane = sums.total(metric)
            numbers[metric.name] = [
                "count": .int(pane.count), "sum": .int(pane.sum), "p50": pane.quantile(0.5).map(JSON.int) ?? .null,
                "p90": pane.quantile(0.9).map(JSON.int) ?? .null,
            ]
        }
        return .object(numbers)
    }

    /// Counts by the minute, the oldest first.
    var series: JSON {
        var series: JSONObject = ["from_ts": .int(recent.start), "step_ms": 60_000]
        for metric: StatMetric in [.opened, .timely, .late, .wait, .cardDone] {
            var counts = [Int64](repeating: 0, count: recent.minutes.count)
            for (key, pane) in recent.panes.panes where key.metric == metric && recent.minutes.contains(key.minute) {
                counts[Int(key.minute - recent.minutes.lowerBound)] += pane.count
            }
            if metric == .late {
                for turn in pending.late(from: recent.start, to: recent.end) {
                    counts[Int(turn.turn.start / 60_000 - recent.minutes.lowerBound)] += 1
                }
            }
            series[metric.name] = .array(counts.map(JSON.int))
        }
        return .object(series)
    }

    /// What became of conversations by the entrance that they came by: the day's funnel.
    var scenes: [JSON] {
        var found: [String: [StatMetric: Int64]] = [:]
        let shown: [StatMetric] = [.opened, .robotOpened, .handover, .cardSent, .cardPressed, .cardDone]
        for (key, pane) in day.panes.panes where shown.contains(key.metric) {
            found[key.dimensions.scene, default: [:]][key.metric, default: 0] += pane.count
        }
        return found.keys.sorted().map { scene in
            var row: JSONObject = ["scene": .string(scene)]
            for metric in shown { row[metric.name] = .int(found[scene]?[metric] ?? 0) }
            return .object(row)
        }
    }
}
