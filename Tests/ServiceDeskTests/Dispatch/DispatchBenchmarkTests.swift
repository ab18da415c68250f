import Basics
import Foundation
import Testing

@testable import ServiceDesk

/// What a decision costs while many wait; prints, and asserts no time.
@Suite("Cost of dispatch")
struct DispatchBenchmarkTests {
    /// Of this thread: others run beside it.
    private static func processorMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    @Test(
        "DESK-45 an agent who gets room has the oldest conversation, with a thousand waiting",
        arguments: TestSize.isFull ? [1_000, 10_000] : [1_000])
    func decision(waiting: Int) {
        let agents: Int64 = waiting == 1_000 ? 200 : 500
        var machine = DeskMachine()
        var random = SeededRandom(seed: 1)
        for queue in 1...4 as ClosedRange<Int64> {
            _ = machine.received(.queueChanged(DeskQueue(number: queue, name: "\(queue)", target: 86_400_000)), at: 0)
        }
        for number in 1...agents {
            let skills: Set<String> = number % 3 == 0 ? ["special"] : []
            _ = machine.received(
                .agentChanged(
                    DeskAgent(
                        number: number, status: .available, capacity: 4, skills: skills,
                        queues: [1 + number % 4, 1 + (number + 1) % 4])), at: 0)
        }
        for number in 1...Int64(waiting) + 4 * agents {
            let conversation = Conversation(
                number: number, room: number, shop: 1, topic: "buy", person: number,
                queue: 1 + Int64(random.next() % 4), priority: Int64(random.next() % 3),
                skills: random.next() % 5 == 0 ? ["special"] : [], opened: 0)
            _ = machine.received(.opened(conversation, robot: nil), at: number)
        }
        var took: [Int64] = []
        let owned = machine.conversations.values.filter { $0.status == .open }.map(\.number).sorted().prefix(300)
        for (step, number) in owned.enumerated() {
            let inLine = machine.orders.values.reduce(0) { $0 + $1.count }
            let start = Self.processorMicroseconds()
            let outcome = machine.received(.resolved(number, by: nil), at: 20_000 + Int64(step)).outcome
            took.append(Self.processorMicroseconds() - start)
            #expect(outcome.transitions.count { $0.reason == .assigned } == 1)
            #expect(machine.orders.values.reduce(0) { $0 + $1.count } == inLine - 1)
        }
        took.sort()
        print(
            "\(waiting) waiting, \(agents) agents: decision p50 \(took[took.count / 2]) us, "
                + "p99 \(took[took.count * 99 / 100]) us of processor time")
        if waiting == 1_000 { #expect(machine.violations() == []) }
    }
}
