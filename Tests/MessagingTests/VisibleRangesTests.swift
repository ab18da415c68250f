import Basics
import Testing

@testable import Messaging

/// One room as one user could have lived it, with the rule of the Matrix spec evaluated event by event.
private struct History: CustomStringConvertible {
    enum Kind {
        case message
        case mode(HistoryVisibility)
        case own(Membership)
    }

    var kinds: [Kind] = []
    var visibleFrom: [Int64: Int64] = [:]

    var head: Int64 { Int64(kinds.count) }
    var description: String {
        kinds.enumerated().map { index, kind in
            switch kind {
            case .message: "\(index + 1):-"
            case .mode(let mode): "\(index + 1):\(mode.name)"
            case .own(let membership): "\(index + 1):own \(membership.name)"
            }
        }.joined(separator: " ")
    }

    /// Random events; with `grants`, joins under mode `joined` also open the last few messages before them.
    init(random: inout SeededRandom, length: Int, grants: Bool = false) {
        var mode = HistoryVisibility.shared
        for seq in 1...Int64(length) {
            switch Int.random(in: 0..<100, using: &random) {
            case ..<12:
                mode = HistoryVisibility.allCases.randomElement(using: &random) ?? .shared
                kinds.append(.mode(mode))
            case ..<30:
                let membership = Membership.allCases.randomElement(using: &random) ?? .leave
                if grants, membership == .join, mode == .joined {
                    let last = Int.random(in: 0...4, using: &random)
                    visibleFrom[seq] = slowVisibleFrom(join: seq, last: last)
                }
                kinds.append(.own(membership))
            default: kinds.append(.message)
            }
        }
    }

    func counted(in range: Range<Int64>) -> Int {
        range.filter { if case .message = kinds[Int($0 - 1)] { true } else { false } }.count
    }

    func slowVisibleFrom(join: Int64, last: Int) -> Int64 {
        var from = join
        while from > 1, counted(in: from - 1..<join) <= last { from -= 1 }
        return from
    }

    private func state(before seq: Int64) -> (mode: HistoryVisibility, membership: Membership) {
        var result = (mode: HistoryVisibility.shared, membership: Membership.leave)
        for kind in kinds.prefix(Int(seq - 1)) {
            switch kind {
            case .message: break
            case .mode(let mode): result.mode = mode
            case .own(let membership): result.membership = membership
            }
        }
        return result
    }

    private func allows(_ state: (mode: HistoryVisibility, membership: Membership), at seq: Int64) -> Bool {
        if state.mode == .worldReadable || state.membership == .join { return true }
        let joinsLater = kinds.dropFirst(Int(seq)).contains { if case .own(.join) = $0 { true } else { false } }
        return state.mode == .shared && joinsLater || state.mode == .invited && state.membership == .invite
    }

    /// The spec's rule: state at the event, and for events that change mode or own membership also the state after.
    func mayRead(_ seq: Int64) -> Bool {
        if visibleFrom.contains(where: { join, from in from <= seq && seq <= join }) { return true }
        if allows(state(before: seq), at: seq) { return true }
        if case .message = kinds[Int(seq - 1)] { return false }
        return allows(state(before: seq + 1), at: seq)
    }

    var spans: MembershipSpans {
        var spans = MembershipSpans()
        for (index, kind) in kinds.enumerated() {
            guard case .own(let membership) = kind else { continue }
            let seq = Int64(index + 1)
            spans.append(from: seq, membership: membership, visibleFrom: visibleFrom[seq])
        }
        return spans
    }

    var segments: VisibilitySegments {
        var segments = VisibilitySegments()
        for (index, kind) in kinds.enumerated() {
            if case .mode(let mode) = kind { segments.append(from: Int64(index + 1), mode: mode) }
        }
        return segments
    }

    var ranges: VisibleRanges { VisibleRanges(spans: spans, segments: segments, head: head) }
}

@Suite("Visible ranges")
struct VisibleRangesTests {
    @Test("MSG-19 the interval algebra equals the spec's rule on random histories", arguments: UInt64(1)...40)
    func algebraEqualsRule(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<150 {
            let history = History(random: &random, length: Int.random(in: 1...30, using: &random))
            let ranges = history.ranges
            let wrong = (1...history.head).filter { ranges.contains($0) != history.mayRead($0) }
            #expect(wrong.isEmpty, "seed \(seed): \(history)")
        }
    }

    @Test("MSG-20 with a grant a member also sees the last N messages from before joining", arguments: UInt64(1)...20)
    func grantsBeforeJoin(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<150 {
            let history = History(random: &random, length: Int.random(in: 1...30, using: &random), grants: true)
            let ranges = history.ranges
            let wrong = (1...history.head).filter { ranges.contains($0) != history.mayRead($0) }
            #expect(wrong.isEmpty, "seed \(seed): \(history)")
        }
    }

