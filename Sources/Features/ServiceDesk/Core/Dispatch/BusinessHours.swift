/// How far a place's clocks are from UTC, as a list of changes.
package struct ZoneOffsets: Sendable, Hashable {
    package struct Change: Sendable, Hashable {
        /// From when on, in milliseconds since 1970.
        package var from: Int64
        /// What is added to UTC, in milliseconds.
        package var offset: Int64

        package init(from: Int64, offset: Int64) {
            self.from = from
            self.offset = offset
        }
    }
    private let first: Int64
    private let changes: [Change]
    /// All that are ever in force.
    private let offsets: [Int64]

    /// - Parameters:
    ///   - first: the offset before the first change.
    ///   - changes: in order of time.
    package init(first: Int64, changes: [Change] = []) {
        self.first = first
        self.changes = changes.sorted { $0.from < $1.from }
        offsets = Set([first] + changes.map(\.offset)).sorted()
    }

    package static let utc = ZoneOffsets(first: 0)

    func offset(at time: Int64) -> Int64 { changes.last { $0.from <= time }?.offset ?? first }

    /// What a clock on the wall shows, in milliseconds of a UTC that looks the same.
    func local(_ time: Int64) -> Int64 { time + offset(at: time) }

    /// When a clock on the wall first shows a moment, or the moment after, where clocks leap over it.
    func time(local: Int64) -> Int64 {
        guard !changes.isEmpty else { return local - first }
        // The largest offset gives the earliest moment.
        for offset in offsets.reversed() where self.local(local - offset) == local { return local - offset }
        // Clocks were put forward over it: the moment of the leap.
        return changes.first { $0.from + $0.offset > local }?.from ?? local - offset(at: local)
    }
}

/// When somebody is there: spans of a week by the clock on the wall, less whole days.
package struct WeeklyHours: Sendable, Hashable {
    package struct Span: Sendable, Hashable {
        /// 0 for Monday ... 6 for Sunday.
        package var weekday: Int64
        /// Minutes after midnight.
        package var from: Int64
        /// Minutes after midnight; up to 2,880, for a shift that ends on the next day.
        package var to: Int64

        package init(weekday: Int64, from: Int64, to: Int64) {
            self.weekday = min(6, max(0, weekday))
            self.from = min(1_440, max(0, from))
            self.to = min(2_880, max(self.from, to))
        }
    }

    package let zone: ZoneOffsets
    package let spans: [Span]
    /// Days since 1970-01-01 by the clock on the wall on which nobody comes.
    package let closedDays: Set<Int64>

    package init(zone: ZoneOffsets = .utc, spans: [Span], closedDays: Set<Int64> = []) {
        self.zone = zone
        self.spans = spans
        self.closedDays = closedDays
    }

    private static let day: Int64 = 86_400_000
    private static let minute: Int64 = 60_000

    package func isOpen(at time: Int64) -> Bool {
        let today = Self.floored(zone.local(time))
        return covers(today, time) || covers(today - 1, time)
    }

    /// Whether a span that begins on a day holds a moment.
    private func covers(_ day: Int64, _ time: Int64) -> Bool {
        var isIn = false
        forEachSpan(of: day) { from, to in isIn = isIn || (from <= time && time < to) }
        return isIn
    }

    /// The first moment after `time` at which opening begins or ends; nil if there is none within 400 days.
    package func nextChange(after time: Int64) -> Int64? {
        let isOpen = isOpen(at: time)
        let today = Self.floored(zone.local(time))
        for day in today - 1...today + 400 {
            var first = Int64.max
            forEachSpan(of: day) { from, to in
                if from > time, from < first, self.isOpen(at: from) != isOpen { first = from }
                if to > time, to < first, self.isOpen(at: to) != isOpen { first = to }
            }
            if first < .max { return first }
        }
        return nil
    }

    /// The first open moment from `time` on; nil if there is none within 400 days.
    package func nextOpening(from time: Int64) -> Int64? { isOpen(at: time) ? time : nextChange(after: time) }

    /// How long it is open between two moments, in milliseconds. Looks at 400 days at most.
    package func open(from start: Int64, to end: Int64) -> Int64 {
        guard end > start else { return 0 }
        var time = start
        var total: Int64 = 0
        for _ in 0..<4_000 where time < end {
            let next = min(end, nextChange(after: time) ?? end)
            if isOpen(at: time) { total += next - time }
            time = next
        }
        return total
    }

    /// Hands out the spans that begin on a day, as moments.
    private func forEachSpan(of day: Int64, _ body: (_ from: Int64, _ to: Int64) -> Void) {
        // 1970-01-01 was a Thursday.
        let weekday = ((day + 3) % 7 + 7) % 7
        let midnight = day * Self.day
        for span in spans where span.weekday == weekday && !closedDays.contains(day) {
            body(
                zone.time(local: midnight + span.from * Self.minute),
                zone.time(local: midnight + span.to * Self.minute))
        }
    }

    private static func floored(_ local: Int64) -> Int64 {
        local >= 0 ? local / day : (local - day + 1) / day
    }
}
