/// What statistics hear of the desk, at its place in the one log: who spoke when and what became of conversations and
/// cards, and no word of what was said.
package struct DeskFact: Sendable, Hashable {
    package var position: Int64
    /// When it was stored, in milliseconds since 1970; never goes back along the log.
    package var at: Int64
    package var what: What

    package enum What: Sendable, Hashable {
        case said(room: Int64, Speaker)
        case moved(Move)
        case cardSent(room: Int64)
        case cardPressed(room: Int64)
        /// A business has answered a press, so many milliseconds after it.
        case cardAnswered(room: Int64, CardOutcome, took: Int64)
        case rated(Rating)
        case queueSet(QueueSetting)
        case presence(agent: Int64, AgentStatus)
    }

    package init(position: Int64, at: Int64, _ what: What) {
        self.position = position
        self.at = at
        self.what = what
    }

    /// The room that it is about; nil for what concerns no single one.
    package var room: Int64? {
        switch what {
        case .said(let room, _), .cardSent(let room), .cardPressed(let room), .cardAnswered(let room, _, _): room
        case .moved(let move): move.room
        case .rated, .queueSet, .presence: nil
        }
    }
}

/// Who said something.
package enum Speaker: Sendable, Hashable {
    case customer
    case human(Int64)
    case robot
}

/// A conversation's step from one state to another.
package struct Move: Sendable, Hashable {
    package var conversation: Int64
    package var room: Int64
    package var n: Int64
    /// The state before; nil for the first.
    package var from: ConversationStatus?
    package var to: ConversationStatus
    /// The agent who has it from now on; 0 for nobody and for robots.
    package var agent: Int64
    package var queue: Int64
    package var reason: TransitionReason
    /// The entrance that the customer came by; empty when it is not known.
    package var scene: String

    package init(
        conversation: Int64, room: Int64, n: Int64, from: ConversationStatus?, to: ConversationStatus, agent: Int64 = 0,
        queue: Int64, reason: TransitionReason, scene: String = ""
    ) {
        self.conversation = conversation
        self.room = room
        self.n = n
        self.from = from
        self.to = to
        self.agent = agent
        self.queue = queue
        self.reason = reason
        self.scene = scene
    }
}

/// A customer's opinion of a conversation that has ended; it takes the place of an earlier one.
package struct Rating: Sendable, Hashable {
    package var stars: Int64
    package var before: Earlier?
    package var dimensions: Dimensions

    package struct Earlier: Sendable, Hashable {
        package var stars: Int64
        package var at: Int64

        package init(stars: Int64, at: Int64) {
            self.stars = stars
            self.at = at
        }
    }

    package init(stars: Int64, before: Earlier? = nil, dimensions: Dimensions) {
        self.stars = stars
        self.before = before
        self.dimensions = dimensions
    }
}

/// What numbers can be told apart by.
package struct Dimensions: Sendable, Hashable {
    package var queue: Int64
    /// Whose doing it was; 0 for nobody's and for robots'.
    package var agent: Int64
    package var scene: String

    package init(queue: Int64 = 0, agent: Int64 = 0, scene: String = "") {
        self.queue = queue
        self.agent = agent
        self.scene = scene
    }
}

/// What a queue promises, as of a place in the log.
package struct QueueSetting: Sendable, Hashable {
    package var queue: Int64
    /// Within how many milliseconds an answer is in time.
    package var target: Int64
    /// While it is closed no time counts.
    package var hours: WeeklyHours?
    /// The hours as they were written.
    package var text: String?

    package init(queue: Int64, target: Int64, hours: WeeklyHours? = nil, text: String? = nil) {
        self.queue = queue
        self.target = target
        self.hours = hours
        self.text = text
    }

    /// How much of a time between two moments does not count.
    package func paused(from start: Int64, to end: Int64) -> Int64 {
        guard let hours, end > start else { return 0 }
        return (end - start) - hours.open(from: start, to: end)
    }

    /// What is taken for a queue that nothing is known of.
    package static func unknown(_ queue: Int64) -> QueueSetting { QueueSetting(queue: queue, target: 60_000) }
}
