import Testing

@testable import ServiceDesk

/// What single steps of dispatch mean to the people concerned.
@Suite("Dispatch")
struct DispatchTests {
    private static let start: Int64 = 1_800_000_000_000

    private static func desk(
        _ mode: QueueMode = .push, agents: Int64 = 2, capacity: Int64 = 1, overflow: Int64? = nil
    ) -> DeskMachine {
        var machine = DeskMachine()
        _ = machine.received(.queueChanged(DeskQueue(number: 1, name: "a", mode: mode, overflow: overflow)), at: start)
        _ = machine.received(.queueChanged(DeskQueue(number: 2, name: "b")), at: start)
        for number in 1...agents {
            let agent = DeskAgent(number: number, status: .available, capacity: capacity, queues: [1, 2])
            _ = machine.received(.agentChanged(agent), at: start)
        }
        return machine
    }

    private static func opening(_ number: Int64, queue: Int64 = 1, robot: Int64? = nil) -> DeskEvent {
        let conversation = Conversation(
            number: number, room: number, shop: 1, topic: "buy", person: number, queue: queue, opened: 0)
        return .opened(conversation, robot: robot)
    }

    @Test("DESK-41 an offer that nobody takes goes to the next agent, and two in a row set the first one away")
    func offer() {
        var machine = Self.desk(.offer)
        _ = machine.received(Self.opening(1), at: Self.start)
        #expect(machine.conversations[1]?.owner == .agent(1))
        #expect(machine.nextDeadline == Self.start + 20_000)
        var outcome = machine.received(.timePassed, at: Self.start + 20_000).outcome
        #expect(outcome.transitions.map(\.reason) == [.offerTimeout, .offered])
        #expect(machine.conversations[1]?.owner == .agent(2))
        outcome = machine.received(.accepted(1, agent: 2), at: Self.start + 21_000).outcome
        #expect(outcome.moves == [.enter(agent: 2, conversation: 1)])
        _ = machine.received(Self.opening(2), at: Self.start + 22_000)
        outcome = machine.received(.timePassed, at: Self.start + 42_000).outcome
        #expect(outcome.notices == [.agentSetAway(1)])
        #expect(machine.agents[1]?.status == .away)
        #expect(machine.conversations[2]?.status == .queued)
    }

    @Test("DESK-32 a conversation stays in the queues of its shop: opened, handed over, transferred or flowing over")
    func shops() {
        var machine = Self.desk(overflow: 3)
        _ = machine.received(.queueChanged(DeskQueue(number: 3, shop: 2, name: "c")), at: Self.start)
        #expect(machine.received(Self.opening(1, queue: 3), at: Self.start).refusal == .unknownQueue)
        let away = machine.received(.agentStatus(1, .away), at: Self.start)
        #expect(away.refusal == nil && machine.received(.agentStatus(2, .away), at: Self.start).refusal == nil)
        _ = machine.received(Self.opening(1, robot: 9), at: Self.start)
        #expect(machine.received(.handover(1, queue: 3, by: 9), at: Self.start).refusal == .unknownQueue)
        #expect(machine.received(.handover(1, queue: 1, by: 9), at: Self.start).refusal == nil)
        #expect(machine.received(.transferred(1, to: .queue(3), by: nil), at: Self.start).refusal == .unknownQueue)
        // The time in which somebody should come has passed: an overflow that leads into another shop leads nowhere.
        _ = machine.received(.timePassed, at: Self.start + 120_000)
        #expect(machine.conversations[1]?.queue == 1 && machine.violations() == [])
        #expect(machine.received(.transferred(1, to: .queue(2), by: nil), at: Self.start + 130_000).refusal == nil)
    }

    @Test("DESK-41 in a list agents take what they like, and nothing is given by itself")
    func pick() {
        var machine = Self.desk(.pick)
        _ = machine.received(Self.opening(1), at: Self.start)
        #expect(machine.conversations[1]?.status == .queued)
        #expect(machine.received(.picked(1, agent: 2), at: Self.start + 1).refusal == nil)
        #expect(machine.received(.picked(1, agent: 1), at: Self.start + 2).refusal == .stale(.open))
        _ = machine.received(Self.opening(2), at: Self.start + 3)
        #expect(machine.received(.picked(2, agent: 2), at: Self.start + 4).refusal == .notEligible(.full))
    }

    @Test("DESK-43 an agent who does not answer loses the conversation, which keeps its place in the line")
    func silent() {
        var machine = Self.desk()
        _ = machine.received(Self.opening(1), at: Self.start)
        let outcome = machine.received(.timePassed, at: Self.start + 180_000).outcome
        #expect(outcome.transitions.map(\.reason) == [.agentSilent, .assigned])
        #expect(outcome.moves.contains(.leave(agent: 1, conversation: 1)))
        #expect(machine.conversations[1]?.owner == .agent(2))
        #expect(machine.conversations[1]?.enqueued == Self.start)
    }

    @Test("DESK-43 an agent whose devices are gone for a minute is gone")
    func lost() {
        var machine = Self.desk()
        _ = machine.received(Self.opening(1), at: Self.start)
        _ = machine.received(.agentLost(1), at: Self.start + 1_000)
        _ = machine.received(.agentSeen(1), at: Self.start + 60_000)
        #expect(machine.conversations[1]?.owner == .agent(1))
        _ = machine.received(.agentLost(1), at: Self.start + 61_000)
        let outcome = machine.received(.timePassed, at: Self.start + 121_000).outcome
        #expect(outcome.transitions.map(\.reason) == [.agentGone, .assigned])
        #expect(machine.agents[1]?.status == .offline)
    }

