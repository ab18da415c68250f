/// How a database behaves. The defaults are those of a shop's server.
public struct DatabaseOptions: Sendable {
    /// Connections that read at the same time.
    public var readerCount = 4
    /// How long one `read` may take before it is interrupted; a longer one would stop the log from being reset.
    public var readLimitMilliseconds = 4_000
    /// Commands in one commit.
    public var batchLimit = 512
    /// Announced bytes in one commit.
    public var batchLimitBytes = 4 << 20
    /// Commands, or reads, that may wait; the next one is refused with 503.
    public var queueLimit = 8_192
    /// Announced bytes that may wait.
    public var queueLimitBytes = 64 << 20
    /// Time between two passive checkpoints while there is something to do.
    public var checkpointIntervalMilliseconds = 500
    /// Size of the write-ahead log from which on the writer resets it between two batches.
    public var logLimitBytes = 64 << 20
    /// Time between two attempts to leave read-only mode after a full disk.
    public var probeIntervalMilliseconds = 5_000
    /// Page cache of each connection.
    public var cacheKibibytes = 65_536
    /// Up to this size a file is checked page by page when it is opened; a larger one only at its ends.
    public var checkLimitBytes: Int64 = 256 << 20
    /// Called once, on the writer's thread, when the database cannot go on safely. The program must exit non-zero.
    public var onFatal: @Sendable (StorageError) -> Void = { _ in }

    /// The defaults.
    public init() {}
}