    @Test("MSG-20 the first readable seq is found by running totals alone", arguments: UInt64(1)...20)
    func visibleFromByTotals(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let history = History(random: &random, length: 40)
            let join = Int64.random(in: 1...40, using: &random)
            let last = Int.random(in: 0...12, using: &random)
            let found = MembershipSpans.visibleFrom(joiningAt: join, last: Int64(last)) { seq in
                Int64(history.counted(in: 1..<seq + 1))
            }
            let expected = last == 0 ? join : history.slowVisibleFrom(join: join, last: last)
            #expect(found == expected, "seed \(seed), join \(join), last \(last): \(history)")
        }
    }

    @Test("MSG-19 who joined yesterday and who joined today see different history")
    func joinTimeDecides() {
        var segments = VisibilitySegments()
        segments.append(from: 2, mode: .joined)
        var yesterday = MembershipSpans()
        yesterday.append(from: 10, membership: .join)
        var today = MembershipSpans()
        today.append(from: 20, membership: .join)
        #expect(VisibleRanges(spans: yesterday, segments: segments, head: 30).ranges == [1...2, 10...30])
        #expect(VisibleRanges(spans: today, segments: segments, head: 30).ranges == [1...2, 20...30])
    }

    @Test("Open-ended ranges agree with ranges made for any later head", arguments: UInt64(1)...10)
    func openEnded(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let history = History(random: &random, length: 12)
            let open = VisibleRanges(spans: history.spans, segments: history.segments, head: .max)
            let later = VisibleRanges(spans: history.spans, segments: history.segments, head: 40)
            #expect(open.clamped(to: 1...40) == later, "seed \(seed): \(history)")
        }
    }

    @Test("Searching, union and intersection equal the same over sets", arguments: UInt64(1)...10)
    func setOperations(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<150 {
            let first = History(random: &random, length: 20).ranges
            let second = History(random: &random, length: 20).ranges
            let left = Set((1...20).filter { first.contains(Int64($0)) })
            let right = Set((1...20).filter { second.contains(Int64($0)) })
            let both = first.intersection(second)
            let either = first.union(second)
            for seq in Int64(0)...22 {
                #expect(both.contains(seq) == left.intersection(right).contains(Int(seq)), "seed \(seed)")
                #expect(either.contains(seq) == left.union(right).contains(Int(seq)), "seed \(seed)")
                #expect(first.last(atOrBefore: seq) == left.filter { $0 <= Int(seq) }.max().map(Int64.init))
                #expect(first.first(atOrAfter: seq) == left.filter { $0 >= Int(seq) }.min().map(Int64.init))
                #expect(first.previousVisible(before: seq) == left.filter { $0 < Int(seq) }.max().map(Int64.init))
            }
            for pair in zip(either.ranges, either.ranges.dropFirst()) {
                #expect(pair.0.upperBound + 1 < pair.1.lowerBound, "ranges are merged, seed \(seed)")
            }
        }
    }

    @Test("The extreme numbers do not overflow")
    func extremes() {
        var spans = MembershipSpans()
        spans.append(from: .max, membership: .join, visibleFrom: .min)
        let ranges = VisibleRanges(spans: spans, segments: VisibilitySegments(), head: .max)
        #expect(ranges.ranges == [1...Int64.max])
        #expect(ranges.previousVisible(before: .min) == nil)
        #expect(VisibleRanges(spans: spans, segments: VisibilitySegments(), head: 0).isEmpty)
    }

    @Test("Rows that arrive late find their place")
    func lateRows() {
        var ordered = MembershipSpans()
        var shuffled = MembershipSpans()
        let rows: [(Int64, Membership)] = [(3, .invite), (5, .join), (9, .leave)]
        for row in rows { ordered.append(from: row.0, membership: row.1) }
        for row in rows.reversed() { shuffled.append(from: row.0, membership: row.1) }
        #expect(ordered == shuffled)
        #expect(ordered.membership(before: 9) == .join)
        #expect(ordered.membership(before: 3) == .leave)
        #expect(ordered.current == .leave)
        #expect(ordered.lastJoin == 5)
    }

    @Test("Words are read as the spec writes them", arguments: ["leave", "join", "invite", "ban", "knock"])
    func membershipWords(word: String) throws {
        #expect(try #require(Membership(name: word)).name == word)
        #expect(Membership(name: word.uppercased()) == nil)
        #expect(HistoryVisibility(name: word) == (word == "joined" ? .joined : .shared))
    }
}
