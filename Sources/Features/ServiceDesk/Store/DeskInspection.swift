package import Storage

/// What is wrong with the desk in a file, by reading alone.
package struct DeskInspection: Sendable, Hashable {
    /// Conversations that have not ended.
    package var unresolved = 0
    /// Nobody who is set up could ever take them: their queue has no agent with their skills.
    package var hopeless: [Int64] = []
    /// Their queue, or the agent who has them, is gone.
    package var orphaned: [Int64] = []
    /// What was to happen to them was due more than five minutes ago.
    package var overdue: [Int64] = []
    /// Their history has gaps, or ends elsewhere than where they stand.
    package var broken: [Int64] = []
    /// Agents whose count is not that of their conversations.
    package var miscounted: [Int64] = []

    /// How late a deadline may be, in milliseconds.
    private static let patience: Int64 = 300_000

    /// Whether the tables are there.
    package static func isPossible(migrations: [String]) -> Bool {
        Set(DeskSchema.migrations.map(\.name)).isSubset(of: migrations)
    }

    package init(_ connection: Connection, now: Int64) throws {
        let conversations = try ConversationQueries.unresolved(connection)
        let agents = try DeskQueries.agents(connection)
        let queues = Set(try DeskQueries.queues(connection).map(\.number))
        let known = Set(agents.map(\.number))
        var loads: [Int64: Int64] = [:]
        for conversation in conversations {
            let number = conversation.number
            if let agent = conversation.agentWithPlace { loads[agent, default: 0] += 1 }
            if !queues.contains(conversation.queue) || conversation.owner?.agent.map(known.contains) == false {
                orphaned.append(number)
            }
            if (conversation.deadline?.at ?? 0) < now - Self.patience { overdue.append(number) }
            guard conversation.status == .queued else { continue }
            let isServed = agents.contains { agent in
                agent.queues.contains(conversation.queue) && agent.capacity > 0
                    && conversation.skills.allSatisfy(agent.skills.contains)
            }
            if !isServed { hopeless.append(number) }
        }
        unresolved = conversations.count
        miscounted = agents.filter { $0.load != loads[$0.number, default: 0] }.map(\.number)
        broken = try TransitionQueries.broken(connection)
    }
}
