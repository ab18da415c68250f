@testable import ServiceDesk

extension DeskModel {
    /// False when the event is refused.
    mutating func apply(_ event: DeskEvent) -> Bool {
        switch event {
        case .opened(let wish, let robot): return open(wish, robot)
        case .reopened(let stored, _): return reopen(stored)
        case .customerMessage(let number): return with(number) { $0.customerSpoke($1) }
        case .staffMessage(let number, let agent): return with(number) { $0.staffSpoke($1, agent) }
        case .robotMessage(let number): return with(number) { $0.robotSpoke($1) }
        case .handover(let number, let queue, _): return with(number, in: [.robot]) { $0.handOver($1, queue) }
        case .accepted(let number, let agent):
            return with(number, in: [.offered], of: agent) { model, index in
                if let place = model.agentAt(agent) { model.agents[place].misses = 0 }
                model.reason(index, .open, "accepted")
                return true
            }
        case .declined(let number, let agent):
            return with(number, in: [.offered], of: agent) { model, index in
                model.miss(index, agent, "declined")
                return true
            }
        case .picked(let number, let agent): return with(number, in: [.queued]) { $0.pick($1, agent) }
        case .transferred(let number, let target, _):
            return with(number, in: [.queued, .open, .waiting]) { $0.transfer($1, target) }
        case .snoozed(let number, let until, _):
            guard until > now, until <= now + times.longestSnooze else { return false }
            return with(number, in: [.open, .waiting]) { model, index in
                let owner = model.conversations[index].owner
                model.go(index, .snoozed, owner, until - model.now, .snooze, "snoozed")
                return true
            }
        case .resolved(let number, _):
            return with(number) { model, index in
                model.end(index, "resolved")
                return true
            }
        case .superseded(let number, let successor, _):
            return with(number) { model, index in
                model.end(index, "superseded", successor: successor)
                return true
            }
        case .personChanged(let number, let person, let enqueued):
            return with(number) { $0.change($1, person, enqueued) }
        case .restored(let stored, let before, _): return restore(stored, before)
        case .observed(let number, let what, _):
            return with(number) { model, index in
                model.conversations[index].n += 1
                model.history.append("\(number) \(model.conversations[index].status) \(what)")
                return true
            }
        case .forced(let number, let agent, _): return with(number) { $0.force($1, agent) }
        case .agentStatus(let number, let status): return setStatus(number, status)
        case .agentLost(let number):
            guard let place = agentAt(number) else { return false }
            if agents[place].status != .offline, agents[place].lostAt == nil {
                agents[place].lostAt = now + times.lostGrace
            }
            return true
        case .agentSeen(let number):
            guard let place = agentAt(number) else { return false }
            agents[place].lostAt = nil
            return true
        case .agentChanged(let wish): return set(wish)
        case .queueChanged(let wish):
            queues.removeAll { $0.number == wish.number }
            queues.append(wish)
            return true
        case .timePassed: return true
        }
    }

    private mutating func with(
        _ number: Int64, in states: [ConversationStatus]? = nil, of agent: Int64? = nil,
        _ body: (inout DeskModel, Int) -> Bool
    ) -> Bool {
        guard let index = at(number) else { return false }
        if let states, !states.contains(conversations[index].status) { return false }
        if let agent, conversations[index].owner != .agent(agent) || agentAt(agent) == nil { return false }
        return body(&self, index)
    }

    private mutating func reason(_ index: Int, _ status: ConversationStatus, _ reason: String) {
        let silence = conversations[index].isAnswered ? times.laterSilence : times.firstSilence
        go(index, status, conversations[index].owner, silence, .silent, reason)
    }

    private mutating func open(_ wish: Conversation, _ robot: Int64?) -> Bool {
        guard queue(wish.queue)?.isActive == true, !isOpen(wish.key),
            !conversations.contains(where: { $0.number == wish.number })
        else { return false }
        var conversation = wish
        conversation.opened = now
        conversation.enqueued = now
        conversations.append(conversation)
        let index = conversations.count - 1
        guard let robot else {
            wait(index, "opened", anew: true)
            return true
        }
        go(index, .robot, .robot(robot), times.robotSilence, .robotSilent, "opened")
        return true
    }

    private mutating func reopen(_ stored: Conversation) -> Bool {
        guard stored.status == .resolved, let resolved = stored.resolved, now - resolved <= times.reopenWindow,
            queue(stored.queue) != nil, !isOpen(stored.key), at(stored.number) == nil,
            let place = ended.firstIndex(where: { $0.number == stored.number })
        else { return false }
        conversations.append(ended.remove(at: place))
        let index = conversations.count - 1
        let last = stored.prefer
        conversations[index].resolved = nil
        conversations[index].successor = nil
        conversations[index].isAnswered = false
        wait(index, "reopened", anew: true, prefer: last)
        return true
    }

