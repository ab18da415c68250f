import Accounts
package import Basics
import Messaging
import Storage

/// The settings of an agent as an administrator writes them.
package struct AgentSettings: Sendable, Hashable {
    package var capacity: Int64
    package var skills: Set<String>
    package var queues: Set<Int64>
    package var hours: JSON?
    package var isSupervisor: Bool
    /// What colleagues see beside the name: one of ``roles``; nil for none.
    package var role: String?

    /// The parts that staff may have in a conversation.
    package static let roles = ["service", "telesales", "sales", "appraiser", "finance", "aftersales"]

    package init(
        capacity: Int64, skills: Set<String> = [], queues: Set<Int64>, hours: JSON? = nil, isSupervisor: Bool = false,
        role: String? = nil
    ) {
        self.role = role
        self.capacity = capacity
        self.skills = skills
        self.queues = queues
        self.hours = hours
        self.isSupervisor = isSupervisor
    }
}

extension Desk {
    // MARK: Queues and rules

    /// Makes a queue, or changes one; the first queue is where conversations go that no rule speaks of.
    ///
    /// - Parameter number: which queue to change; a new one without it.
    package func setQueue(_ wish: DeskQueue, number: Int64?, hours: JSON?) async throws -> DeskQueue {
        guard !wish.name.isEmpty, wish.name.utf8.count <= 64 else {
            throw RequestError.invalidParam("A queue's name has 1 to 64 bytes.")
        }
        let parsed = try hours.map { try HoursText.hours($0) }
        _ = try await owner()
        return try await database.write { [self] context in
            let known = try DeskQueries.queues(context.connection)
            if let number, !known.contains(where: { $0.number == number }) {
                throw RequestError.notFound("There is no such queue.")
            }
            if known.contains(where: { $0.name == wish.name && $0.number != number }) {
                throw RequestError(status: 409, code: "M_CONFLICT", message: "There is a queue of this name.")
            }
            if let overflow = wish.overflow, !known.contains(where: { $0.number == overflow }) {
                throw RequestError.notFound("There is no queue \(overflow) to flow over into.")
            }
            var queue = DeskQueue(
                number: try number ?? DeskQueries.nextQueue(context.connection), shop: Self.shop, name: wish.name,
                mode: wish.mode, policy: wish.policy, offset: wish.offset, target: wish.target, hours: parsed,
                overflow: wish.overflow)
            queue.isActive = wish.isActive
            try DeskQueries.upsert(queue, hours: hours, in: context)
            try RatingQueries.insert(queue, hours: hours, in: context)
            if try DeskQueries.defaultQueue(of: Self.shop, context.connection) == nil {
                try DeskQueries.setShop(Self.shop, name: messaging.settings.shopName, queue: queue.number, in: context)
            }
            _ = try received(.queueChanged(queue), in: context)
            return queue
        }
    }

    /// All queues, with their hours as they were written.
    package func queues() async throws -> [(queue: DeskQueue, hours: JSON?)] {
        try await database.read { connection in
            let hours = try DeskQueries.hours(connection)
            return try DeskQueries.queues(connection).map { ($0, hours[$0.number]) }
        }
    }

    /// Replaces the shop's rules; a list with a fault changes nothing.
    package func setRules(_ wished: [JSON]) async throws {
        guard wished.count <= 200 else { throw RequestError.tooLarge("At most 200 rules.") }
        let rules = try await withRobots(wished)
        let parsed = try rules.enumerated().map { try RoutingRule($0.element, place: $0.offset) }
        try await database.write { context in
            let known = Set(try DeskQueries.queues(context.connection).map(\.number))
            for (place, rule) in parsed.enumerated() where !known.contains(rule.outcome.queue) {
                throw RequestError(
                    status: 422, code: "M_INVALID_PARAM",
                    message: "Rule \(place): there is no queue \(rule.outcome.queue).")
            }
            try DeskQueries.setRules(rules, of: Self.shop, in: context)
        }
    }

    package func rules() async throws -> [JSON] {
        try await database.read { try DeskQueries.rules(of: Self.shop, $0) }
    }

    // MARK: Agents

    /// Sets who takes conversations of which queues; only accounts of staff can.
    package func setAgent(_ user: Int64, _ settings: AgentSettings) async throws {
        guard let account = try await accounts.user(number: user), account.kind == .staff else {
            throw RequestError.forbidden("An agent is an account of the shop's staff.")
        }
        let shift = try settings.hours.map { try HoursText.hours($0) }
        guard settings.skills.count <= 64, settings.skills.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 64 }) else {
            throw RequestError.invalidParam("At most 64 skills of 64 bytes.")
        }
        if let role = settings.role, !AgentSettings.roles.contains(role) {
            throw RequestError.invalidParam("'role' is one of \(AgentSettings.roles.joined(separator: ", ")).")
        }
        _ = try await owner()
        try await database.write { [self] context in
            let agent = DeskAgent(
                number: user, capacity: settings.capacity, skills: settings.skills, queues: settings.queues,
                shift: shift)
            let known = Set(try DeskQueries.queues(context.connection).map(\.number))
            guard settings.queues.isSubset(of: known) else { throw RequestError.notFound("There is no such queue.") }
            try DeskQueries.set(agent, hours: settings.hours, isSupervisor: settings.isSupervisor, in: context)
            try SetupQueries.setRole(settings.role, of: user, in: context)
            _ = try received(.agentChanged(agent), in: context)
        }
    }

    /// All agents as they stand.
    package func agents() async throws -> [DeskAgent] { try await database.read { try DeskQueries.agents($0) } }

    /// An agent as it stands, and whether it is a supervisor; nil for who is none.
    package func agent(_ user: Int64) async throws -> (agent: DeskAgent, isSupervisor: Bool)? {
        guard let isSupervisor = try await isSupervisor(user) else { return nil }
        if let live = peek({ $0.agents[user] }) ?? nil { return (live, isSupervisor) }
        return try await agents().first { $0.number == user }.map { ($0, isSupervisor) }
    }

    /// Whether a user is an agent, and whether a supervisor; nil for neither.
    package func isSupervisor(_ user: Int64) async throws -> Bool? {
        try await database.read { try DeskQueries.isSupervisor(user, $0) }
    }
}
