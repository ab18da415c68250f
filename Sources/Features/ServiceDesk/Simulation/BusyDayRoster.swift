package import Basics

/// Agents as a day has them, instead of equal ones: who works when, on what, and how much at a time.
package struct RosterAgent: Sendable, Hashable {
    package var capacity: Int64
    package var skills: Set<String>
    /// The queues whose conversations the agent takes; all without any.
    package var queues: Set<Int64>
    package var shift: WeeklyHours?

    package init(capacity: Int64, skills: Set<String> = [], queues: Set<Int64> = [], shift: WeeklyHours? = nil) {
        self.capacity = capacity
        self.skills = skills
        self.queues = queues
        self.shift = shift
    }

    /// The most agents of a roster.
    package static let most = 10_000

    /// Reads a roster: a list of `{"count", "capacity", "skills", "queues", "hours"}`, or an object with it as `agents`,
    /// as `GET /api/v1/desk/agents` answers.
    package static func read(_ body: JSON) throws(RequestError) -> [RosterAgent] {
        var found: [RosterAgent] = []
        for entry in body.arrayValue ?? body["agents"]?.arrayValue ?? [] {
            let count = entry["count"]?.intValue ?? 1
            let capacity = entry["capacity"]?.intValue ?? 1
            guard (0...Int64(most)).contains(count), (0...DeskAgent.largestCapacity).contains(capacity) else {
                throw .invalidParam("An entry of a roster has a 'count' and a 'capacity' within bounds.")
            }
            var shift: WeeklyHours?
            if let hours = entry["hours"], !hours.isNull { shift = try HoursText.hours(hours) }
            let agent = RosterAgent(
                capacity: capacity, skills: Set((entry["skills"]?.arrayValue ?? []).compactMap(\.stringValue)),
                queues: Set((entry["queues"]?.arrayValue ?? []).compactMap(\.intValue)), shift: shift)
            found += [RosterAgent](repeating: agent, count: Int(count))
            guard found.count <= most else { throw .tooLarge("A roster has at most \(most) agents.") }
        }
        guard !found.isEmpty else { throw .invalidParam("The roster names no agents.") }
        return found
    }
}
