extension DeskMachine {
    /// What is wrong with the desk; empty as long as dispatch is right.
    ///
    /// I1 owners, I2 and I9 loads, I5 nobody waits beside a free agent, I6 deadlines, I8 one conversation a topic,
    /// I10 conversations in queues of their shop.
    /// I3, I4 and I7 speak of steps; the tests check them on outcomes.
    package func violations() -> [String] {
        var found: [String] = []
        var loads: [Int64: Int64] = [:]
        var keys: Set<ConversationKey> = []
        for conversation in conversations.values.sorted(by: { $0.number < $1.number }) {
            let number = conversation.number
            if (conversation.status == .queued) != (conversation.owner == nil) { found.append("I1 owner of \(number)") }
            if conversation.status == .resolved { found.append("I1 \(number) is resolved and still there") }
            if let queue = queues[conversation.queue], queue.shop != conversation.shop {
                found.append("I10 \(number) of shop \(conversation.shop) in a queue of shop \(queue.shop)")
            }
            if conversation.deadline == nil { found.append("I6 \(number) has no deadline") }
            if !keys.insert(conversation.key).inserted { found.append("I8 two of \(conversation.key)") }
            if let agent = conversation.agentWithPlace { loads[agent, default: 0] += 1 }
            if let agent = waitsInVain(conversation) { found.append("I5 \(number) waits beside agent \(agent)") }
        }
        for agent in agents.values where agent.load != loads[agent.number, default: 0] {
            found.append("I9 load of agent \(agent.number): \(agent.load), held \(loads[agent.number, default: 0])")
        }
        return found
    }

    /// An agent who could take a conversation that dispatch has left waiting.
    private func waitsInVain(_ conversation: Conversation) -> Int64? {
        guard conversation.status == .queued, queues[conversation.queue].map({ $0.mode != .pick }) ?? false else {
            return nil
        }
        return agents.values.first { obstacle(conversation, $0) == nil }?.number
    }
}
