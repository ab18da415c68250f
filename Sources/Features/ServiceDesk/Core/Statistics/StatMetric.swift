/// What is counted; the numbers are those of the table.
package enum StatMetric: Int64, Sendable, Hashable, CaseIterable {
    /// How long customers waited for a human's answer; in the minute in which they began to wait.
    case response = 0
    /// The same, of the first answer since a conversation was opened or ended.
    case firstResponse = 1
    /// How long for an answer of a human or a robot.
    case responseAny = 2
    case firstResponseAny = 3
    /// Answers of humans within the target of the queue.
    case timely = 4
    /// Answers that came later, and waiting that ended without one after the target had passed.
    case late = 5
    /// Those of them that were first answers.
    case lateFirst = 6
    /// How long conversations stood in line until an agent got them; in the minute in which that ended.
    case wait = 7
    /// How long those stood in line that ended there.
    case abandoned = 8
    /// How long an agent had a conversation, from getting it until it went on.
    case handling = 9
    /// From the opening, or the coming back, to the end.
    case resolution = 10
    case opened = 11
    /// Conversations that began with a robot.
    case robotOpened = 12
    /// Conversations that a robot gave to humans.
    case handover = 13
    case reopened = 14
    case transferred = 15
    case cardSent = 16
    case cardPressed = 17
    /// Presses that a business carried out, and how long they took.
    case cardDone = 18
    case cardRefused = 19
    /// Presses whose fate nobody knows.
    case cardDead = 20
    /// Stars of customers.
    case rating = 21
    /// How long agents took conversations; each minute's part in that minute.
    case available = 22
    /// How long agents were there and took none.
    case away = 23

    /// The word in replies.
    package var name: String { "\(self)" }

    package init?(name: String) {
        guard let metric = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = metric
    }

    /// Whether the values are durations in milliseconds, or stars; else only the count says something.
    package var hasValues: Bool {
        switch self {
        case .opened, .robotOpened, .handover, .reopened, .transferred, .cardSent, .cardPressed, .lateFirst: false
        default: true
        }
    }

    /// Whether a number belongs to the minute in which waiting began, and can still change while somebody waits.
    package var followsTurns: Bool { rawValue <= StatMetric.lateFirst.rawValue }
}
