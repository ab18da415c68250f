extension DeskMachine {
    /// Assigns until no waiting conversation has an agent who could take it.
    ///
    /// Before the event there was no such pair, so one can only have come with a conversation or an agent that the
    /// event has touched: only those are looked at, the first conversation in order first.
    mutating func dispatch() {
        var waiting = dirtyConversations.compactMap { conversations[$0].flatMap(place(of:)) }.sorted(by: >)
        var heads: [Int64: QueuePlace] = [:]
        var free = dirtyAgents
        dirtyConversations = []
        while true {
            while let last = waiting.last, !isServable(last) { waiting.removeLast() }
            for agent in free {
                if let head = heads[agent], conversations[head.conversation]?.status == .queued, stands(agent) {
                    continue
                }
                heads[agent] = firstPlace(for: agent)
                if heads[agent] == nil { free.remove(agent) }
            }
            let head = free.compactMap { heads[$0] }.min()
            guard let next = [waiting.last, head].compactMap({ $0 }).min() else { break }
            assign(next.conversation)
        }
        dirtyAgents = []
        dirtyConversations = []
    }

    private func stands(_ number: Int64) -> Bool { agents[number].map { $0.isPresent && $0.hasRoom } ?? false }

    /// Whether some agent could take a waiting conversation by dispatch.
    private func isServable(_ place: QueuePlace) -> Bool {
        guard let conversation = conversations[place.conversation], isDispatched(conversation) else { return false }
        return (rosters[conversation.queue] ?? []).contains { number in
            agents[number].map { obstacle(conversation, $0) == nil } ?? false
        }
    }

    private func isDispatched(_ conversation: Conversation) -> Bool {
        conversation.status == .queued && queues[conversation.queue].map { $0.mode != .pick } ?? false
    }

    /// The first waiting conversation that an agent could take by dispatch.
    private func firstPlace(for number: Int64) -> QueuePlace? {
        guard let agent = agents[number], agent.isPresent, agent.hasRoom else { return nil }
        var best: QueuePlace?
        for queue in agent.queues {
            guard queues[queue].map({ $0.mode != .pick && $0.isOpen }) ?? false else { continue }
            let found = orders[queue]?.first(skills: agent.skills) { place in
                conversations[place.conversation].map { obstacle($0, agent) == nil } ?? false
            }
            if let found, best.map({ found < $0 }) ?? true { best = found }
        }
        return best
    }

    private mutating func assign(_ number: Int64) {
        guard let conversation = conversations[number], let queue = queues[conversation.queue],
            let choice = choose(conversation, queue)
        else { return }
        let isOffer = queue.mode == .offer
        give(
            number, to: choice.agent, isOffer ? .offered : .open, isOffer ? .offered : .assigned, by: nil,
            why: choice.why)
    }
}
