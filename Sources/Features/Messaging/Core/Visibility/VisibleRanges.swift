/// The events of one room that one reader may see: merged, ascending closed intervals of seq.
///
/// The one place that decides whether an event may be shown (sync, history, search, export, push, services). With H
/// the segments of a visibility mode, M the spans of a membership and J the seq of the latest join:
/// `H[world_readable] ∪ M[join] ∪ (H[shared] ∩ [1, J - 1]) ∪ (H[invited] ∩ M[invite])`.
package struct VisibleRanges: Sendable, Hashable {
    /// Ascending, disjoint, never touching.
    package private(set) var ranges: [ClosedRange<Int64>]

    /// Nothing is visible.
    package init() {
        ranges = []
    }

    /// What a user with these memberships sees of a room with this history of modes, up to `head`.
    ///
    /// - Parameter head: newest seq of the room; `Int64.max` gives ranges that stay true while the room grows and
    ///   neither the user's membership nor the mode changes.
    package init(spans: MembershipSpans, segments: VisibilitySegments, head: Int64) {
        var pieces = segments.intervals(of: .worldReadable, head: head)
        pieces += spans.intervals(of: .join, head: head)
        if let join = spans.lastJoin {
            for piece in segments.intervals(of: .shared, head: head) {
                pieces.append((piece.low, min(piece.high, join - 1)))
            }
        }
        let invites = spans.intervals(of: .invite, head: head)
        if !invites.isEmpty {
            for open in segments.intervals(of: .invited, head: head) {
                pieces += invites.map { (max($0.low, open.low), min($0.high, open.high)) }
            }
        }
        ranges = Self.merged(pieces, head: head)
    }

    /// Ranges from any intervals: clipped to `1...head`, sorted and merged; empty ones are dropped.
    package init(intervals: [(low: Int64, high: Int64)], head: Int64 = .max) {
        ranges = Self.merged(intervals, head: head)
    }

    private static func merged(_ pieces: [(low: Int64, high: Int64)], head: Int64) -> [ClosedRange<Int64>] {
        var result: [ClosedRange<Int64>] = []
        for piece in pieces.sorted(by: { $0.low < $1.low }) {
            let low = max(piece.low, 1)
            let high = min(piece.high, head)
            guard low <= high else { continue }
            if let last = result.last, low - 1 <= last.upperBound {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, high)
            } else {
                result.append(low...high)
            }
        }
        return result
    }

    package var isEmpty: Bool { ranges.isEmpty }

    /// The newest visible seq.
    package var last: Int64? { ranges.last?.upperBound }

    /// The oldest visible seq.
    package var first: Int64? { ranges.first?.lowerBound }

    /// Index of the last range that begins at or before `seq`.
    private func rangeIndex(beginningAtOrBefore seq: Int64) -> Int? {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound <= seq { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }

    /// True when the event at `seq` may be shown.
    package func contains(_ seq: Int64) -> Bool {
        guard let index = rangeIndex(beginningAtOrBefore: seq) else { return false }
        return seq <= ranges[index].upperBound
    }

    /// The newest visible seq that is not after `seq`.
    package func last(atOrBefore seq: Int64) -> Int64? {
        guard let index = rangeIndex(beginningAtOrBefore: seq) else { return nil }
        return min(seq, ranges[index].upperBound)
    }

    /// The oldest visible seq that is not before `seq`.
    package func first(atOrAfter seq: Int64) -> Int64? {
        if contains(seq) { return seq }
        let next = rangeIndex(beginningAtOrBefore: seq).map { $0 + 1 } ?? 0
        return next < ranges.count ? ranges[next].lowerBound : nil
    }

    /// The oldest seq from which on everything up to `seq` is visible; `seq` itself must be.
    package func start(ofRangeWith seq: Int64) -> Int64 {
        rangeIndex(beginningAtOrBefore: seq).map { ranges[$0].lowerBound } ?? seq
    }

    /// The visible event just before `seq` (the `prev` of gap marks).
    package func previousVisible(before seq: Int64) -> Int64? {
        seq <= 1 ? nil : last(atOrBefore: seq - 1)
    }

    /// Only what lies inside `bounds`.
    package func clamped(to bounds: ClosedRange<Int64>) -> VisibleRanges {
        intersection(VisibleRanges(intervals: [(bounds.lowerBound, bounds.upperBound)]))
    }

    /// What at least one of two readers sees; a person sees what any of the person's users sees.
    package func union(_ other: VisibleRanges) -> VisibleRanges {
        VisibleRanges(intervals: (ranges + other.ranges).map { ($0.lowerBound, $0.upperBound) })
    }

    /// What both readers see.
    package func intersection(_ other: VisibleRanges) -> VisibleRanges {
        var result = VisibleRanges()
        var mine = 0
        var theirs = 0
        while mine < ranges.count, theirs < other.ranges.count {
            let low = max(ranges[mine].lowerBound, other.ranges[theirs].lowerBound)
            let high = min(ranges[mine].upperBound, other.ranges[theirs].upperBound)
            if low <= high { result.ranges.append(low...high) }
            if ranges[mine].upperBound < other.ranges[theirs].upperBound { mine += 1 } else { theirs += 1 }
        }
        return result
    }
}
