/// What a token bucket says to one request.
public enum TokenBucketVerdict: Hashable, Sendable {
    /// The request may pass; its cost was taken.
    case allowed
    /// The request must wait that long before it can pass.
    case refused(retryAfterMilliseconds: Int)
}

/// A rate limit: `ratePerSecond` on average, `burst` at once.
///
/// Time is an argument; a clock that jumps back gives nothing and takes nothing.
public struct TokenBucket: Sendable {
    private let ratePerSecond: Double
    private let burst: Double
    private var level: Double
    private var filledAt: Int64?

    /// A full bucket. Both numbers must be above 0.
    public init(ratePerSecond: Double, burst: Double) {
        precondition(ratePerSecond > 0 && burst > 0, "a bucket needs a rate and a burst above 0")
        self.ratePerSecond = ratePerSecond
        self.burst = burst
        level = burst
    }

    /// Takes `cost` tokens if they are there. `nowMilliseconds` is any clock, always the same one.
    public mutating func take(at nowMilliseconds: Int64, cost: Double = 1) -> TokenBucketVerdict {
        fill(at: nowMilliseconds)
        guard level < cost else {
            level -= cost
            return .allowed
        }
        let seconds = (min(cost, burst) - level) / ratePerSecond
        // A thousandth of a millisecond less, so that a rounding error does not cost a whole one.
        return .refused(retryAfterMilliseconds: max(1, Int((seconds * 1_000 - 0.001).rounded(.up))))
    }

    /// Whether the bucket has been full again since, so that it may be forgotten.
    public func isFull(at nowMilliseconds: Int64) -> Bool {
        var copy = self
        copy.fill(at: nowMilliseconds)
        return copy.level >= burst
    }

    private mutating func fill(at now: Int64) {
        let (elapsed, overflow) = now.subtractingReportingOverflow(filledAt ?? now)
        if !overflow, elapsed > 0 { level = min(burst, level + Double(elapsed) / 1_000 * ratePerSecond) }
        filledAt = now
    }
}
