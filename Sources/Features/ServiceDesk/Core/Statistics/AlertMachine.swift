/// Whether an alert holds: it begins after the value was past its threshold for a while, ends after it was past the
/// clear threshold for as long, and is told once each time.
package struct AlertMachine: Sendable, Hashable {
    package enum State: String, Sendable, Hashable {
        case ok
        /// Past the threshold, not long enough yet.
        case pending
        case firing
        /// Better, not long enough yet.
        case clearing
    }
    package enum Notice: String, Sendable, Hashable {
        case fired
        case cleared
        /// It still holds, an hour later.
        case reminder
    }
    package internal(set) var state = State.ok
    /// Since when it is in this state, in milliseconds since 1970.
    package internal(set) var since: Int64 = 0
    /// When somebody was told last.
    package internal(set) var told: Int64 = 0

    package static let reminderInterval: Int64 = 3_600_000

    package init() {}

    package init(state: State, since: Int64, told: Int64) {
        self.state = state
        self.since = since
        self.told = told
    }

    /// Takes the value as of a moment.
    ///
    /// - Parameter value: nil when there is too little to say anything; then nothing begins and nothing ends.
    /// - Returns: what is to be told.
    package mutating func look(_ value: Double?, _ rule: AlertRule, at now: Int64) -> Notice? {
        guard let value else { return nil }
        let isBad = rule.isAbove ? value > rule.threshold : value < rule.threshold
        let isGood = rule.isAbove ? value <= rule.clear : value >= rule.clear
        switch state {
        case .ok where isBad: enter(.pending, now)
        case .pending where !isBad: enter(.ok, now)
        case .firing where isGood: enter(.clearing, now)
        case .clearing where !isGood: enter(.firing, now)
        default: break
        }
        if state == .pending, now - since >= rule.hold {
            enter(.firing, now)
            told = now
            return .fired
        }
        if state == .clearing, now - since >= rule.hold {
            enter(.ok, now)
            return .cleared
        }
        guard state == .firing, now - told >= Self.reminderInterval else { return nil }
        told = now
        return .reminder
    }

    private mutating func enter(_ state: State, _ now: Int64) { (self.state, since) = (state, now) }
}
