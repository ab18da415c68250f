/// Whether an agent is there, after the facts so far, and since when.
package struct AgentStanding: Sendable, Hashable {
    package let agent: Int64
    package var status = AgentStatus.offline
    package var since: Int64 = 0

    package init(agent: Int64) { self.agent = agent }

    /// Of a longer time in one state only the end counts: nobody works for a month without a break.
    package static let longest: Int64 = 31 * 86_400_000

    /// Takes the next state; the time in the one before is counted, minute by minute.
    package mutating func become(_ next: AgentStatus, at moment: Int64, _ panes: inout Panes) {
        for piece in pieces(until: moment) { panes.add(piece.metric, piece.length, at: piece.start, dimensions) }
        (status, since) = (next, moment)
    }

    package var dimensions: Dimensions { Dimensions(agent: agent) }

    /// A part of a time that lies within one minute.
    package struct Piece: Sendable, Hashable {
        package var metric: StatMetric
        package var start: Int64
        package var length: Int64
    }

    /// The time in the present state up to a moment, cut at full minutes.
    package func pieces(until moment: Int64) -> [Piece] {
        guard let metric = status.metric, moment > since else { return [] }
        var pieces: [Piece] = []
        var start = max(since, moment - Self.longest)
        while start < moment {
            let end = min(moment, (start / 60_000 + 1) * 60_000)
            pieces.append(Piece(metric: metric, start: start, length: end - start))
            start = end
        }
        return pieces
    }
}

extension AgentStatus {
    /// The number that time in this state belongs to; who is offline is not there.
    package var metric: StatMetric? {
        switch self {
        case .offline: nil
        case .away: .away
        case .available: .available
        }
    }
}
