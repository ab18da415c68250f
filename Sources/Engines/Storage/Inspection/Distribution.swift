import Synchronization

/// How often a measurement fell between fixed bounds.
public struct Distribution: Sendable, Hashable {
    /// The upper bounds of all classes but the last, ascending.
    public let bounds: [Double]
    /// How many measurements fell into each class; one class more than bounds.
    public internal(set) var counts: [UInt64]
    /// The sum of all measurements.
    public internal(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] &+= 1
        sum += value
    }
}

/// What commits cost and carry, since the start.
struct CommitTally: Sendable {
    /// Seconds from `COMMIT` to its return: the sync of the log, mostly.
    var seconds = Distribution(
        bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30])
    /// Commands in one commit.
    var commands = Distribution(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
}

extension Database {
    /// How long commits took, in seconds: nearly all of it is the sync of the log.
    public var commitSeconds: Distribution { status.tally.withLock { $0.seconds } }
    /// How many commands shared a commit.
    public var commandsPerCommit: Distribution { status.tally.withLock { $0.commands } }
}
