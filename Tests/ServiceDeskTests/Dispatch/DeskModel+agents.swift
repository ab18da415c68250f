@testable import ServiceDesk

extension DeskModel {
    mutating func set(_ wish: DeskAgent) -> Bool {
        guard let place = agentAt(wish.number) else {
            agents.append(wish)
            return true
        }
        agents[place].capacity = wish.capacity
        agents[place].skills = wish.skills
        agents[place].queues = wish.queues
        agents[place].shift = wish.shift
        return true
    }

    mutating func setStatus(_ number: Int64, _ status: AgentStatus) -> Bool {
        guard let place = agentAt(number) else { return false }
        agents[place].status = status
        agents[place].lostAt = nil
        agents[place].misses = 0
        for index in held(by: number) {
            if status == .offline { wait(index, "agentGone") }
            if status == .away, conversations[index].status == .offered { wait(index, "agentAway") }
        }
        return true
    }

    private func held(by agent: Int64) -> [Int] {
        conversations.indices.filter {
            conversations[$0].status.takesPlace && conversations[$0].owner == .agent(agent)
        }.sorted { conversations[$0].number < conversations[$1].number }
    }

    mutating func miss(_ index: Int, _ agent: Int64, _ reason: String) {
        wait(index, reason, excluding: agent)
        guard let place = agentAt(agent) else { return }
        agents[place].misses += 1
        guard agents[place].misses >= times.missesUntilAway, agents[place].status == .available else { return }
        agents[place].status = .away
        agents[place].misses = 0
        for other in held(by: agent) where conversations[other].status == .offered { wait(other, "agentAway") }
    }

    // MARK: Time

    struct Due {
        var at: Int64
        var timer: DeskTimer
    }

    /// What comes due first. Hours need no timer here: they are asked for when they count.
    func nextDue() -> Due? {
        var due: [Due] = []
        for conversation in conversations {
            if let deadline = conversation.deadline {
                due.append(Due(at: deadline.at, timer: .conversation(conversation.number)))
            }
        }
        for agent in agents {
            if let at = agent.lostAt { due.append(Due(at: at, timer: .lost(agent.number))) }
        }
        return due.min { ($0.at, $0.timer) < ($1.at, $1.timer) }
    }

    mutating func fire(_ due: Due) {
        if case .lost(let agent) = due.timer {
            _ = setStatus(agent, .offline)
            return
        }
        guard case .conversation(let number) = due.timer, let index = at(number),
            let kind = conversations[index].deadline?.kind
        else { return }
        let agent = conversations[index].owner?.agent
        switch kind {
        case .robotSilent: wait(index, "robotSilent", anew: true)
        case .offer: miss(index, agent ?? 0, "offerTimeout")
        case .silent: wait(index, "agentSilent", excluding: agent)
        case .idle: end(index, "idle")
        case .snooze: wait(index, "snoozeEnded", anew: true, prefer: agent)
        case .target, .alert, .opening: waited(index, kind)
        }
    }

    private mutating func waited(_ index: Int, _ kind: DeadlineKind) {
        guard let queue = queue(conversations[index].queue) else { return }
        guard isOpen(queue) else {
            let opens = queue.hours?.nextOpening(from: now) ?? now + 86_400_000
            conversations[index].deadline = Deadline(at: max(now + 1, opens), kind: .opening)
            return
        }
        if kind == .opening {
            conversations[index].deadline = Deadline(at: now + queue.target, kind: .target)
        } else if kind == .target, let number = queue.overflow, let other = self.queue(number), other.isActive {
            go(index, .queued, nil, other.target, .alert, "overflow")
            conversations[index].queue = number
        } else {
            conversations[index].deadline = Deadline(at: now + queue.target, kind: .alert)
        }
    }
}
