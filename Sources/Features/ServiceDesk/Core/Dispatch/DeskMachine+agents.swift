extension DeskMachine {
    /// Changes an agent; dispatch looks at the agent afterwards.
    mutating func updateAgent(_ number: Int64, _ body: (inout DeskAgent) -> Void) {
        guard let old = agents[number] else { return }
        var new = old
        body(&new)
        guard new != old else { return }
        agents[number] = new
        outcome.agents[number] = new
        dirtyAgents.insert(number)
        // What was held for an agent who left is free for the others.
        if old.isPresent, !new.isPresent { dirtyConversations.formUnion(preferring[number] ?? []) }
    }

    // MARK: Settings

    mutating func set(_ wish: DeskAgent) {
        let old = agents[wish.number]
        var agent = wish
        if let old {
            agent.status = old.status
            agent.load = old.load
            agent.lastAssigned = old.lastAssigned
            agent.misses = old.misses
            agent.lostAt = old.lostAt
        } else {
            agents[wish.number] = DeskAgent(number: wish.number, capacity: 0)
        }
        agent.isOnShift = agent.shift?.isOpen(at: now) ?? true
        updateAgent(wish.number) { $0 = agent }
        for queue in (old?.queues ?? []).subtracting(agent.queues) { rosters[queue]?.removeAll { $0 == agent.number } }
        for queue in agent.queues.subtracting(old?.queues ?? []) {
            rosters[queue, default: []].append(agent.number)
            rosters[queue]?.sort()
        }
        calendar.set(.agent(agent.number), agent.shift?.nextChange(after: now))
    }

    mutating func set(_ wish: DeskQueue) {
        var queue = wish
        queue.isOpen = queue.hours?.isOpen(at: now) ?? true
        let old = queues[queue.number]
        let waiting = orders[queue.number]?.lists.values.flatMap { $0.map(\.conversation) } ?? []
        if let old, old.offset != queue.offset {
            orders[queue.number] = QueueOrder()
            queues[queue.number] = queue
            for number in waiting {
                guard let conversation = conversations[number], let place = place(of: conversation) else { continue }
                orders[queue.number]?.insert(place, skills: conversation.skills)
            }
        }
        queues[queue.number] = queue
        calendar.set(.queue(queue.number), queue.hours?.nextChange(after: now))
        dirtyConversations.formUnion(waiting)
    }

    // MARK: Coming and going

    mutating func setStatus(_ number: Int64, _ status: AgentStatus) throws(DeskRefusal) {
        guard agents[number] != nil else { throw .unknownAgent }
        if status == .offline { return leave(number) }
        updateAgent(number) { agent in
            agent.status = status
            agent.lostAt = nil
            agent.misses = 0
        }
        deadlines.set(.lost(number), nil)
        if status == .away { takeBackOffers(of: number, .agentAway) }
    }

    mutating func lose(_ number: Int64) throws(DeskRefusal) {
        guard let agent = agents[number] else { throw .unknownAgent }
        guard agent.status != .offline, agent.lostAt == nil else { return }
        let until = now + times.lostGrace
        updateAgent(number) { $0.lostAt = until }
        deadlines.set(.lost(number), until)
    }

    mutating func see(_ number: Int64) throws(DeskRefusal) {
        guard agents[number] != nil else { throw .unknownAgent }
        updateAgent(number) { $0.lostAt = nil }
        deadlines.set(.lost(number), nil)
    }

    /// The agent is gone: what others can do goes to others.
    mutating func leave(_ number: Int64) {
        updateAgent(number) { agent in
            agent.status = .offline
            agent.lostAt = nil
            agent.misses = 0
        }
        deadlines.set(.lost(number), nil)
        for conversation in (holdings[number] ?? []).sorted() { enqueue(conversation, .agentGone) }
    }

    private mutating func takeBackOffers(of number: Int64, _ reason: TransitionReason) {
        for held in (holdings[number] ?? []).sorted() where conversations[held]?.status == .offered {
            enqueue(held, reason)
        }
    }

    /// An offer was not taken; the second one in a row sets the agent away.
    mutating func miss(_ number: Int64, _ agent: Int64, _ reason: TransitionReason) {
        enqueue(number, reason, by: reason == .declined ? agent : nil, excluding: agent)
        let limit = times.missesUntilAway
        updateAgent(agent) { $0.misses += 1 }
        guard let missed = agents[agent], missed.misses >= limit, missed.status == .available else { return }
        updateAgent(agent) { agent in
            agent.status = .away
            agent.misses = 0
        }
        outcome.notices.append(.agentSetAway(agent))
        takeBackOffers(of: agent, .agentAway)
    }
}
