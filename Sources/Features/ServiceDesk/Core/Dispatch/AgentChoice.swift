extension DeskMachine {
    /// What keeps an agent from a waiting conversation; nil when nothing does.
    package func obstacle(_ conversation: Conversation, _ agent: DeskAgent) -> Ineligibility? {
        if !agent.queues.contains(conversation.queue) { return .notOnRoster }
        if queues[conversation.queue]?.isOpen != true { return .closed }
        if agent.status != .available { return .notAvailable }
        if agent.lostAt != nil { return .lost }
        if !agent.isOnShift { return .offShift }
        if !conversation.skills.allSatisfy(agent.skills.contains) { return .skills }
        if conversation.exclusions[agent.number, default: 0] > now { return .excluded }
        if isHeld(conversation, from: agent.number) { return .held }
        return agent.hasRoom ? nil : .full
    }

    /// Whether a conversation waits for another agent, who is there.
    private func isHeld(_ conversation: Conversation, from agent: Int64) -> Bool {
        guard conversation.holdUntil > now, let preferred = conversation.prefer, preferred != agent else {
            return false
        }
        return agents[preferred]?.isPresent ?? false
    }

    /// Which agent gets a conversation, and why; nil when nobody can take it.
    func choose(_ conversation: Conversation, _ queue: DeskQueue) -> (agent: Int64, why: Why)? {
        var eligible: [DeskAgent] = []
        var kept: [Ineligibility: Int] = [:]
        for number in rosters[queue.number] ?? [] {
            guard let agent = agents[number] else { continue }
            if let obstacle = obstacle(conversation, agent) {
                kept[obstacle, default: 0] += 1
            } else {
                eligible.append(agent)
            }
        }
        let preferred = eligible.first { $0.number == conversation.prefer }
        guard let chosen = preferred ?? eligible.min(by: queue.policy.isBetter) else { return nil }
        let others = eligible.filter { $0.number != chosen.number }.sorted(by: queue.policy.isBetter).prefix(7)
        let why = Why(
            policy: queue.policy, isPreferred: preferred != nil,
            candidates: ([chosen] + others).map { .init(agent: $0.number, load: $0.load, capacity: $0.capacity) },
            eligible: eligible.count, kept: kept, waited: max(0, now - conversation.enqueued))
        return (chosen.number, why)
    }
}

extension ChoicePolicy {
    /// Whether one agent gets a conversation before another. No two agents are equal.
    func isBetter(_ one: DeskAgent, _ other: DeskAgent) -> Bool {
        let idle = (one.lastAssigned, one.number) < (other.lastAssigned, other.number)
        // Shares of the capacity compared as whole numbers.
        let (mine, theirs) = (one.load * other.capacity, other.load * one.capacity)
        switch self {
        case .longestIdle: return idle
        case .leastLoaded: return mine == theirs ? idle : mine < theirs
        case .specialist:
            if one.skills.count != other.skills.count { return one.skills.count < other.skills.count }
            return mine == theirs ? idle : mine < theirs
        }
    }
}
