/// Keeps presses away from a business that does not answer, and tries again with one.
///
/// Opens after five failures in a row or when more than half of the last twenty failed; after half a minute one job is let
/// through, and its fate decides.
package struct Breaker: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        case closed
        case open(until: Int64)
        /// One job is under way to find out; another one may try at a moment, should it never come back.
        case probing(until: Int64)
    }
    package private(set) var state = State.closed
    private var inRow = 0
    private var last: [Bool] = []

    private let pause: Int64

    /// - Parameter pause: how long the business is left alone, in milliseconds.
    package init(pause: Int64 = CardPace.usual.pause) { self.pause = pause }

    /// Whether a job may go now. A job that goes through an open breaker is the probe.
    package mutating func admits(at now: Int64) -> Bool {
        switch state {
        case .closed: return true
        case .open(let until), .probing(let until):
            guard now >= until else { return false }
            state = .probing(until: now + pause)
            return true
        }
    }

    /// A job has come back.
    package mutating func ended(isFailure: Bool, at now: Int64) {
        if case .closed = state {
            inRow = isFailure ? inRow + 1 : 0
            last = (last + [isFailure]).suffix(20)
            let failures = last.count { $0 }
            if inRow >= 5 || (last.count == 20 && failures > 10) { open(at: now) }
        } else if isFailure {
            open(at: now)
        } else {
            self = Breaker(pause: pause)
        }
    }

    private mutating func open(at now: Int64) {
        self = Breaker(pause: pause)
        state = .open(until: now + pause)
    }
}

/// The times of one business, in milliseconds.
package struct CardPace: Sendable, Hashable {
    /// The first try again comes within twice this.
    package var first: Int64
    /// How long a business that does not answer is left alone.
    package var pause: Int64

    package init(first: Int64, pause: Int64) {
        self.first = first
        self.pause = pause
    }

    package static let usual = CardPace(first: 1_000, pause: 30_000)
}

/// When a press is tried again.
package enum CardRetry {
    /// Tries until a human must look.
    package static let most: Int64 = 8

    /// A random part of twice as long after each failure, up to ten minutes, in milliseconds.
    ///
    /// - Parameters:
    ///   - tries: how often it was tried, from 1.
    ///   - first: half of the longest first pause, in milliseconds.
    ///   - wish: what the business asked for by `Retry-After`, in milliseconds.
    package static func delay(
        afterTries tries: Int64, wish: Int64?, first: Int64 = CardPace.usual.first,
        using generator: inout some RandomNumberGenerator
    ) -> Int64 {
        let most = min(600_000, min(60_000, max(1, first)) << min(20, max(0, tries)))
        return max(min(600_000, max(0, wish ?? 0)), Int64.random(in: 0...most, using: &generator))
    }
}
