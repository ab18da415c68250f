import Basics
import Testing

@testable import ServiceDesk

/// Numbers about answers, live and recomputed.
@Suite("Statistics")
struct TurnTests {
    /// Rooms in which everybody speaks by chance.
    private static func facts(seed: UInt64, rooms: Int64, length: Int64) -> [RoomFact] {
        var random = SeededRandom(seed: seed)
        var found: [RoomFact] = []
        for room in 1...rooms {
            var at: Int64 = 1_800_000_000_000
            for seq in 1...length {
                at += Int64(random.next() % 90_000)
                let kinds: [RoomFact.Kind] = [
                    .customer, .customer, .customer, .human(1 + Int64(random.next() % 3)), .human(4), .robot, .handover,
                    .other,
                ]
                found.append(RoomFact(room: room, seq: seq, at: at, kind: kinds[Int(random.next() % 8)]))
            }
        }
        return found
    }

    @Test("DESK-75 live numbers equal the recomputation to the unit, in any order and with facts told twice")
    func equality() {
        let base = UInt64.random(in: 0..<1 << 32)
        for seed in base..<base + (TestSize.isFull ? 300 : 12) {
            let facts = Self.facts(seed: seed, rooms: 8, length: 40)
            var random = SeededRandom(seed: seed)
            let told = (facts + facts.filter { _ in random.next() % 3 == 0 }).shuffled(using: &random)
            var folds: [Int64: TurnFold] = [:]
            var panes = Panes()
            var turns: [String: Turn] = [:]
            for fact in told {
                for change in folds[fact.room, default: TurnFold()].add(fact) {
                    panes.apply(change)
                    guard let turn = change.new else { continue }
                    turns["\(turn.turnClass) \(turn.room) \(turn.startSeq)"] = turn
                }
            }
            let batch = BatchRecompute.turns(facts)
            #expect(Set(turns.values) == Set(batch), "seed \(seed)")
            #expect(panes == BatchRecompute.panes(batch), "seed \(seed)")
        }
    }

    @Test("DESK-75 what lies behind a missing fact waits for it")
    func gap() {
        var fold = TurnFold()
        #expect(fold.add(RoomFact(room: 1, seq: 2, at: 20, kind: .human(7))) == [])
        #expect(fold.waiting == 1)
        let changes = fold.add(RoomFact(room: 1, seq: 1, at: 10, kind: .customer))
        #expect(changes.count == 4)
        #expect(changes.last?.new?.latency == 10)
        #expect(fold.waiting == 0)
    }

    @Test("DESK-24 the share of timely replies leaves out who may still be answered in time")
    func timely() {
        var fold = TurnFold()
        var turns: [Int64: Turn] = [:]
        let spoken: [(Int64, RoomFact.Kind)] = [
            (0, .customer), (50_000, .human(1)), (100_000, .customer), (170_000, .human(1)), (200_000, .customer),
        ]
        for (seq, (at, kind)) in zip((1 as Int64)..., spoken) {
            for change in fold.add(RoomFact(room: 1, seq: seq, at: at, kind: kind)) {
                if let turn = change.new, turn.turnClass == .human { turns[turn.startSeq] = turn }
            }
        }
        func share(at now: Int64) -> Double? {
            turns.values.reduce(into: TimelyReplies()) { $0.add($1, limit: 60_000, at: now) }.share
        }
        #expect(share(at: 210_000) == 0.5)
        #expect(share(at: 260_000) == 1.0 / 3)
    }

    @Test("DESK-76 numbers are final only when no source can tell more of them")
    func watermark() {
        var mark = Watermark(sources: [1, 2])
        mark.advance(1, to: 500_000)
        #expect(!mark.isFinal(before: 120_000, limit: 60_000))
        mark.advance(2, to: 179_999)
        #expect(!mark.isFinal(before: 120_000, limit: 60_000))
        mark.advance(2, to: 180_000)
        #expect(mark.isFinal(before: 120_000, limit: 60_000))
        mark.advance(2, to: 1)
        #expect(mark.time == 180_000)
    }

    @Test("DESK-24 buckets of durations are contiguous and at most a sixteenth wide, up to a day and beyond")
    func buckets() {
        #expect(LogHistogram.index(86_400_000) == 372)
        var last = -1
        for index in 0...600 {
            let lowest = LogHistogram.lowest(index)
            #expect(LogHistogram.index(lowest) == index)
            #expect(lowest > last)
            if index >= 32 { #expect((LogHistogram.lowest(index + 1) - lowest) * 16 <= lowest) }
            last = Int(lowest)
        }
        var histogram = LogHistogram()
        for value in 1...1_000 as ClosedRange<Int64> { histogram.add(value) }
        for (share, exact) in [(0.5, 500), (0.9, 900), (0.99, 990)] as [(Double, Int64)] {
            guard let found = histogram.quantile(share) else { continue }
            #expect(found <= exact && exact * 15 <= found * 16 + 16)
        }
        for value in 1...1_000 as ClosedRange<Int64> { histogram.add(value, times: -1) }
        #expect(histogram == LogHistogram())
    }
}
