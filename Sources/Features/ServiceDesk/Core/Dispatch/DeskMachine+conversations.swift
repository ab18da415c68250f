extension DeskMachine {
    // MARK: Coming and coming back

    mutating func open(_ wish: Conversation, robot: Int64?) throws(DeskRefusal) {
        try requireActive(wish.queue, in: wish.shop)
        guard conversations[wish.number] == nil else { throw .impossible("The number is in use.") }
        if let known = numbers[wish.key] { throw .alreadyOpen(known) }
        var conversation = wish
        conversation.n = 0
        conversation.opened = now
        // It comes from nothing, as a resolved one does.
        conversation.status = .resolved
        conversations[wish.number] = conversation
        guard let robot else { return enqueue(wish.number, .opened, since: now) }
        let now = now
        let deadline = Deadline(at: now + times.robotSilence, kind: .robotSilent)
        move(wish.number, to: .robot, owner: .robot(robot), deadline: deadline, .opened) { $0.enqueued = now }
    }

    mutating func reopen(_ stored: Conversation, by: Int64?) throws(DeskRefusal) {
        guard stored.status == .resolved, let resolved = stored.resolved else { throw .stale(stored.status) }
        guard now - resolved <= times.reopenWindow else { throw .stale(.resolved) }
        guard queues[stored.queue] != nil else { throw .unknownQueue }
        if let known = numbers[stored.key] { throw .alreadyOpen(known) }
        guard conversations[stored.number] == nil else { throw .alreadyOpen(stored.number) }
        var conversation = stored
        conversation.resolved = nil
        conversation.successor = nil
        conversation.isAnswered = false
        conversations[stored.number] = conversation
        enqueue(stored.number, .reopened, by: by, since: now, prefer: stored.prefer)
    }

    // MARK: Speaking

    mutating func customerSpoke(_ number: Int64) throws(DeskRefusal) {
        let conversation = try conversation(number)
        switch conversation.status {
        case .robot:
            let deadline = Deadline(at: now + times.robotSilence, kind: .robotSilent)
            update(number) { conversation in
                conversation.robotRun = 0
                conversation.deadline = deadline
            }
        case .waiting:
            move(number, to: .open, owner: conversation.owner, deadline: silence(of: conversation), .customerMessage)
        case .snoozed:
            enqueue(number, .customerMessage, since: now, prefer: conversation.owner?.agent)
        case .queued, .offered, .open, .resolved:
            break
        }
    }

    mutating func staffSpoke(_ number: Int64, by agent: Int64) throws(DeskRefusal) {
        let conversation = try conversation(number)
        guard conversation.owner == .agent(agent) else { return }
        let idle = Deadline(at: now + times.idle, kind: .idle)
        switch conversation.status {
        case .open:
            move(number, to: .waiting, owner: conversation.owner, deadline: idle, .answered, by: agent) {
                $0.isAnswered = true
            }
        case .waiting:
            update(number) { $0.deadline = idle }
        case .robot, .queued, .offered, .snoozed, .resolved:
            break
        }
    }

    mutating func robotSpoke(_ number: Int64) throws(DeskRefusal) {
        let conversation = try conversation(number)
        guard conversation.status == .robot else { return }
        guard conversation.robotRun + 1 < times.robotRun else { return enqueue(number, .robotLoop, since: now) }
        let idle = Deadline(at: now + times.idle, kind: .idle)
        update(number) { conversation in
            conversation.robotRun += 1
            conversation.deadline = idle
        }
    }

    mutating func handOver(_ number: Int64, queue: Int64?, by: Int64?) throws(DeskRefusal) {
        let conversation = try conversation(number)
        guard conversation.status == .robot else { throw .stale(conversation.status) }
        if let queue { try requireActive(queue, in: conversation.shop) }
        enqueue(number, .robotHandover, by: by, queue: queue, since: now)
    }

    /// How long the agent may now be silent.
    func silence(of conversation: Conversation) -> Deadline {
        Deadline(at: now + (conversation.isAnswered ? times.laterSilence : times.firstSilence), kind: .silent)
    }

    // MARK: Going elsewhere

    /// Conversations stay in their shop.
    private func requireActive(_ queue: Int64, in shop: Int64) throws(DeskRefusal) {
        guard let queue = queues[queue], queue.isActive, queue.shop == shop else { throw .unknownQueue }
    }

    mutating func transfer(_ number: Int64, to target: TransferTarget, by: Int64?) throws(DeskRefusal) {
        let conversation = try conversation(number)
        guard [.queued, .open, .waiting].contains(conversation.status) else { throw .stale(conversation.status) }
        let former = conversation.owner?.agent
        switch target {
        case .queue(let queue):
            try requireActive(queue, in: conversation.shop)
            enqueue(number, .transferredToQueue, by: by, queue: queue, excluding: former)
        case .agent(let agent):
            guard let known = agents[agent] else { throw .unknownAgent }
            guard known.queues.contains(conversation.queue) else { throw .notEligible(.notOnRoster) }
            guard agent != former else { throw .impossible("The conversation is this agent's already.") }
            enqueue(number, .transferredToAgent, by: by, prefer: agent, excluding: former)
        }
    }

    mutating func snooze(_ number: Int64, until: Int64, by: Int64?) throws(DeskRefusal) {
        let conversation = try conversation(number)
        guard conversation.status == .open || conversation.status == .waiting else {
            throw .stale(conversation.status)
        }
        guard until > now, until <= now + times.longestSnooze else {
            throw .impossible("A conversation can be put aside until a moment within 90 days.")
        }
        move(
            number, to: .snoozed, owner: conversation.owner, deadline: Deadline(at: until, kind: .snooze), .snoozed,
            by: by)
    }

    mutating func change(_ number: Int64, person: Int64, enqueued: Int64) throws(DeskRefusal) {
        let old = try conversation(number)
        let key = ConversationKey(shop: old.shop, person: person, topic: old.topic)
        if let known = numbers[key], known != number { throw .alreadyOpen(known) }
        update(number) { conversation in
            conversation.person = person
            conversation.enqueued = enqueued
        }
        if old.status == .queued { dirtyConversations.insert(number) }
    }
}

extension DeskMachine {
    /// Notes from which scene a customer came back to an open conversation; what is to be stored.
    mutating func attach(scene: Int64, to number: Int64) -> Conversation? {
        conversations[number]?.scene = scene
        return conversations[number]
    }
}
