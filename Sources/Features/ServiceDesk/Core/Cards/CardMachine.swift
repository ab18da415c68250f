/// Where a card stands; the numbers are those of the table.
package enum CardState: Int64, Sendable, Hashable, CaseIterable {
    case active = 0
    /// A press is on its way to the business.
    case busy = 1
    case done = 2
    case failed = 3
    case expired = 4
    case cancelled = 5

    package var name: String { "\(self)" }
    package var isFinal: Bool { self != .active && self != .busy }
}

/// What the business has made of a press.
package enum CardOutcome: String, Sendable, Hashable {
    case ok
    /// A reason of the business's; its text is shown and nothing was done.
    case refused
    /// Nobody knows; a human is told.
    case dead
    /// A human has looked at a press whose fate nobody knew, and ended it with a text.
    case closed
}

/// Why a press has no effect; it leaves no trace.
package enum CardRefusal: Error, Sendable, Hashable {
    /// The card changed since it was drawn.
    case stale(rev: Int64)
    case busy
    case expired
    case over(CardState)
    case unknownVerb
}

/// A card's life: each press takes one use and waits for its answer before the next one.
package struct CardMachine: Sendable, Hashable {
    package var state = CardState.active
    /// Grows by one with each change.
    package var rev: Int64 = 1
    package var usesLeft: Int64
    /// When it can no longer be pressed, in milliseconds since 1970.
    package var expires: Int64?

    package init(uses: Int64, expires: Int64?) {
        usesLeft = min(1_000, max(1, uses))
        self.expires = expires
    }

    /// A press of the card as its presser saw it.
    package mutating func press(rev seen: Int64, at now: Int64) throws(CardRefusal) {
        if state == .busy { throw .busy }
        if state.isFinal { throw state == .expired ? .expired : .over(state) }
        if let expires, expires <= now { throw .expired }
        guard seen == rev else { throw .stale(rev: rev) }
        // An active card has a use left: `answered` sees to it.
        usesLeft -= 1
        go(.busy)
    }

    /// The business has answered the press that is on its way.
    package mutating func answered(_ outcome: CardOutcome, at now: Int64) {
        guard state == .busy else { return }
        switch outcome {
        case .ok: go(usesLeft > 0 ? .active : .done)
        case .refused:
            // Nothing was done: the use is given back.
            usesLeft += 1
            go(.active)
        case .dead: go(.failed)
        case .closed: break
        }
        expire(at: now)
    }

    /// Time has passed.
    package mutating func expire(at now: Int64) {
        if state == .active, let expires, expires <= now { go(.expired) }
    }

    /// Whoever sent it takes it back; what is on its way goes on.
    package mutating func cancel() throws(CardRefusal) {
        if state == .busy { throw .busy }
        if state.isFinal { throw .over(state) }
        go(.cancelled)
    }

    /// A press that nobody answered goes to the business once more.
    package mutating func replayed() throws(CardRefusal) {
        guard state == .failed else { throw .over(state) }
        go(.busy)
    }

    /// The business says by itself how the matter of the card ended.
    package mutating func settled(as last: CardState) throws(CardRefusal) {
        if state == .busy { throw .busy }
        if state.isFinal { throw .over(state) }
        go(last)
    }

    private mutating func go(_ next: CardState) {
        state = next
        rev += 1
    }
}
