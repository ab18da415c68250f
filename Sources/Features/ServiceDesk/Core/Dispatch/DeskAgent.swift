/// Whether an agent takes conversations; the numbers are those of the table.
package enum AgentStatus: Int64, Sendable, Hashable, CaseIterable {
    case offline = 0
    /// Finishes what is there and gets nothing new.
    case away = 1
    case available = 2

    package var name: String { "\(self)" }
}

/// A human of the service team, as dispatch knows one.
package struct DeskAgent: Sendable, Hashable {
    package let number: Int64
    package var status = AgentStatus.offline
    /// How many conversations at a time dispatch gives, 0...1,000.
    package var capacity: Int64
    package var skills: Set<String>
    /// The queues whose conversations the agent takes.
    package var queues: Set<Int64>
    /// Working hours; without them the status alone counts.
    package var shift: WeeklyHours?
    /// Conversations offered, open and waiting.
    package var load: Int64 = 0
    /// Grows with every assignment of any agent, so that no two agents are equal in it.
    package var lastAssigned: Int64 = 0
    /// Offers in a row that were not taken.
    package var misses: Int64 = 0
    /// When the agent counts as gone, if no device comes back until then.
    package var lostAt: Int64?
    /// Whether it is within the working hours, as of the newest event; follows from `shift`.
    var isOnShift = true

    package init(
        number: Int64, status: AgentStatus = .offline, capacity: Int64, skills: Set<String> = [],
        queues: Set<Int64> = [], shift: WeeklyHours? = nil
    ) {
        self.number = number
        self.status = status
        self.capacity = min(Self.largestCapacity, max(0, capacity))
        self.skills = skills
        self.queues = queues
        self.shift = shift
    }

    package static let largestCapacity: Int64 = 1_000

    /// Whether dispatch may think of the agent at all, whatever the conversation.
    package var isPresent: Bool { status == .available && lostAt == nil && isOnShift }

    var hasRoom: Bool { load < capacity }
}
