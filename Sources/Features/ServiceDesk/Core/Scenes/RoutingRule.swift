package import Basics

/// Where conversations of some scenes go: a condition and an outcome. The first rule of a shop that fits wins.
package struct RoutingRule: Sendable, Hashable {
    package typealias Condition = SceneCondition

    /// What follows.
    package struct Outcome: Sendable, Hashable {
        package var queue: Int64
        package var robot: Int64?
        package var priority: Int64
        package var skills: [String]
        package var greeting: String?

        package init(
            queue: Int64, robot: Int64? = nil, priority: Int64 = 0, skills: [String] = [], greeting: String? = nil
        ) {
            self.queue = queue
            self.robot = robot
            self.priority = priority
            self.skills = skills
            self.greeting = greeting
        }
    }

    package var condition: Condition
    package var outcome: Outcome

    /// Reads a rule as an administrator writes it.
    ///
    /// - Parameter place: which rule of the list it is, for the refusal.
    package init(_ body: JSON, place: Int) throws(RequestError) {
        func refusal(_ what: String) -> RequestError {
            RequestError(status: 422, code: "M_INVALID_PARAM", message: "Rule \(place): \(what)")
        }
        condition = try Condition(body["if"]?.objectValue ?? [:], refusal: refusal)
        guard let then = body["then"]?.objectValue, let queue = then["queue"]?.intValue else {
            throw refusal("'then' must name a queue.")
        }
        let priority = then["priority"]?.intValue ?? 0
        guard (0...9).contains(priority) else { throw refusal("a priority is a number from 0 to 9.") }
        let skills = (then["skills"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard skills.count <= 8, skills.allSatisfy({ $0.utf8.count <= 64 }) else {
            throw refusal("at most eight skills of 64 bytes.")
        }
        outcome = Outcome(
            queue: queue, robot: then["robot"]?.intValue, priority: priority, skills: skills,
            greeting: then["greeting"]?.stringValue)
    }

    package func fits(_ facts: SceneFacts) -> Bool { condition.fits(facts) }
}

extension [RoutingRule] {
    /// What the first rule that fits says; the default, where none does.
    package func outcome(_ facts: SceneFacts, default otherwise: RoutingRule.Outcome) -> RoutingRule.Outcome {
        first { $0.fits(facts) }?.outcome ?? otherwise
    }
}
