package import Basics
import Messaging
import Storage

/// What the page of settings asks for beside queues, rules and agents.
extension Desk {
    // MARK: Scenes and rules

    /// The entrances that visitors of the last thirty days came by, the most used first.
    package func entrances(of shop: Int64 = Desk.firstShop) async throws -> [JSON] {
        let since = database.now - 30 * 86_400_000
        return try await database.read { try SetupQueries.entrances(of: shop, since: since, $0) }
    }

    /// Where rules would send somebody.
    ///
    /// - Parameter wished: rules that are not stored yet; those of the shop without them.
    /// - Returns: the outcome, and the place of the rule that said so, null where none did.
    package func tryRules(
        _ wished: [JSON]?, of shop: Int64 = Desk.firstShop, on facts: SceneFacts
    ) async throws -> JSON {
        var named: [JSON]?
        if let wished { named = try await withRobots(wished, of: shop) }
        let bodies = named
        return try await database.read { connection in
            let known = Set(try DeskQueries.queues(of: shop, connection).filter(\.isActive).map(\.number))
            for (place, body) in try (bodies ?? DeskQueries.rules(of: shop, connection)).enumerated() {
                guard let rule = try? RoutingRule(body, place: place), known.contains(rule.outcome.queue),
                    rule.fits(facts)
                else { continue }
                return Self.view(rule.outcome, place: place)
            }
            guard let queue = try ShopQueries.defaultQueue(of: shop, connection) else {
                throw RequestError.notFound("There is no queue yet.")
            }
            return Self.view(.init(queue: queue), place: nil)
        }
    }

    private static func view(_ outcome: RoutingRule.Outcome, place: Int?) -> JSON {
        [
            "rule": place.map { .int(Int64($0)) } ?? .null, "queue": .int(outcome.queue),
            "robot": outcome.robot.map(JSON.int) ?? .null, "priority": .int(outcome.priority),
            "skills": .array(outcome.skills.map(JSON.string)), "greeting": outcome.greeting.map(JSON.string) ?? .null,
        ]
    }

    // MARK: Agents

    /// What is set of agents of a shop beside what dispatch goes by.
    package struct AgentView: Sendable, Hashable {
        package var hours: JSON?
        package var isSupervisor: Bool
        package var role: String?
    }

    /// By the numbers of agents: all who work in the shop.
    package func agentSettings(of shop: Int64 = Desk.firstShop) async throws -> [Int64: AgentView] {
        try await database.read { connection in
            let shifts = try SetupQueries.shifts(connection)
            let views = try ShopQueries.members(of: shop, connection).map {
                ($0.user, AgentView(hours: shifts[$0.user], isSupervisor: $0.isSupervisor, role: $0.role))
            }
            return Dictionary(uniqueKeysWithValues: views)
        }
    }

    /// The working hours of agents as they were written, by their numbers.
    package func shifts() async throws -> [Int64: JSON] { try await database.read { try SetupQueries.shifts($0) } }

    // MARK: Robots

    /// Registrations of application services that were made while the server ran, and when each was taken out of use.
    package func robots() async throws -> [(registration: JSON, shop: Int64, retired: Int64?)] {
        try await database.read { try SetupQueries.robots($0) }.map { ($0.registration, $0.shop, $0.retired) }
    }

    /// Keeps the registration of an application service that works for a shop.
    package func setRobot(_ id: String, of shop: Int64 = Desk.firstShop, _ registration: JSON) async throws {
        try await database.write { try SetupQueries.insertRobot(id, registration, of: shop, in: $0) }
    }

    /// Takes an application service out of use, or back into it.
    ///
    /// - Returns: whether there is one of this id.
    package func retireRobot(_ id: String, _ isRetired: Bool) async throws -> Bool {
        try await database.write { try SetupQueries.retireRobot(id, isRetired, in: $0) }
    }
}
