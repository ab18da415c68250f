/// Where a job stands.
public enum JobState: Int64, Sendable, Hashable, CaseIterable {
    /// Nobody works on it; it may be taken from its due time on.
    case waiting = 0
    /// Somebody holds a lease on it.
    case running = 1
    /// Finished with a result.
    case done = 2
    /// Given up after the last attempt.
    case failed = 3
    /// Called off.
    case cancelled = 4

    /// Whether nothing will change any more.
    public var isFinal: Bool { self == .done || self == .failed || self == .cancelled }
}

/// What somebody wants done.
public struct JobRequest: Sendable, Hashable {
    /// Which handler does it, e.g. `panorama.stitch`.
    public var kind: String
    /// What the handler needs to know.
    public var input: [UInt8]
    /// A second request of this kind with the same key is the same job.
    public var idempotencyKey: String?
    /// Smaller goes first.
    public var priority: Int64
    /// How often it may be begun.
    public var maximumAttempts: Int64
    /// Not before so many milliseconds from now.
    public var delayMilliseconds: Int64

    /// A request.
    public init(
        kind: String, input: [UInt8], idempotencyKey: String? = nil, priority: Int64 = 0, maximumAttempts: Int64 = 5,
        delayMilliseconds: Int64 = 0
    ) {
        self.kind = kind
        self.input = input
        self.idempotencyKey = idempotencyKey
        self.priority = priority
        self.maximumAttempts = maximumAttempts
        self.delayMilliseconds = delayMilliseconds
    }
}

/// The right to work on a job for a while. A later lease on the same job makes an earlier one worthless.
public struct JobLease: Sendable, Hashable {
    /// The job.
    public let job: Int64
    /// Which lease on that job: 1, 2, 3 ...
    public let number: Int64

    /// A lease, e.g. as a worker process was told it.
    public init(job: Int64, number: Int64) {
        self.job = job
        self.number = number
    }
}

/// A durable piece of work.
public struct Job: Sendable, Hashable {
    /// Its number.
    public let number: Int64
    /// Which handler does it.
    public let kind: String
    /// The key that makes repeated requests one job.
    public let idempotencyKey: String?
    /// What the handler needs to know.
    public let input: [UInt8]
    /// Smaller goes first.
    public let priority: Int64
    /// How often it may be begun.
    public let maximumAttempts: Int64
    /// When it was asked for, in milliseconds since 1970.
    public let createdMilliseconds: Int64

    /// Where it stands.
    public internal(set) var state: JobState = .waiting
    /// How often it was begun.
    public internal(set) var attempts: Int64 = 0
    /// Not to be taken before, in milliseconds since 1970.
    public internal(set) var dueMilliseconds: Int64
    /// Who works on it.
    public internal(set) var owner: String?
    /// Until when the lease runs, in milliseconds since 1970.
    public internal(set) var leaseMilliseconds: Int64?
    /// How many leases there have been.
    public internal(set) var leaseNumber: Int64 = 0
    /// How much is done, 0...1.
    public internal(set) var progress: Double = 0
    /// What is being done, for people.
    public internal(set) var note = ""
    /// Whether the worker should stop.
    public internal(set) var isCancelRequested = false
    /// What came out of it.
    public internal(set) var result: [UInt8]?
    /// Why the newest attempt failed.
    public internal(set) var error: String?
    /// When it last changed, in milliseconds since 1970.
    public internal(set) var updatedMilliseconds: Int64
}
