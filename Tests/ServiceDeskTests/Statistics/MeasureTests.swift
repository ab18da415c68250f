import Basics
import Testing

@testable import ServiceDesk

/// What durations, shares and marks of time mean.
@Suite("Measures")
struct MeasureTests {
    @Test("DESK-76 numbers are final only when no source can tell more of them and nobody waits in them")
    func final() {
        var mark = Watermark(sources: [1, 2])
        mark.advance(1, to: 500_000)
        #expect(mark.time == 0)
        mark.advance(2, to: 180_000)
        mark.advance(2, to: 1)
        #expect(mark.time == 180_000)
        let turn = OpenTurn(position: 9, start: 130_000, isFirst: true, queue: 1, scene: "", limit: 60_000)
        let young = PendingTurns([.init(conversation: 1, turn: turn, waited: 50_000)], at: 180_000)
        #expect(young.isFinal(.timely, from: 60_000, to: 120_000))
        #expect(!young.isFinal(.timely, from: 120_000, to: 180_000))
        #expect(young.finalEnd == 130_000)
        let old = PendingTurns([.init(conversation: 1, turn: turn, waited: 60_001)], at: 190_001)
        #expect(old.isFinal(.timely, from: 120_000, to: 180_000))
        // Whether it was late is known; how long it takes is not.
        #expect(!old.isFinal(.response, from: 120_000, to: 180_000))
        #expect(old.isFinal(.wait, from: 120_000, to: 180_000))
        #expect(!old.isFinal(.wait, from: 120_000, to: 240_000))
    }

    @Test("DESK-24 the share of timely replies leaves out who may still be answered in time")
    func timely() {
        let turns = [100_000, 150_000].map { start in
            PendingTurns.Pending(
                conversation: 1,
                turn: OpenTurn(
                    position: start, start: start, isFirst: false, queue: 1, scene: "", limit: 60_000),
                waited: 170_000 - start)
        }
        let pending = PendingTurns(turns, at: 170_000)
        let late = Int64(pending.late(from: 0, to: 200_000).count)
        #expect(TimelyReplies(timely: 1, late: late).share == 0.5)
        #expect(TimelyReplies().share == nil)
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
