import Basics
import Testing

@testable import ServiceDesk

/// Numbers as they come and recomputed, from facts in any order.
@Suite("Folding facts")
struct FoldTests {
    @Test("DESK-75 DESK-23 live numbers equal the recomputation to the unit, with facts shuffled and told twice")
    func equality() {
        let base = UInt64.random(in: 0..<1 << 32)
        for seed in base..<base + (TestSize.isFull ? 300 : 12) {
            let facts = RandomDays(seed: seed, rooms: 9, steps: TestSize.isFull ? 2_400 : 500).facts
            var random = SeededRandom(seed: seed)
            var live = LiveFold()
            var buffer = FactBuffer(sources: [0, 1, 2])
            // Three sources tell what they have in pieces of any order, some of it twice.
            for piece in stride(from: 0, to: facts.count, by: 60) {
                let part = facts[piece..<min(facts.count, piece + 60)]
                let told = part + part.filter { _ in random.next() % 3 == 0 }
                for fact in told.shuffled(using: &random) { buffer.add(fact) }
                for source in [0, 1, 2].shuffled(using: &random) as [Int64] {
                    for fact in buffer.advance(source, to: part.last?.position ?? 0) { live.take(fact) }
                }
                // What was told before changes nothing.
                for fact in part.prefix(5) { buffer.add(fact) }
            }
            #expect(buffer.count == 0)
            let batch = BatchRecompute(facts.shuffled(using: &random) + facts)
            #expect(Set(live.effects.turns) == batch.turns, "seed \(seed)")
            #expect(Set(live.effects.spans) == batch.spans, "seed \(seed)")
            #expect(live.effects.panes == batch.panes, "seed \(seed)")
            #expect(!batch.turns.isEmpty && !batch.spans.isEmpty)
            #expect(Set(live.effects.turns).count == live.effects.turns.count)
        }
    }

    @Test("DESK-75 a fact waits until no source can tell of an earlier one")
    func waiting() {
        var buffer = FactBuffer(sources: [1, 2])
        let late = DeskFact(position: 7, at: 70, .cardSent(room: 1))
        let early = DeskFact(position: 3, at: 30, .cardSent(room: 1))
        buffer.add(late)
        #expect(buffer.advance(1, to: 9) == [])
        buffer.add(early)
        #expect(buffer.advance(2, to: 5) == [early])
        buffer.add(early)
        #expect(buffer.dropped == 1)
        #expect(buffer.advance(2, to: 9) == [late])
        #expect(buffer.count == 0)
    }

    private static func folded(_ whats: [(Int64, DeskFact.What)]) -> FactEffects {
        var live = LiveFold()
        for (place, (at, what)) in whats.enumerated() {
            live.take(DeskFact(position: Int64(place) + 1, at: at, what))
        }
        return live.effects
    }

    private static func move(
        _ n: Int64, _ from: ConversationStatus?, _ to: ConversationStatus, agent: Int64 = 0,
        _ reason: TransitionReason = .assigned
    ) -> DeskFact.What {
        .moved(
            Move(
                conversation: 5, room: 1, n: n, from: from, to: to, agent: agent, queue: 1, reason: reason,
                scene: "item.book"))
    }

    @Test("DESK-24 first answer, later answers, wait, handling and end of a conversation that a robot hands over")
    func story() {
        let effects = Self.folded([
            (0, .queueSet(QueueSetting(queue: 1, target: 60_000))), (1_000, Self.move(1, nil, .robot, .opened)),
            (2_000, .said(room: 1, .customer)), (3_000, .said(room: 1, .robot)), (10_000, .said(room: 1, .customer)),
            (20_000, Self.move(2, .robot, .queued, .robotHandover)),
            (50_000, Self.move(3, .queued, .open, agent: 7)), (90_000, .said(room: 1, .human(7))),
            (91_000, Self.move(4, .open, .waiting, agent: 7, .answered)), (100_000, .said(room: 1, .customer)),
            (101_000, Self.move(5, .waiting, .open, agent: 7, .customerMessage)),
            (110_000, .said(room: 1, .human(7))), (150_000, Self.move(6, .open, .resolved, .resolved)),
        ])
        func total(_ metric: StatMetric) -> [Int64] {
            let pane = effects.panes.total(metric, minutes: 0..<10)
            return [pane.count, pane.sum]
        }
        // A human's turn begins with the handover: 90 - 20 s, then 110 - 100 s.
        #expect(total(.response) == [2, 80_000])
        #expect(total(.firstResponse) == [1, 70_000])
        #expect(total(.responseAny) == [3, 1_000 + 80_000 + 10_000])
        #expect(total(.timely) == [1, 10_000])
        #expect(total(.late) == [1, 70_000])
        #expect(total(.lateFirst) == [1, 0])
        #expect(total(.wait) == [1, 30_000])
        #expect(total(.handling) == [1, 100_000])
        #expect(total(.resolution) == [1, 149_000])
        #expect(total(.opened) == [1, 0])
        #expect(total(.robotOpened) == [1, 0])
        #expect(total(.handover) == [1, 0])
        let key = PaneKey(
            minute: 0, metric: .response, dimensions: Dimensions(queue: 1, agent: 7, scene: "item.book"))
        #expect(effects.panes.panes[key]?.count == 1)
    }

    @Test("DESK-52 time in which the queue is closed does not count, and an end within the target is no fault")
    func closed() {
        // Thursday, 1970-01-01: open from 00:00 to 00:01 and from 00:10 on.
        let hours = WeeklyHours(spans: [.init(weekday: 3, from: 0, to: 1), .init(weekday: 3, from: 10, to: 60)])
        let effects = Self.folded([
            (0, .queueSet(QueueSetting(queue: 1, target: 60_000, hours: hours))),
            (10_000, Self.move(1, nil, .queued, .opened)), (30_000, .said(room: 1, .customer)),
            (610_000, .said(room: 1, .human(7))), (620_000, .said(room: 1, .customer)),
            (640_000, Self.move(2, .queued, .resolved, .resolved)),
        ])
        // 30 s until it closed and 10 s after it opened.
        #expect(effects.panes.total(.timely, minutes: 0..<100).sum == 40_000)
        #expect(effects.panes.total(.late, minutes: 0..<100).count == 0)
        #expect(effects.panes.total(.abandoned, minutes: 0..<100).count == 1)
    }
}
