import Basics
import Testing

@testable import ServiceDesk

/// The desk beside a model that is too simple to be wrong, in a shop where anything may happen.
///
/// With `VITRINE_FAULT_FULL=1` ten million steps, else some thousands.
@Suite("Dispatch beside its model")
struct DeskPropertyTests {
    @Test(
        "DESK-04 DESK-42 DESK-43 DESK-46 DESK-70 DESK-71 after every event the desk is as the model says",
        arguments: 0..<4)
    func walk(_ part: UInt64) throws {
        let base = UInt64.random(in: 0..<1 << 32)
        let rounds: UInt64 = TestSize.isFull ? 8_400 : 12
        for round in 0..<rounds {
            let seed = base &+ round &* 4 &+ part
            var walk = Walk(seed: seed)
            for step in 0..<300 {
                if let difference = walk.step() {
                    Issue.record("seed \(seed), step \(step): \(difference)")
                    return
                }
            }
        }
    }

    @Test("DESK-70 a desk that is read back from its rows goes on as the one in memory")
    func restart() {
        let base = UInt64.random(in: 0..<1 << 32)
        for seed in base..<base + 6 {
            var walk = Walk(seed: seed)
            for step in 0..<200 {
                if step % 17 == 0 { walk.restart() }
                if let difference = walk.step() {
                    Issue.record("seed \(seed), step \(step): \(difference)")
                    return
                }
            }
        }
    }
}

/// One random history.
struct Walk {
    var shop: RandomShop
    var machine = DeskMachine()
    var model = DeskModel()
    /// The state in which each conversation's history ended.
    private var chains: [Int64: (n: Int64, status: ConversationStatus)] = [:]

    init(seed: UInt64) {
        shop = RandomShop(seed: seed)
        for queue in RandomShop.queues { _ = both(.queueChanged(queue)) }
        for number in 1...5 as ClosedRange<Int64> { _ = both(.agentChanged(shop.agent(number))) }
        for number in 1...4 as ClosedRange<Int64> { _ = both(.agentStatus(number, .available)) }
    }

    /// One event to both; what differs afterwards.
    mutating func step() -> String? {
        shop.pass()
        return both(shop.event(model))
    }

    mutating func restart() {
        let kept = Array(machine.conversations.values)
        machine = DeskMachine(
            queues: Array(machine.queues.values), agents: Array(machine.agents.values), conversations: kept,
            at: machine.now)
    }

    private mutating func both(_ event: DeskEvent) -> String? {
        let loads = machine.agents.mapValues(\.load)
        let (outcome, refusal) = machine.received(event, at: shop.now)
        let isTaken = model.received(event, at: shop.now)
        if isTaken != (refusal == nil) { return "\(event): refusal \(String(describing: refusal)), model \(isTaken)" }
        let lines = outcome.transitions.map { "\($0.conversation) \($0.to) \($0.reason)" }
        if lines.sorted() != model.history.sorted() { return "\(event): \(lines), model \(model.history)" }
        return problem(outcome, loads).map { "\(event): \($0)" } ?? difference().map { "\(event): \($0)" }
    }

    private func difference() -> String? {
        if let violation = machine.violations().first { return violation }
        let (open, now) = (model.conversations, shop.now)
        if machine.conversations.count != open.count { return "\(machine.conversations.count) open, not \(open.count)" }
        for expected in open {
            guard var found = machine.conversations[expected.number] else { return "\(expected.number) is missing" }
            // What has run out may be forgotten sooner or later.
            if found.holdUntil <= now { found.holdUntil = 0 }
            found.exclusions = found.exclusions.filter { $0.value > now }
            var plain = expected
            if plain.holdUntil <= now { plain.holdUntil = 0 }
            plain.exclusions = plain.exclusions.filter { $0.value > now }
            if found != plain { return "\(found)\nmodel \(plain)" }
        }
        for expected in model.agents {
            guard let found = machine.agents[expected.number] else { return "agent \(expected.number) is missing" }
            let same =
                found.status == expected.status && found.load == model.load(expected.number)
                && found.misses == expected.misses && found.lostAt == expected.lostAt
                && found.lastAssigned == expected.lastAssigned && found.isPresent == model.isPresent(expected)
            if !same { return "\(found)\nmodel \(expected)" }
        }
        return nil
    }

    /// What only the steps show: capacity (I2), presence (I4), gapless chained histories (I7).
    private mutating func problem(_ outcome: DeskOutcome, _ loads: [Int64: Int64]) -> String? {
        for transition in outcome.transitions {
            let chain = chains[transition.conversation]
            if transition.n != (chain?.n ?? 0) + 1 { return "I7 gap at \(transition)" }
            if transition.from != chain?.status { return "I7 broken chain at \(transition)" }
            chains[transition.conversation] = (transition.n, transition.to)
            guard transition.reason == .assigned || transition.reason == .offered else { continue }
            guard let number = transition.owner?.agent, let agent = machine.agents[number] else { return "no owner" }
            if !agent.isPresent { return "I4 \(transition)" }
            if agent.load > max(agent.capacity, loads[number] ?? 0) { return "I2 \(agent)" }
            if transition.why?.candidates.first?.agent != number { return "no reason for \(transition)" }
        }
        return nil
    }
}