    @Test("DESK-08 DESK-09 a robot answers first; silence, a loop or a wish for a human ends its part")
    func robot() {
        for (event, reason, moment) in [
            (DeskEvent.timePassed, TransitionReason.robotSilent, Self.start + 30_000),
            (.handover(1, queue: 2, by: 50), .robotHandover, Self.start + 1_000),
        ] {
            var machine = Self.desk()
            _ = machine.received(Self.opening(1, robot: 50), at: Self.start)
            #expect(machine.conversations[1]?.status == .robot)
            let outcome = machine.received(event, at: moment).outcome
            #expect(outcome.transitions.map(\.reason) == [reason, .assigned])
        }
        var machine = Self.desk()
        _ = machine.received(Self.opening(1, robot: 50), at: Self.start)
        for step in 1...19 as ClosedRange<Int64> { _ = machine.received(.robotMessage(1), at: Self.start + step) }
        #expect(machine.conversations[1]?.status == .robot)
        _ = machine.received(.customerMessage(1), at: Self.start + 20)
        for step in 21...40 as ClosedRange<Int64> { _ = machine.received(.robotMessage(1), at: Self.start + step) }
        #expect(machine.conversations[1]?.status == .open)
    }

    @Test("DESK-49 a transferred conversation does not come back to who gave it away")
    func transfer() {
        var machine = Self.desk(agents: 1)
        _ = machine.received(Self.opening(1), at: Self.start)
        var outcome = machine.received(.transferred(1, to: .queue(2), by: 1), at: Self.start + 1_000).outcome
        #expect(outcome.transitions.map(\.reason) == [.transferredToQueue])
        outcome = machine.received(.timePassed, at: Self.start + 61_000).outcome
        #expect(outcome.transitions.map(\.reason) == [.assigned])
    }

    @Test("DESK-49 a conversation that was put aside comes back to its agent, then to anybody")
    func snooze() {
        var machine = Self.desk(agents: 3)
        _ = machine.received(Self.opening(1), at: Self.start)
        _ = machine.received(.snoozed(1, until: Self.start + 500_000, by: 1), at: Self.start + 1_000)
        _ = machine.received(Self.opening(2), at: Self.start + 2_000)
        _ = machine.received(.forced(2, agent: 1, by: 9), at: Self.start + 3_000)
        _ = machine.received(.staffMessage(2, by: 1), at: Self.start + 4_000)
        _ = machine.received(.timePassed, at: Self.start + 500_000)
        #expect(machine.conversations[1]?.status == .queued)
        #expect(machine.conversations[1]?.prefer == 1)
        let outcome = machine.received(.timePassed, at: Self.start + 530_000).outcome
        #expect(outcome.transitions.map(\.reason) == [.assigned])
        #expect(machine.conversations[1]?.owner != .agent(1))
    }

    @Test("DESK-49 DESK-52 what was resolved comes back to its last agent within a fortnight, and can be rated")
    func reopen() throws {
        var machine = Self.desk(agents: 3)
        _ = machine.received(Self.opening(1), at: Self.start)
        let outcome = machine.received(.resolved(1, by: 1), at: Self.start + 1_000).outcome
        var stored = try #require(outcome.conversations[1])
        #expect(machine.conversations.isEmpty)
        try stored.rate(5, at: Self.start + 2_000)
        #expect(stored.rating == 5)
        #expect(throws: DeskRefusal.notRatable) { try stored.rate(5, at: Self.start + 8 * 86_400_000) }
        var late = machine
        let fortnight: Int64 = 14 * 86_400_000
        #expect(late.received(.reopened(stored, by: nil), at: Self.start + fortnight + 2_000).refusal != nil)
        _ = machine.received(.reopened(stored, by: nil), at: Self.start + fortnight)
        #expect(machine.conversations[1]?.owner == .agent(1))
        #expect(machine.conversations[1]?.n == 5)
    }

    @Test("DESK-53 a supervisor gives a conversation to anybody, above the capacity too")
    func force() {
        var machine = Self.desk(agents: 2)
        _ = machine.received(Self.opening(1), at: Self.start)
        _ = machine.received(Self.opening(2), at: Self.start)
        let outcome = machine.received(.forced(2, agent: 1, by: 9), at: Self.start + 1).outcome
        #expect(outcome.transitions.map(\.by) == [9])
        #expect(machine.agents[1]?.load == 2)
        #expect(machine.violations() == [])
    }

    @Test("DESK-72 each assignment says who else could have had it and what kept the rest from it")
    func why() throws {
        var machine = Self.desk(agents: 3)
        _ = machine.received(.agentStatus(3, .away), at: Self.start)
        _ = machine.received(Self.opening(1), at: Self.start)
        let outcome = machine.received(Self.opening(2), at: Self.start + 5).outcome
        let why = try #require(outcome.transitions.last?.why)
        #expect(why.candidates == [.init(agent: 2, load: 0, capacity: 1)])
        #expect(why.kept == [.full: 1, .notAvailable: 1])
        #expect(why.eligible == 1)
    }

    @Test("DESK-25 nobody within the target: somebody is told, and another queue is tried once")
    func overflow() {
        var machine = Self.desk(.pick, agents: 1, overflow: 2)
        _ = machine.received(Self.opening(1), at: Self.start)
        let outcome = machine.received(.timePassed, at: Self.start + 60_000).outcome
        #expect(outcome.notices == [.waitsTooLong(1)])
        #expect(outcome.transitions.map(\.reason) == [.overflow, .assigned])
    }
}
