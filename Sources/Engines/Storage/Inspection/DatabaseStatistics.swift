import Synchronization

/// Numbers about a running database, for metrics.
public struct DatabaseStatistics: Sendable, Hashable {
    /// Commits since the start.
    public let commits: Int
    /// Commands that reached a commit.
    public let commands: Int
    /// Commands refused because their batch failed.
    public let refusedCommands: Int
    /// Commands that wait now.
    public let waitingCommands: Int
    /// Reads that wait now.
    public let waitingReads: Int
    /// When the last commit was, in milliseconds since 1970; 0 before the first.
    public let lastCommitMilliseconds: Int64
    /// Bytes of the write-ahead log in use after the last commit.
    public let logBytes: Int
    /// Checkpoints that ended with an error.
    public let checkpointFailures: Int
}

extension Database {
    /// The numbers of this moment.
    public var statistics: DatabaseStatistics {
        DatabaseStatistics(
            commits: status.commits.load(ordering: .relaxed), commands: status.commands.load(ordering: .relaxed),
            refusedCommands: status.refusedCommands.load(ordering: .relaxed), waitingCommands: writer.queue.count,
            waitingReads: readers.queue.count,
            lastCommitMilliseconds: status.lastCommitMilliseconds.load(ordering: .relaxed),
            logBytes: status.logBytes.load(ordering: .relaxed),
            checkpointFailures: status.checkpointFailures.load(ordering: .relaxed))
    }
}
