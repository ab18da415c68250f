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

    /// Whether numbers about answers within a limit can still change for turns that began before a moment.
    package func isFinal(before end: Int64, limit: Int64) -> Bool { end + limit <= time }
}

/// How many turns were answered in time.
package struct TimelyReplies: Sendable, Hashable {
    package var timely: Int64 = 0
    /// Turns that were answered, or should have been by now; younger open ones are in neither number.
    package var counted: Int64 = 0

    package init() {}

    /// - Parameters:
    ///   - limit: what is in time, in milliseconds.
    ///   - now: the watermark.
    package mutating func add(_ turn: Turn, limit: Int64, at now: Int64) {
        if let latency = turn.latency {
            counted += 1
            if latency <= limit { timely += 1 }
        } else if now - turn.start >= limit {
            counted += 1
        }
    }

    package var share: Double? { counted == 0 ? nil : Double(timely) / Double(counted) }
}
