/// Up to when nothing more can come: the least of what each source has told.
package struct Watermark: Sendable, Hashable {
    private var sources: [Int64: Int64] = [:]

    package init(sources: some Sequence<Int64>) {
        for source in sources { self.sources[source] = 0 }
    }

    /// A source has told everything up to a moment. It never goes back.
    package mutating func advance(_ source: Int64, to time: Int64) {
        sources[source] = max(sources[source] ?? 0, time)
    }

    package var time: Int64 { sources.values.min() ?? 0 }
}

/// What can still change in numbers about turns: the turns that wait for a human's answer.
package struct PendingTurns: Sendable, Hashable {
    package struct Pending: Sendable, Hashable {
        package var conversation: Int64
        package var turn: OpenTurn
        /// How long the customer has waited while the queue was open, as of the watermark.
        package var waited: Int64

        package init(conversation: Int64, turn: OpenTurn, waited: Int64) {
            self.conversation = conversation
            self.turn = turn
            self.waited = waited
        }

        /// Whether the target has passed; then it counts as late, whatever comes.
        package var isLate: Bool { waited > turn.limit }
    }
    /// Those who began first in front.
    package let turns: [Pending]
    /// The watermark.
    package let time: Int64

    package init(_ turns: [Pending], at time: Int64) {
        self.turns = turns.sorted { $0.turn.start < $1.turn.start }
        self.time = time
    }

    /// Those that began between two moments and are late by now.
    package func late(from: Int64, to: Int64) -> [Pending] {
        turns.filter { $0.isLate && $0.turn.start >= from && $0.turn.start < to }
    }

    /// Whether a number of a window that ends at a moment can change no more.
    package func isFinal(_ metric: StatMetric, from: Int64, to: Int64) -> Bool {
        guard to <= time else { return false }
        guard metric.followsTurns else { return true }
        let rate = metric == .timely || metric == .late || metric == .lateFirst
        return !turns.contains { $0.turn.start >= from && $0.turn.start < to && !(rate && $0.isLate) }
    }

    /// The newest moment up to which shares of timely replies are final.
    package var finalEnd: Int64 { min(time, turns.first { !$0.isLate }?.turn.start ?? time) }
}

/// How many turns were answered in time.
package struct TimelyReplies: Sendable, Hashable {
    package var timely: Int64
    /// Turns that were answered, or should have been by now; younger open ones are in neither number.
    package var counted: Int64

    package init(timely: Int64 = 0, late: Int64 = 0) {
        self.timely = timely
        counted = timely + late
    }

    package var share: Double? { counted == 0 ? nil : Double(timely) / Double(counted) }
}
