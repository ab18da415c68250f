extension DeskMachine {
    mutating func accept(_ number: Int64, _ agent: Int64) throws(DeskRefusal) {
        let conversation = try offer(number, to: agent)
        updateAgent(agent) { $0.misses = 0 }
        move(number, to: .open, owner: .agent(agent), deadline: silence(of: conversation), .accepted, by: agent)
    }

    mutating func decline(_ number: Int64, _ agent: Int64) throws(DeskRefusal) {
        _ = try offer(number, to: agent)
        miss(number, agent, .declined)
    }

    private func offer(_ number: Int64, to agent: Int64) throws(DeskRefusal) -> Conversation {
        let conversation = try conversation(number)
        guard agents[agent] != nil else { throw .unknownAgent }
        guard conversation.status == .offered, conversation.owner == .agent(agent) else {
            throw .stale(conversation.status)
        }
        return conversation
    }

    /// An agent takes a conversation of a queue from which agents take. In others nobody jumps the line.
    mutating func pick(_ number: Int64, _ agent: Int64) throws(DeskRefusal) {
        let conversation = try conversation(number)
        guard let known = agents[agent] else { throw .unknownAgent }
        guard conversation.status == .queued, queues[conversation.queue]?.mode == .pick else {
            throw .stale(conversation.status)
        }
        // Somebody who was excluded or for whom it is not held may take it by hand.
        if let obstacle = obstacle(conversation, known), obstacle != .excluded, obstacle != .held {
            throw .notEligible(obstacle)
        }
        guard known.hasRoom else { throw .notEligible(.full) }
        give(number, to: agent, .open, .picked, by: agent, why: nil)
    }

    mutating func force(_ number: Int64, _ agent: Int64, by: Int64) throws(DeskRefusal) {
        let conversation = try conversation(number)
        guard agents[agent] != nil else { throw .unknownAgent }
        let isOwn = conversation.owner == .agent(agent)
        if isOwn, conversation.status == .open || conversation.status == .waiting { return }
        give(number, to: agent, .open, .forced, by: by, why: nil)
    }

    /// Gives a conversation to an agent.
    mutating func give(
        _ number: Int64, to agent: Int64, _ status: ConversationStatus, _ reason: TransitionReason, by: Int64?,
        why: Why?
    ) {
        guard let conversation = conversations[number] else { return }
        let deadline =
            status == .offered ? Deadline(at: now + times.offer, kind: .offer) : silence(of: conversation)
        move(number, to: status, owner: .agent(agent), deadline: deadline, reason, by: by, why: why) { conversation in
            conversation.prefer = nil
            conversation.holdUntil = 0
            conversation.robotRun = 0
        }
        stamp = max(stamp + 1, now)
        let stamp = stamp
        updateAgent(agent) { $0.lastAssigned = stamp }
    }
}
