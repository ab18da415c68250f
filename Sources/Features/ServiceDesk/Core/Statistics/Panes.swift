/// A minute of one number.
package struct PaneKey: Sendable, Hashable {
    package enum Metric: Int64, Sendable, Hashable, CaseIterable {
        case response = 0
        case firstResponse = 1
        case unanswered = 2
    }
    /// Minutes since 1970.
    package var minute: Int64
    package var metric: Metric
    package var turnClass: TurnClass
    /// Who answered; 0 for nobody and for robots.
    package var agent: Int64
}

/// What a pane holds: whole numbers that can be added and taken away again.
package struct Pane: Sendable, Hashable {
    package var count: Int64 = 0
    package var sum: Int64 = 0
    package var histogram = LogHistogram()

    package init() {}

    package mutating func merge(_ other: Pane) {
        count += other.count
        sum += other.sum
        histogram.merge(other.histogram)
    }
}

/// Numbers by the minute, kept by what changes: a fact that becomes another is taken away and added again.
package struct Panes: Sendable, Hashable {
    package private(set) var panes: [PaneKey: Pane] = [:]

    package init() {}

    package mutating func apply(_ change: TurnChange) {
        if let old = change.old { contribute(old, -1) }
        if let new = change.new { contribute(new, 1) }
    }

    private mutating func contribute(_ turn: Turn, _ times: Int64) {
        guard let latency = turn.latency else { return add(.unanswered, turn, 0, times) }
        add(.response, turn, latency, times)
        if turn.isFirst { add(.firstResponse, turn, latency, times) }
    }

    private mutating func add(_ metric: PaneKey.Metric, _ turn: Turn, _ value: Int64, _ times: Int64) {
        let key = PaneKey(
            minute: turn.start / 60_000, metric: metric, turnClass: turn.turnClass, agent: turn.replyBy ?? 0)
        var pane = panes[key] ?? Pane()
        pane.count += times
        pane.sum += value * times
        pane.histogram.add(value, times: times)
        panes[key] = pane == Pane() ? nil : pane
    }

    /// The sum of all panes of a number within minutes; of one agent where one is named.
    package func total(
        _ metric: PaneKey.Metric, _ turnClass: TurnClass, minutes: Range<Int64>, agent: Int64? = nil
    ) -> Pane {
        var total = Pane()
        for (key, pane) in panes where key.metric == metric && key.turnClass == turnClass {
            if minutes.contains(key.minute), agent == nil || agent == key.agent { total.merge(pane) }
        }
        return total
    }
}
