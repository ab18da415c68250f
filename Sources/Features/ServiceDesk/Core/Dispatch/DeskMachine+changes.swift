extension DeskMachine {
    /// Changes a conversation and everything that is derived from it.
    mutating func update(_ number: Int64, _ body: (inout Conversation) -> Void) {
        guard let old = conversations[number] else { return }
        var new = old
        body(&new)
        guard new != old else { return }
        conversations[number] = new.status == .resolved ? nil : new
        outcome.conversations[number] = new
        reindex(old, new)
    }

    /// Moves a conversation to another state and writes the line of its history.
    mutating func move(
        _ number: Int64, to status: ConversationStatus, owner: Owner?, deadline: Deadline?,
        _ reason: TransitionReason, by: Int64? = nil, why: Why? = nil, _ body: (inout Conversation) -> Void = { _ in }
    ) {
        guard let old = conversations[number] else { return }
        update(number) { conversation in
            conversation.status = status
            conversation.owner = owner
            conversation.deadline = deadline
            body(&conversation)
            conversation.n += 1
        }
        guard let new = outcome.conversations[number] else { return }
        if old.agentInside != new.agentInside {
            if let agent = old.agentInside { outcome.moves.append(.leave(agent: agent, conversation: number)) }
            if let agent = new.agentInside { outcome.moves.append(.enter(agent: agent, conversation: number)) }
        }
        outcome.transitions.append(
            Transition(
                conversation: number, n: new.n, from: old.n == 0 ? nil : old.status, to: status, owner: owner,
                queue: new.queue, reason: reason, by: by, why: why, at: now))
    }

    /// Puts a conversation into its queue.
    ///
    /// - Parameters:
    ///   - since: since when it waits; as before without one.
    ///   - prefer: who should get it, for as long as the hold runs.
    ///   - excluding: who does not get it by themselves for a while.
    mutating func enqueue(
        _ number: Int64, _ reason: TransitionReason, by: Int64? = nil, queue: Int64? = nil, since: Int64? = nil,
        prefer: Int64? = nil, excluding: Int64? = nil
    ) {
        guard let conversation = conversations[number] else { return }
        let deadline = queueDeadline(queue ?? conversation.queue, since: since ?? conversation.enqueued, number)
        let (now, hold, exclusion) = (now, now + times.hold, now + times.exclusion)
        move(number, to: .queued, owner: nil, deadline: deadline, reason, by: by) { conversation in
            if let queue { conversation.queue = queue }
            if let since { conversation.enqueued = since }
            conversation.prefer = prefer
            conversation.holdUntil = prefer == nil ? 0 : hold
            if let excluding { conversation.exclusions[excluding] = exclusion }
            conversation.exclusions = conversation.exclusions.filter { $0.value > now }
            conversation.robotRun = 0
        }
        dirtyConversations.insert(number)
    }

    /// When somebody must look at a conversation that begins to wait.
    private mutating func queueDeadline(_ queue: Int64, since: Int64, _ number: Int64) -> Deadline {
        guard let queue = queues[queue] else { return Deadline(at: now + 60_000, kind: .alert) }
        guard queue.isOpen else {
            let opens = queue.hours?.nextOpening(from: now)
            outcome.notices.append(.closed(number, opens: opens))
            return Deadline(at: max(now + 1, opens ?? now + 86_400_000), kind: .opening)
        }
        return Deadline(at: max(now + 1, since + queue.target), kind: .target)
    }

    /// Ends a conversation.
    mutating func resolve(
        _ number: Int64, _ reason: TransitionReason, by: Int64?, successor: Int64? = nil
    ) throws(DeskRefusal) {
        let old = try conversation(number)
        // An offer is taken back first, so that the history says who had it.
        if old.status == .offered { enqueue(number, .declined, by: by) }
        let now = now
        move(number, to: .resolved, owner: nil, deadline: nil, reason, by: by) { conversation in
            conversation.resolved = now
            conversation.successor = successor
            conversation.prefer = old.owner?.agent ?? conversation.prefer
            conversation.holdUntil = 0
            conversation.exclusions = [:]
            conversation.robotRun = 0
        }
    }

    // MARK: What is derived

    /// Brings what is derived from conversations up to date after one has changed.
    mutating func reindex(_ old: Conversation?, _ new: Conversation) {
        let isThere = new.status != .resolved
        if let old, old.key != new.key || !isThere { numbers[old.key] = nil }
        if isThere { numbers[new.key] = new.number }
        moveInLine(old, new)
        moveLoad(of: new.number, from: old?.agentWithPlace, to: new.agentWithPlace)
        moveHold(old, new)
        deadlines.set(.conversation(new.number), new.deadline?.at)
        let excluded = new.status == .queued ? new.exclusions : [:]
        for (agent, _) in old?.exclusions ?? [:] where excluded[agent] == nil {
            deadlines.set(.exclusion(new.number, agent: agent), nil)
        }
        for (agent, until) in excluded { deadlines.set(.exclusion(new.number, agent: agent), until) }
    }

    private mutating func moveInLine(_ old: Conversation?, _ new: Conversation) {
        let before = old.flatMap(place(of:))
        let after = place(of: new)
        guard before != after || old?.queue != new.queue || old?.skills != new.skills else { return }
        if let before, let old { orders[old.queue]?.remove(before, skills: old.skills) }
        if let after { orders[new.queue, default: QueueOrder()].insert(after, skills: new.skills) }
    }

    /// The place of a waiting conversation in its queue; nil for one that does not wait.
    func place(of conversation: Conversation) -> QueuePlace? {
        guard conversation.status == .queued else { return nil }
        return QueuePlace(conversation, offset: queues[conversation.queue]?.offset ?? 0)
    }

    private mutating func moveLoad(of number: Int64, from old: Int64?, to new: Int64?) {
        guard old != new else { return }
        if let old {
            holdings[old]?.remove(number)
            updateAgent(old) { $0.load -= 1 }
        }
        if let new {
            holdings[new, default: []].insert(number)
            updateAgent(new) { $0.load += 1 }
        }
    }

    private mutating func moveHold(_ old: Conversation?, _ new: Conversation) {
        let (before, after) = (old?.agentWaitedFor, new.agentWaitedFor)
        if let before, before != after { preferring[before]?.remove(new.number) }
        if let after { preferring[after, default: []].insert(new.number) }
        deadlines.set(.hold(new.number), after == nil ? nil : new.holdUntil)
    }
}

extension Conversation {
    /// The agent who is in the room.
    var agentInside: Int64? { status == .open || status == .waiting || status == .snoozed ? owner?.agent : nil }

    /// The agent whose capacity it takes.
    var agentWithPlace: Int64? { status.takesPlace ? owner?.agent : nil }

    /// The agent it is held for.
    var agentWaitedFor: Int64? { status == .queued && holdUntil > 0 ? prefer : nil }
}
