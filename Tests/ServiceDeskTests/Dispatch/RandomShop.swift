import Basics

@testable import ServiceDesk

/// A small shop in which everything happens that may happen.
struct RandomShop {
    var random: SeededRandom
    var now: Int64 = 1_800_000_000_000
    private var opened: Int64 = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    static let skills = ["english", "repair"]

    mutating func below(_ limit: Int64) -> Int64 { Int64(random.next() % UInt64(limit)) }

    /// Queues of all modes, one with hours, one that flows over.
    static let queues: [DeskQueue] = {
        let day = WeeklyHours(
            zone: ZoneOffsets(first: 8 * 3_600_000),
            spans: (0..<6).map { .init(weekday: $0, from: 9 * 60, to: 18 * 60) })
        return [
            DeskQueue(number: 1, name: "sales", overflow: 2),
            DeskQueue(number: 2, name: "service", mode: .offer, policy: .longestIdle, target: 90_000),
            DeskQueue(number: 3, name: "appraisal", mode: .pick, target: 120_000),
            DeskQueue(number: 4, name: "day", policy: .specialist, offset: -600_000, hours: day),
        ]
    }()

    mutating func agent(_ number: Int64) -> DeskAgent {
        var skills: Set<String> = []
        for skill in Self.skills where below(2) == 0 { skills.insert(skill) }
        var queues: Set<Int64> = []
        for queue in 1...4 as ClosedRange<Int64> where below(3) > 0 { queues.insert(queue) }
        var agent = DeskAgent(number: number, capacity: below(4), skills: skills, queues: queues)
        if below(4) == 0 {
            agent.shift = WeeklyHours(spans: (0..<7).map { .init(weekday: $0, from: 120 * (number % 7), to: 900) })
        }
        return agent
    }

    /// Time goes on, mostly a little.
    mutating func pass() {
        switch below(20) {
        case 0: now += below(40_000_000)
        case 1...4: now += below(400_000)
        case 5...9: now += 0
        default: now += below(15_000)
        }
    }

    /// Something that happens; about one in three is refused.
    mutating func event(_ model: DeskModel) -> DeskEvent {
        let number = 1 + below(max(1, opened + 1))
        let recent = max(1, opened - below(14))
        let conversation = below(4) == 0 ? number : recent
        let agent = 1 + below(6)
        switch below(26) {
        case 0...4: return opening()
        case 5...6: return .customerMessage(conversation)
        case 7...8: return .staffMessage(conversation, by: owner(conversation, model) ?? agent)
        case 9: return .robotMessage(conversation)
        case 10: return .handover(conversation, queue: below(2) == 0 ? nil : 1 + below(5), by: nil)
        case 11...12: return .accepted(conversation, agent: owner(conversation, model) ?? agent)
        case 13: return .declined(conversation, agent: owner(conversation, model) ?? agent)
        case 14: return .picked(conversation, agent: agent)
        case 15: return .transferred(conversation, to: below(2) == 0 ? .queue(1 + below(5)) : .agent(agent), by: 9)
        case 16: return .snoozed(conversation, until: now + below(600_000) - 1_000, by: agent)
        case 17: return .resolved(conversation, by: agent)
        case 18: return reopening(model) ?? .timePassed
        case 19: return .forced(conversation, agent: agent, by: 9)
        case 20...22: return .agentStatus(agent, AgentStatus(rawValue: min(2, below(5))) ?? .available)
        case 23: return below(2) == 0 ? .agentLost(agent) : .agentSeen(agent)
        case 24: return rare(conversation, agent, model)
        default: return .timePassed
        }
    }

    private func owner(_ number: Int64, _ model: DeskModel) -> Int64? {
        model.at(number).flatMap { model.conversations[$0].owner?.agent }
    }

    private mutating func opening() -> DeskEvent {
        opened += 1
        let skills = below(3) == 0 ? [Self.skills[Int(below(2))]] : []
        let conversation = Conversation(
            number: opened, room: opened, shop: 1, topic: below(4) == 0 ? "repair" : "buy", person: 1 + below(10),
            queue: 1 + below(4), priority: below(5) == 0 ? 2 : 0, skills: skills, opened: now)
        return .opened(conversation, robot: below(4) == 0 ? 100 : nil)
    }

    private mutating func reopening(_ model: DeskModel) -> DeskEvent? {
        let ended = model.ended.suffix(8)
        guard !ended.isEmpty else { return nil }
        return .reopened(ended[ended.startIndex + Int(below(Int64(ended.count)))], by: nil)
    }

    /// One that had ended, as it may have been before.
    private mutating func restoring(_ model: DeskModel) -> DeskEvent? {
        let ended = model.ended.suffix(8)
        guard !ended.isEmpty else { return nil }
        let stored = ended[ended.startIndex + Int(below(Int64(ended.count)))]
        var before = stored
        before.enqueued = now - below(600_000)
        before.isAnswered = below(2) == 0
        let until = now + below(600_000) - 200_000
        switch below(5) {
        case 0:
            (before.status, before.owner, before.deadline) = (
                .robot, .robot(100), Deadline(at: until, kind: .robotSilent)
            )
        case 1: (before.status, before.owner, before.deadline) = (.queued, nil, Deadline(at: until, kind: .target))
        case 2:
            (before.status, before.owner, before.deadline) = (
                .waiting, .agent(1 + below(6)), Deadline(at: until, kind: .idle)
            )
        case 3:
            (before.status, before.owner, before.deadline) = (
                .snoozed, .agent(1 + below(6)), Deadline(at: until, kind: .snooze)
            )
        default:
            (before.status, before.owner, before.deadline) = (
                .open, .agent(1 + below(6)), Deadline(at: until, kind: .silent)
            )
        }
        return .restored(stored, as: before, by: 9)
    }

    private mutating func rare(_ conversation: Int64, _ agent: Int64, _ model: DeskModel) -> DeskEvent {
        switch below(6) {
        case 4: return .observed(conversation, below(2) == 0 ? .listened : .whispered, by: 9)
        case 5: return restoring(model) ?? .timePassed
        case 0: return .superseded(conversation, successor: 1, by: nil)
        case 1: return .personChanged(conversation, person: 1 + below(10), enqueued: now - below(100_000))
        case 2:
            var queue = Self.queues[Int(below(4))]
            queue.offset = below(3) * 300_000 - 300_000
            return .queueChanged(queue)
        default: return .agentChanged(self.agent(agent))
        }
    }
}
