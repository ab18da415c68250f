extension DeskMachine {
    /// Does what is due.
    mutating func fire(_ timer: DeskTimer) {
        switch timer {
        case .conversation(let number): fireConversation(number)
        case .exclusion(let number, let agent):
            update(number) { $0.exclusions[agent] = nil }
            dirtyConversations.insert(number)
        case .hold(let number):
            update(number) { $0.holdUntil = 0 }
            dirtyConversations.insert(number)
        case .lost(let agent): leave(agent)
        }
    }

    /// Opens or closes what has hours.
    mutating func turn(_ timer: CalendarTimer) {
        switch timer {
        case .queue(let queue): turnQueue(queue)
        case .agent(let agent): turnShift(agent)
        }
    }

    private mutating func fireConversation(_ number: Int64) {
        guard let conversation = conversations[number], let kind = conversation.deadline?.kind else { return }
        let agent = conversation.owner?.agent
        switch kind {
        case .robotSilent: enqueue(number, .robotSilent, since: now)
        case .target, .alert: waitedTooLong(conversation, kind)
        case .opening: beginToWait(conversation)
        case .offer:
            if let agent { miss(number, agent, .offerTimeout) }
        case .silent:
            if let agent { outcome.notices.append(.takenFrom(agent: agent, conversation: number)) }
            enqueue(number, .agentSilent, excluding: agent)
        case .idle: try? resolve(number, .idle, by: nil)
        case .snooze: enqueue(number, .snoozeEnded, since: now, prefer: agent)
        }
    }

    /// Nobody came within the target: somebody is told, and once another queue is tried.
    private mutating func waitedTooLong(_ conversation: Conversation, _ kind: DeadlineKind) {
        let number = conversation.number
        guard let queue = queues[conversation.queue] else { return }
        guard queue.isOpen else { return beginToWait(conversation) }
        outcome.notices.append(.waitsTooLong(number))
        let other = queue.overflow.flatMap { queues[$0] }
        guard kind == .target, let other, other.isActive, other.shop == queue.shop, other.number != queue.number
        else {
            let again = Deadline(at: now + queue.target, kind: .alert)
            return update(number) { $0.deadline = again }
        }
        let next = Deadline(at: now + other.target, kind: .alert)
        move(number, to: .queued, owner: nil, deadline: next, .overflow) { $0.queue = other.number }
        dirtyConversations.insert(number)
    }

    /// The clock of the target begins when the queue is open.
    private mutating func beginToWait(_ conversation: Conversation) {
        guard let queue = queues[conversation.queue] else { return }
        let deadline: Deadline
        if queue.isOpen {
            deadline = Deadline(at: now + queue.target, kind: .target)
        } else {
            let opens = queue.hours?.nextOpening(from: now)
            deadline = Deadline(at: max(now + 1, opens ?? now + 86_400_000), kind: .opening)
        }
        update(conversation.number) { $0.deadline = deadline }
        dirtyConversations.insert(conversation.number)
    }

    private mutating func turnShift(_ number: Int64) {
        guard let shift = agents[number]?.shift else { return }
        let isOnShift = shift.isOpen(at: now)
        updateAgent(number) { $0.isOnShift = isOnShift }
        calendar.set(.agent(number), shift.nextChange(after: now))
    }

    private mutating func turnQueue(_ number: Int64) {
        guard let hours = queues[number]?.hours else { return }
        queues[number]?.isOpen = hours.isOpen(at: now)
        calendar.set(.queue(number), hours.nextChange(after: now))
        dirtyAgents.formUnion(rosters[number] ?? [])
    }
}
