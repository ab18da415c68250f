/// A job that a worker has just begun.
public struct ClaimedJob: Sendable, Hashable {
    /// The job.
    public let job: Job
    /// The right to work on it.
    public let lease: JobLease
}

/// What a worker is to do after a heartbeat.
public enum JobInstruction: Sendable, Hashable {
    /// Go on.
    case goOn
    /// Somebody called the job off: stop soon and report a failure.
    case stop
}

/// Durable jobs. A worker that dies loses nothing: its lease runs out and somebody else takes the job.
///
/// Delivery is at least once, so handlers must bear being begun again; an effect handed to `finish` is written in the
/// same transaction as the end of the job and so happens exactly once.
public struct Jobs: Sendable {
    private let database: Database
    private let policy: JobPolicy

    /// The jobs of a database.
    public init(database: Database, policy: JobPolicy = JobPolicy()) {
        self.database = database
        self.policy = policy
    }

    /// Asks for a job inside a transaction of the caller's. The same kind and key give the same number again.
    public static func enqueue(_ request: JobRequest, in context: WriteContext) throws -> Int64 {
        if let key = request.idempotencyKey,
            let known = try JobTable.number(kind: request.kind, key: key, context.connection)
        {
            return known
        }
        return try JobTable.insert(request, at: context.now, context.connection)
    }

    /// One job inside a transaction of the caller's; nil when there is none of that number.
    public static func job(_ number: Int64, in context: WriteContext) throws -> Job? {
        try JobTable.job(number, context.connection)
    }

    /// Asks for a job and returns its number.
    public func enqueue(_ request: JobRequest) async throws -> Int64 {
        try await database.write { try Self.enqueue(request, in: $0) }
    }

    /// Takes the next job of some kinds; nil when there is nothing to do. Leases that ran out are dealt with first.
    public func claim(kinds: [String], owner: String) async throws -> ClaimedJob? {
        guard try await hasWork(kinds: kinds) else { return nil }
        return try await database.write { [policy] context in
            try Self.expire(limit: 100, policy: policy, in: context)
            let candidates = try kinds.compactMap { try JobTable.next(kind: $0, at: context.now, context.connection) }
            guard var job = candidates.min(by: Self.goesBefore) else { return nil }
            try job.received(.claim(owner: owner), at: context.now, policy: policy)
            try JobTable.update(job, context.connection)
            return ClaimedJob(job: job, lease: JobLease(job: job.number, number: job.leaseNumber))
        }
    }

    /// An idle worker asks often; without anything to do it must not cost a commit.
    private func hasWork(kinds: [String]) async throws -> Bool {
        let now = database.now
        return try await database.read { connection in
            if try !JobTable.expired(at: now, limit: 1, connection).isEmpty { return true }
            return try kinds.contains { try JobTable.next(kind: $0, at: now, connection) != nil }
        }
    }

    private static func goesBefore(_ one: Job, _ other: Job) -> Bool {
        (one.priority, one.dueMilliseconds, one.number) < (other.priority, other.dueMilliseconds, other.number)
    }

    @discardableResult
    private static func expire(limit: Int, policy: JobPolicy, in context: WriteContext) throws -> Int {
        let expired = try JobTable.expired(at: context.now, limit: limit, context.connection)
        for var job in expired {
            try job.received(.expire, at: context.now, policy: policy)
            try JobTable.update(job, context.connection)
        }
        return expired.count
    }

    /// Says that the worker is alive and how far it is (0...1), and learns whether to go on.
    ///
    /// - Throws: `JobRefusal.staleLease` when the job is somebody else's by now: stop, and keep nothing.
    public func heartbeat(_ lease: JobLease, progress: Double, note: String) async throws -> JobInstruction {
        let job = try await apply(.heartbeat(lease, progress: progress, note: note), to: lease.job)
        return job.isCancelRequested ? .stop : .goOn
    }

    /// Ends the job with its result; the effect is written in the same transaction.
    ///
    /// - Throws: `JobRefusal.staleLease` when the job is somebody else's by now; the effect is not written then.
    public func finish(
        _ lease: JobLease, result: [UInt8], effect: @escaping @Sendable (WriteContext) throws -> Void = { _ in }
    ) async throws {
        _ = try await apply(.finish(lease, result: result), to: lease.job, effect: effect)
    }

    /// Reports that the attempt failed. The job rests and is tried again, unless `mayRetry` is false or it was the last
    /// attempt.
    public func fail(_ lease: JobLease, error: String, mayRetry: Bool = true) async throws {
        _ = try await apply(.fail(lease, error: error, mayRetry: mayRetry), to: lease.job)
    }

    /// Calls a job off: at once if it waits, else at the worker's next heartbeat.
    ///
    /// - Throws: `JobRefusal.alreadyFinal` when it is over.
    public func cancel(_ number: Int64) async throws {
        _ = try await apply(.cancel, to: number)
    }

    /// Deals with leases that ran out; `claim` does so too.
    @discardableResult
    public func expireLeases(limit: Int = 100) async throws -> Int {
        try await database.write { [policy] in try Self.expire(limit: limit, policy: policy, in: $0) }
    }

    private func apply(
        _ event: JobEvent, to number: Int64, effect: @escaping @Sendable (WriteContext) throws -> Void = { _ in }
    ) async throws -> Job {
        try await database.write { [policy] context in
            guard var job = try JobTable.job(number, context.connection) else { throw JobRefusal.unknownJob }
            try job.received(event, at: context.now, policy: policy)
            try JobTable.update(job, context.connection)
            try effect(context)
            return job
        }
    }
}

// MARK: Looking

extension Jobs {
    /// One job; nil when there is none of that number.
    public func job(_ number: Int64) async throws -> Job? {
        try await database.read { try JobTable.job(number, $0) }
    }

    /// Jobs in the order in which they were asked for.
    public func list(kind: String? = nil, after number: Int64 = 0, limit: Int = 100) async throws -> [Job] {
        try await database.read { try JobTable.list(kind: kind, after: number, limit: limit, $0) }
    }

    /// The jobs of a kind that somebody holds a lease on.
    public func running(kind: String) async throws -> [Job] {
        try await database.read { try JobTable.running(kind: kind, $0) }
    }

    /// How many jobs are in each state.
    public func counts() async throws -> [JobState: Int] {
        try await database.read { try JobTable.counts($0) }
    }

    /// Deletes up to `limit` jobs that ended before a moment, and returns how many. Their keys may be used again.
    public func removeEnded(beforeMilliseconds: Int64, limit: Int = 500) async throws -> Int {
        try await database.write { try JobTable.deleteFinal(before: beforeMilliseconds, limit: limit, $0.connection) }
    }
}
