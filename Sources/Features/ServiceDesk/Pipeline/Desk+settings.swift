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

    /// Makes a queue, or changes one; a shop's first queue is where conversations go that no rule speaks of.
    ///
    /// - Parameter number: which queue of the shop to change; a new one without it.
    package func setQueue(
        _ wish: DeskQueue, number: Int64?, of shop: Int64 = Desk.firstShop, hours: JSON?
    ) async throws -> DeskQueue {
        guard !wish.name.isEmpty, wish.name.utf8.count <= 64 else {
            throw RequestError.invalidParam("A queue's name has 1 to 64 bytes.")
        }
        let parsed = try hours.map { try HoursText.hours($0) }
        try await owner(of: shop)
        return try await database.write { [self] context in
            let known = try DeskQueries.queues(of: shop, context.connection)
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
                number: try number ?? DeskQueries.nextQueue(context.connection), shop: shop, name: wish.name,
                mode: wish.mode, policy: wish.policy, offset: wish.offset, target: wish.target, hours: parsed,
                overflow: wish.overflow)
            queue.isActive = wish.isActive
            try DeskQueries.upsert(queue, hours: hours, in: context)
            try RatingQueries.insert(queue, hours: hours, in: context)
            if try ShopQueries.defaultQueue(of: shop, context.connection) == nil {
                try ShopQueries.setDefaultQueue(
                    queue.number, of: shop, name: messaging.settings.shopName, in: context)
            }
            _ = try received(.queueChanged(queue), in: context)
            return queue
        }
    }

    /// A shop's queues, with their hours as they were written.
    package func queues(of shop: Int64 = Desk.firstShop) async throws -> [(queue: DeskQueue, hours: JSON?)] {
        try await database.read { connection in
            let hours = try DeskQueries.hours(connection)
            return try DeskQueries.queues(of: shop, connection).map { ($0, hours[$0.number]) }
        }
    }

    /// Replaces a shop's rules; a list with a fault changes nothing.
    package func setRules(_ wished: [JSON], of shop: Int64 = Desk.firstShop) async throws {
        guard wished.count <= 200 else { throw RequestError.tooLarge("At most 200 rules.") }
        let rules = try await withRobots(wished, of: shop)
        let parsed = try rules.enumerated().map { try RoutingRule($0.element, place: $0.offset) }
        try await database.write { context in
            let known = Set(try DeskQueries.queues(of: shop, context.connection).map(\.number))
            for (place, rule) in parsed.enumerated() where !known.contains(rule.outcome.queue) {
                throw RequestError(
                    status: 422, code: "M_INVALID_PARAM",
                    message: "Rule \(place): there is no queue \(rule.outcome.queue).")
            }
            try DeskQueries.setRules(rules, of: shop, in: context)
        }
    }

    package func rules(of shop: Int64 = Desk.firstShop) async throws -> [JSON] {
        try await database.read { try DeskQueries.rules(of: shop, $0) }
    }

    // MARK: Agents

    /// Sets who takes conversations of which of a shop's queues; only accounts of staff can.
    ///
    /// Queues, rights and part are those of the shop; capacity, skills and hours are the agent's own, in all shops.
    package func setAgent(_ user: Int64, of shop: Int64 = Desk.firstShop, _ settings: AgentSettings) async throws {
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
        try await owner(of: shop)
        try await database.write { [self] context in
            let connection = context.connection
            let own = Set(try DeskQueries.queues(of: shop, connection).map(\.number))
            guard settings.queues.isSubset(of: own) else { throw RequestError.notFound("There is no such queue.") }
            let elsewhere = try DeskQueries.queues(servedBy: user, connection).subtracting(own)
            let agent = DeskAgent(
                number: user, capacity: settings.capacity, skills: settings.skills,
                queues: settings.queues.union(elsewhere), shift: shift)
            try DeskQueries.set(agent, hours: settings.hours, in: context)
            try ShopQueries.set(
                .init(user: user, isSupervisor: settings.isSupervisor, role: settings.role), of: shop, in: context)
            _ = try received(.agentChanged(agent), in: context)
        }
    }

    /// All agents of all shops as they stand.
    package func agents() async throws -> [DeskAgent] { try await database.read { try DeskQueries.agents($0) } }
}
