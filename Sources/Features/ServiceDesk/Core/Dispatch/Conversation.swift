/// Where a conversation stands; the numbers are those of the table.
package enum ConversationStatus: Int64, Sendable, Hashable, CaseIterable {
    case robot = 0
    case queued = 1
    case offered = 2
    case open = 3
    /// The shop has answered, the customer is to speak.
    case waiting = 4
    case snoozed = 5
    case resolved = 6

    /// The word in replies and events.
    package var name: String { "\(self)" }

    /// Whether a conversation in this state takes a place of its agent's capacity.
    package var takesPlace: Bool { self == .offered || self == .open || self == .waiting }
}

/// Who serves a conversation.
package enum Owner: Sendable, Hashable {
    case agent(Int64)
    case robot(Int64)

    package var agent: Int64? {
        if case .agent(let number) = self { return number }
        return nil
    }
}

/// What is due when a conversation's deadline comes; the numbers are those of the table.
package enum DeadlineKind: Int64, Sendable, Hashable, CaseIterable {
    /// The robot has said nothing.
    case robotSilent = 0
    /// Nobody has taken the conversation within the queue's target.
    case target = 1
    /// The same, again: no other queue is tried any more.
    case alert = 2
    /// The queue opens.
    case opening = 3
    /// The agent has not accepted.
    case offer = 4
    /// The agent has not answered.
    case silent = 5
    /// The customer has said nothing more.
    case idle = 6
    /// The conversation comes back.
    case snooze = 7
}

/// A moment at which something is due.
package struct Deadline: Sendable, Hashable {
    package var at: Int64
    package var kind: DeadlineKind

    package init(at: Int64, kind: DeadlineKind) {
        self.at = at
        self.kind = kind
    }
}

/// One person's one matter with the shop: what dispatch knows of it.
package struct Conversation: Sendable, Hashable {
    package let number: Int64
    package var room: Int64
    package var shop: Int64
    package var topic: String
    package var person: Int64
    package var scene: Int64?
    package var queue: Int64
    package var status = ConversationStatus.queued
    package var owner: Owner?
    /// 0...9; each step is worth ten minutes of waiting.
    package var priority: Int64
    /// What an agent must be able to do, sorted.
    package var skills: [String]
    package var deadline: Deadline?
    /// Since when it waits for a human, in milliseconds since 1970; kept when it goes back to the queue.
    package var enqueued: Int64
    /// The agent who should get it while the hold runs.
    package var prefer: Int64?
    /// Until when only `prefer` may get it; 0 for no hold.
    package var holdUntil: Int64 = 0
    /// Agents who do not get it by themselves, each until a moment.
    package var exclusions: [Int64: Int64] = [:]
    /// How many transitions there have been.
    package var n: Int64 = 0
    package var opened: Int64
    package var resolved: Int64?
    /// The conversation that took its place in a merge of persons.
    package var successor: Int64?
    /// Whether a human has answered since it was opened.
    package var isAnswered = false
    /// Messages of the robot since the customer spoke last.
    package var robotRun: Int64 = 0
    /// What the customer thought of it, 1...5.
    package var rating: Int64?

    package init(
        number: Int64, room: Int64, shop: Int64, topic: String, person: Int64, queue: Int64, priority: Int64 = 0,
        skills: [String] = [], opened: Int64
    ) {
        self.number = number
        self.room = room
        self.shop = shop
        self.topic = topic
        self.person = person
        self.queue = queue
        self.priority = min(9, max(0, priority))
        self.skills = Set(skills).sorted()
        self.opened = opened
        enqueued = opened
    }

    /// What no two unresolved conversations share.
    package var key: ConversationKey { ConversationKey(shop: shop, person: person, topic: topic) }
}

/// A person's topic in a shop: there is one unresolved conversation of it at most.
package struct ConversationKey: Sendable, Hashable {
    package var shop: Int64
    package var person: Int64
    package var topic: String

    package init(shop: Int64, person: Int64, topic: String) {
        self.shop = shop
        self.person = person
        self.topic = topic
    }
}

extension Conversation {
    /// For how long after its end a conversation can be rated: a week.
    package static let ratingWindow: Int64 = 7 * 86_400_000

    /// Keeps the customer's opinion.
    package mutating func rate(_ stars: Int64, at now: Int64) throws(DeskRefusal) {
        guard status == .resolved, let resolved, now - resolved <= Self.ratingWindow else { throw .notRatable }
        guard (1...5).contains(stars) else { throw .impossible("A rating is a number from 1 to 5.") }
        rating = stars
    }
}
