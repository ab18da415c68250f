import Basics
import Storage

/// How long agents were there, the time that has not ended included.
extension Statistics {
    /// Adds to the rows of a report what agents who are there now have been there for, up to the watermark.
    static func addPresent(
        _ request: ReportRequest, at time: Int64, in scope: ShopScope, to groups: inout [Int64: [Dimensions: Pane]],
        _ connection: Connection
    ) throws {
        guard request.metric == .available || request.metric == .away, request.queue == nil else { return }
        for standing in try PresenceQueries.present(connection) where scope.holds(agent: standing.agent) {
            for piece in standing.pieces(until: time)
            where piece.metric == request.metric && piece.start >= request.from && piece.start < request.to {
                let step = (piece.start - request.from) / 60_000 / request.step
                groups[step, default: [:]][request.group(standing.dimensions), default: Pane()]
                    .add(bucket: LogHistogram.index(piece.length), count: 1, sum: piece.length)
            }
        }
    }

    /// How long each agent was there within the day of a board, in milliseconds.
    static func presence(
        _ day: Board.Sums, at time: Int64, in scope: ShopScope, _ connection: Connection
    ) throws -> [JSON] {
        var sums: [Int64: [StatMetric: Int64]] = [:]
        for (key, pane) in day.panes.panes where key.metric == .available || key.metric == .away {
            sums[key.dimensions.agent, default: [:]][key.metric, default: 0] += pane.sum
        }
        for standing in try PresenceQueries.present(connection) where scope.holds(agent: standing.agent) {
            guard let metric = standing.status.metric else { continue }
            let passed = max(0, time - max(standing.since, day.start))
            sums[standing.agent, default: [:]][metric, default: 0] += passed
        }
        return sums.keys.sorted().map { agent in
            [
                "agent": .int(agent), "available_ms": .int(sums[agent]?[.available] ?? 0),
                "away_ms": .int(sums[agent]?[.away] ?? 0),
            ]
        }
    }
}
