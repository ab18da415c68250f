/// How a queue's conversations reach agents; the numbers are those of the table.
package enum QueueMode: Int64, Sendable, Hashable, CaseIterable {
    /// Assigned at once.
    case push = 0
    /// Offered; the agent has twenty seconds to accept.
    case offer = 1
    /// Left in a list from which agents take.
    case pick = 2

    package var name: String { "\(self)" }
}

/// Which of several agents who could take a conversation gets it; the numbers are those of the table.
package enum ChoicePolicy: Int64, Sendable, Hashable, CaseIterable {
    /// The smallest part of the capacity in use, then the longest without a new conversation.
    case leastLoaded = 0
    /// The longest without a new conversation.
    case longestIdle = 1
    /// The fewest skills, so that those who can do everything stay free; then as `leastLoaded`.
    case specialist = 2

    package var name: String { "\(self)" }
}

/// A waiting line of a shop and its rules.
package struct DeskQueue: Sendable, Hashable {
    package let number: Int64
    package var shop: Int64
    package var name: String
    package var mode: QueueMode
    package var policy: ChoicePolicy
    /// Added to the waiting key: a queue with -600,000 goes before others by ten minutes of waiting.
    package var offset: Int64
    /// After how many milliseconds without an agent somebody is told.
    package var target: Int64
    /// Opening hours; always open without them.
    package var hours: WeeklyHours?
    /// Where a conversation goes whose target has passed.
    package var overflow: Int64?
    /// Whether new conversations may come.
    package var isActive = true
    /// Whether it is within the opening hours, as of the newest event; follows from `hours`.
    package internal(set) var isOpen = true

    package init(
        number: Int64, shop: Int64 = 1, name: String, mode: QueueMode = .push, policy: ChoicePolicy = .leastLoaded,
        offset: Int64 = 0, target: Int64 = 60_000, hours: WeeklyHours? = nil, overflow: Int64? = nil
    ) {
        self.number = number
        self.shop = shop
        self.name = name
        self.mode = mode
        self.policy = policy
        self.offset = min(Self.largestOffset, max(-Self.largestOffset, offset))
        self.target = min(86_400_000, max(1_000, target))
        self.hours = hours
        self.overflow = overflow
    }

    private static let largestOffset: Int64 = 7 * 86_400_000
}

/// The times that dispatch goes by, in milliseconds.
package struct DeskTimes: Sendable, Hashable {
    /// How long a robot may be silent.
    package var robotSilence: Int64 = 30_000
    /// How long an offer stands.
    package var offer: Int64 = 20_000
    /// How long an agent may take for the first answer.
    package var firstSilence: Int64 = 180_000
    /// How long for a later one.
    package var laterSilence: Int64 = 600_000
    /// When a conversation in which the customer is to speak ends.
    package var idle: Int64 = 1_800_000
    /// How long an agent who lost a conversation does not get it again.
    package var exclusion: Int64 = 60_000
    /// How long a conversation waits for the agent it prefers.
    package var hold: Int64 = 30_000
    /// How long an agent without a connection counts as there.
    package var lostGrace: Int64 = 60_000
    /// Offers in a row that an agent may miss before being set away.
    package var missesUntilAway: Int64 = 2
    /// How long a resolved conversation comes back when its customer writes.
    package var reopenWindow: Int64 = 14 * 86_400_000
    /// Messages of a robot in a row until a human looks.
    package var robotRun: Int64 = 20
    /// The longest snooze.
    package var longestSnooze: Int64 = 90 * 86_400_000

    package init() {}
}
