/// When a caged process that ended may begin again, and when it has ended too often.
///
/// After a crash it waits 1, 2, 4, .. at most 60 seconds; three crashes within ten minutes are too many.
public struct CrashLedger: Hashable, Sendable {
    /// Crashes that are too many.
    public static let tooMany = 3
    /// Milliseconds within which they count.
    public static let windowMilliseconds: Int64 = 600_000
    /// The longest wait.
    public static let longestWaitMilliseconds: Int64 = 60_000

    private var crashes: [Int64] = []
    private var waits: Int64 = 0
    /// The time from which on it may begin again.
    public private(set) var mayStart: Int64 = .min

    /// No crash so far.
    public init() {}

    /// What follows from a crash.
    public enum Verdict: Hashable, Sendable {
        /// It may begin again after that many milliseconds.
        case wait(Int64)
        /// It must not begin again.
        case quarantine
    }

    /// Notes a crash. Times are milliseconds of any clock that does not go back.
    public mutating func crashed(at now: Int64) -> Verdict {
        if let last = crashes.last, now - last >= Self.windowMilliseconds { waits = 0 }
        crashes = crashes.filter { now - $0 < Self.windowMilliseconds } + [now]
        guard crashes.count < Self.tooMany else { return .quarantine }
        let wait = min(Self.longestWaitMilliseconds, 1_000 << min(waits, 6))
        waits += 1
        mayStart = now + wait
        return .wait(wait)
    }
}