    private mutating func restore(_ stored: Conversation, _ before: Conversation) -> Bool {
        guard stored.status == .resolved, queue(stored.queue) != nil, !isOpen(stored.key), at(stored.number) == nil,
            let place = ended.firstIndex(where: { $0.number == stored.number })
        else { return false }
        conversations.append(ended.remove(at: place))
        let index = conversations.count - 1
        conversations[index].resolved = nil
        conversations[index].successor = nil
        conversations[index].isAnswered = before.isAnswered
        conversations[index].enqueued = before.enqueued
        conversations[index].prefer = nil
        let kept = before.deadline.flatMap { $0.at > now ? $0 : nil }
        let agent = before.owner?.agent
        let known = agent.flatMap { agentAt($0) }.map { agents[$0] }
        let silence = before.isAnswered ? times.laterSilence : times.firstSilence
        if before.status == .robot, let owner = before.owner, agent == nil {
            go(index, .robot, owner, times.robotSilence, .robotSilent, "restored")
        } else if before.status == .open, let known, known.status != .offline {
            go(index, .open, before.owner, silence, .silent, "restored")
            if let kept { conversations[index].deadline = kept }
        } else if before.status == .waiting, let known, known.status != .offline {
            go(index, .waiting, before.owner, times.idle, .idle, "restored")
            if let kept { conversations[index].deadline = kept }
        } else if before.status == .snoozed, known != nil, let kept {
            go(index, .snoozed, before.owner, 0, .snooze, "restored")
            conversations[index].deadline = kept
        } else {
            wait(index, "restored", prefer: agent ?? before.prefer)
        }
        return true
    }

    private mutating func customerSpoke(_ index: Int) -> Bool {
        switch conversations[index].status {
        case .robot:
            conversations[index].robotRun = 0
            conversations[index].deadline = Deadline(at: now + times.robotSilence, kind: .robotSilent)
        case .waiting: reason(index, .open, "customerMessage")
        case .snoozed: wait(index, "customerMessage", anew: true, prefer: conversations[index].owner?.agent)
        default: break
        }
        return true
    }

    private mutating func staffSpoke(_ index: Int, _ agent: Int64) -> Bool {
        guard conversations[index].owner == .agent(agent) else { return true }
        switch conversations[index].status {
        case .open:
            conversations[index].isAnswered = true
            go(index, .waiting, .agent(agent), times.idle, .idle, "answered")
        case .waiting: conversations[index].deadline = Deadline(at: now + times.idle, kind: .idle)
        default: break
        }
        return true
    }

    private mutating func robotSpoke(_ index: Int) -> Bool {
        guard conversations[index].status == .robot else { return true }
        if conversations[index].robotRun + 1 >= times.robotRun {
            wait(index, "robotLoop", anew: true)
        } else {
            conversations[index].robotRun += 1
            conversations[index].deadline = Deadline(at: now + times.idle, kind: .idle)
        }
        return true
    }

    private mutating func handOver(_ index: Int, _ queue: Int64?) -> Bool {
        if let queue, self.queue(queue)?.isActive != true { return false }
        wait(index, "robotHandover", in: queue, anew: true)
        return true
    }

    private mutating func pick(_ index: Int, _ agent: Int64) -> Bool {
        guard queue(conversations[index].queue)?.mode == .pick, let place = agentAt(agent) else { return false }
        var plain = conversations[index]
        plain.exclusions = [:]
        plain.holdUntil = 0
        guard isEligible(plain, agents[place]) else { return false }
        give(index, agent, .open, "picked")
        return true
    }

    private mutating func transfer(_ index: Int, _ target: TransferTarget) -> Bool {
        let former = conversations[index].owner?.agent
        switch target {
        case .queue(let number):
            guard queue(number)?.isActive == true else { return false }
            wait(index, "transferredToQueue", in: number, excluding: former)
        case .agent(let number):
            guard let place = agentAt(number), agents[place].queues.contains(conversations[index].queue),
                number != former
            else { return false }
            wait(index, "transferredToAgent", prefer: number, excluding: former)
        }
        return true
    }

    private mutating func change(_ index: Int, _ person: Int64, _ enqueued: Int64) -> Bool {
        let old = conversations[index]
        let key = ConversationKey(shop: old.shop, person: person, topic: old.topic)
        guard key == old.key || !isOpen(key) else { return false }
        conversations[index].person = person
        conversations[index].enqueued = enqueued
        return true
    }

    private mutating func force(_ index: Int, _ agent: Int64) -> Bool {
        guard agentAt(agent) != nil else { return false }
        let conversation = conversations[index]
        if conversation.owner == .agent(agent), [.open, .waiting].contains(conversation.status) { return true }
        give(index, agent, .open, "forced")
        return true
    }
}
