@testable import ServiceDesk

/// Dispatch as one would explain it at a table: lists that are looked through from the beginning, nothing remembered.
struct DeskModel {
    let times = DeskTimes()
    var queues: [DeskQueue] = []
    var agents: [DeskAgent] = []
    /// Those that have not ended.
    var conversations: [Conversation] = []
    /// Those that have, the newest last.
    var ended: [Conversation] = []
    var now: Int64 = 0
    var stamp: Int64 = 0
    var history: [String] = []

    /// Applies an event; false if it was refused.
    mutating func received(_ event: DeskEvent, at moment: Int64) -> Bool {
        now = moment
        history = []
        while let due = nextDue(), due.at <= now { fire(due) }
        let isTaken = apply(event)
        while let (conversation, agent) = firstPair() { assign(conversation, agent) }
        return isTaken
    }

    // MARK: Looking

    func at(_ number: Int64) -> Int? { conversations.firstIndex { $0.number == number } }
    func agentAt(_ number: Int64) -> Int? { agents.firstIndex { $0.number == number } }
    func queue(_ number: Int64) -> DeskQueue? { queues.first { $0.number == number } }
    func isOpen(_ queue: DeskQueue) -> Bool { queue.hours?.isOpen(at: now) ?? true }
    func isOpen(_ key: ConversationKey) -> Bool { conversations.contains { $0.key == key } }
    func load(_ agent: Int64) -> Int64 {
        Int64(conversations.count { $0.status.takesPlace && $0.owner == .agent(agent) })
    }
    func isPresent(_ agent: DeskAgent) -> Bool {
        agent.status == .available && agent.lostAt == nil && agent.shift?.isOpen(at: now) ?? true
    }

    func isEligible(_ conversation: Conversation, _ agent: DeskAgent) -> Bool {
        guard conversation.status == .queued, let queue = queue(conversation.queue), isOpen(queue),
            isPresent(agent), agent.queues.contains(queue.number), load(agent.number) < agent.capacity,
            conversation.skills.allSatisfy(agent.skills.contains),
            conversation.exclusions[agent.number, default: 0] <= now
        else { return false }
        if conversation.holdUntil > now, let preferred = conversation.prefer, preferred != agent.number,
            let other = agentAt(preferred), isPresent(agents[other])
        {
            return false
        }
        return true
    }

    private func key(_ conversation: Conversation) -> Int64 {
        conversation.enqueued - 600_000 * conversation.priority + (queue(conversation.queue)?.offset ?? 0)
    }

    /// The first conversation in order that anybody could take, and the best of those who could.
    private func firstPair() -> (Int, Int)? {
        let free = agents.indices.filter { isPresent(agents[$0]) && load(agents[$0].number) < agents[$0].capacity }
        guard !free.isEmpty else { return nil }
        let waiting = conversations.indices.filter { index in
            conversations[index].status == .queued && queue(conversations[index].queue)?.mode != .pick
        }.sorted { one, other in
            (key(conversations[one]), conversations[one].number)
                < (key(conversations[other]), conversations[other].number)
        }
        for index in waiting {
            let eligible = free.filter { isEligible(conversations[index], agents[$0]) }
            if let preferred = eligible.first(where: { agents[$0].number == conversations[index].prefer }) {
                return (index, preferred)
            }
            let policy = queue(conversations[index].queue)?.policy ?? .leastLoaded
            if let best = eligible.min(by: { rank(agents[$0], policy) < rank(agents[$1], policy) }) {
                return (index, best)
            }
        }
        return nil
    }

    /// Equal in the first number goes on to the second.
    private func rank(_ agent: DeskAgent, _ policy: ChoicePolicy) -> Rank {
        let share = Double(load(agent.number)) / Double(agent.capacity)
        switch policy {
        case .leastLoaded: return Rank(values: [share, Double(agent.lastAssigned)])
        case .longestIdle: return Rank(values: [Double(agent.lastAssigned), Double(agent.number)])
        case .specialist: return Rank(values: [Double(agent.skills.count), share, Double(agent.lastAssigned)])
        }
    }

    struct Rank: Comparable {
        var values: [Double]
        static func < (one: Rank, other: Rank) -> Bool { one.values.lexicographicallyPrecedes(other.values) }
    }

    // MARK: Changing

    private mutating func assign(_ index: Int, _ agent: Int) {
        let isOffer = queue(conversations[index].queue)?.mode == .offer
        give(index, agents[agent].number, isOffer ? .offered : .open, isOffer ? "offered" : "assigned")
    }

    mutating func give(_ index: Int, _ agent: Int64, _ status: ConversationStatus, _ reason: String) {
        let silence = conversations[index].isAnswered ? times.laterSilence : times.firstSilence
        go(
            index, status, .agent(agent), status == .offered ? times.offer : silence,
            status == .offered ? .offer : .silent, reason)
        conversations[index].prefer = nil
        conversations[index].holdUntil = 0
        conversations[index].robotRun = 0
        stamp = max(stamp + 1, now)
        if let place = agentAt(agent) { agents[place].lastAssigned = stamp }
    }

    mutating func go(
        _ index: Int, _ status: ConversationStatus, _ owner: Owner?, _ after: Int64, _ kind: DeadlineKind?,
        _ reason: String
    ) {
        conversations[index].status = status
        conversations[index].owner = owner
        conversations[index].deadline = kind.map { Deadline(at: now + after, kind: $0) }
        conversations[index].n += 1
        history.append("\(conversations[index].number) \(status) \(reason)")
    }

    mutating func wait(
        _ index: Int, _ reason: String, in queue: Int64? = nil, anew: Bool = false, prefer: Int64? = nil,
        excluding: Int64? = nil
    ) {
        if let queue { conversations[index].queue = queue }
        if anew { conversations[index].enqueued = now }
        go(index, .queued, nil, 0, .target, reason)
        conversations[index].deadline = waitingDeadline(conversations[index])
        conversations[index].prefer = prefer
        conversations[index].holdUntil = prefer == nil ? 0 : now + times.hold
        if let excluding { conversations[index].exclusions[excluding] = now + times.exclusion }
        conversations[index].exclusions = conversations[index].exclusions.filter { $0.value > now }
        conversations[index].robotRun = 0
    }

    private func waitingDeadline(_ conversation: Conversation) -> Deadline {
        guard let queue = queue(conversation.queue) else { return Deadline(at: now + 60_000, kind: .alert) }
        if isOpen(queue) { return Deadline(at: max(now + 1, conversation.enqueued + queue.target), kind: .target) }
        return Deadline(at: max(now + 1, queue.hours?.nextOpening(from: now) ?? now + 86_400_000), kind: .opening)
    }

    mutating func end(_ index: Int, _ reason: String, successor: Int64? = nil) {
        let agent = conversations[index].owner?.agent
        if conversations[index].status == .offered { wait(index, "declined") }
        go(index, .resolved, nil, 0, nil, reason)
        conversations[index].resolved = now
        conversations[index].successor = successor
        if let agent { conversations[index].prefer = agent }
        conversations[index].holdUntil = 0
        conversations[index].exclusions = [:]
        conversations[index].robotRun = 0
        ended.append(conversations.remove(at: index))
    }
}
