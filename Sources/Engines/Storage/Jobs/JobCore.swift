/// How long leases run and how long a failed job rests.
public struct JobPolicy: Sendable, Hashable {
    /// How long a worker may be silent before another one takes its job.
    public var leaseMilliseconds: Int64
    /// The rest after the first failure; doubles with each further one.
    public var firstRestMilliseconds: Int64
    /// The longest rest.
    public var longestRestMilliseconds: Int64

    /// A policy.
    public init(
        leaseMilliseconds: Int64 = 30_000, firstRestMilliseconds: Int64 = 1_000,
        longestRestMilliseconds: Int64 = 300_000
    ) {
        self.leaseMilliseconds = leaseMilliseconds
        self.firstRestMilliseconds = firstRestMilliseconds
        self.longestRestMilliseconds = longestRestMilliseconds
    }

    func rest(afterAttempts attempts: Int64) -> Int64 {
        let doublings = min(max(0, attempts - 1), 20)
        let (rest, overflow) = firstRestMilliseconds.multipliedReportingOverflow(by: 1 << doublings)
        return overflow ? longestRestMilliseconds : min(rest, longestRestMilliseconds)
    }
}

/// What may happen to a job.
public enum JobEvent: Sendable, Hashable {
    /// A worker wants to begin it.
    case claim(owner: String)
    /// The worker is alive.
    case heartbeat(JobLease, progress: Double, note: String)
    /// The worker is done.
    case finish(JobLease, result: [UInt8])
    /// The worker could not do it.
    case fail(JobLease, error: String, mayRetry: Bool)
    /// Somebody no longer wants it.
    case cancel
    /// Time has passed.
    case expire
}

/// Why an event does not apply to a job.
public enum JobRefusal: Error, Sendable, Hashable {
    /// Another worker has the job, or it is over: stop, and keep nothing.
    case staleLease
    /// It is not waiting, or not due.
    case notClaimable
    /// Its lease still runs, or it has none.
    case notExpired
    /// It is over.
    case alreadyFinal
    /// There is no such job.
    case unknownJob
}

extension Job {
    /// Applies an event; a refused one changes nothing.
    ///
    /// An owner whose lease ran out may still finish as long as nobody else took the job: the number of the lease, and
    /// not the clock, decides who owns it.
    mutating func received(_ event: JobEvent, at now: Int64, policy: JobPolicy) throws(JobRefusal) {
        switch event {
        case .claim(let owner):
            guard state == .waiting, dueMilliseconds <= now else { throw .notClaimable }
            begin(owner: owner, at: now, policy: policy)
        case .heartbeat(let lease, let progress, let note):
            try check(lease)
            leaseMilliseconds = now + policy.leaseMilliseconds
            // Never backwards, and a worker's NaN never reaches the table.
            self.progress = max(self.progress, progress >= 0 ? min(progress, 1) : 0)
            self.note = note
        case .finish(let lease, let result):
            try check(lease)
            end(.done)
            progress = 1
            self.result = result
            error = nil
        case .fail(let lease, let error, let mayRetry):
            try check(lease)
            giveUp(error: error, mayRetry: mayRetry, at: now, policy: policy)
        case .cancel:
            if state.isFinal { throw .alreadyFinal }
            isCancelRequested = true
            if state == .waiting { end(.cancelled) }
        case .expire:
            guard state == .running, let lease = leaseMilliseconds, lease < now else { throw .notExpired }
            giveUp(error: "The worker \(owner ?? "") stopped answering.", mayRetry: true, at: now, policy: policy)
        }
        updatedMilliseconds = now
    }

    private func check(_ lease: JobLease) throws(JobRefusal) {
        guard state == .running, lease.job == number, lease.number == leaseNumber else { throw .staleLease }
    }

    private mutating func begin(owner: String, at now: Int64, policy: JobPolicy) {
        state = .running
        self.owner = owner
        leaseMilliseconds = now + policy.leaseMilliseconds
        leaseNumber += 1
        attempts += 1
        progress = 0
        note = ""
    }

    private mutating func giveUp(error: String, mayRetry: Bool, at now: Int64, policy: JobPolicy) {
        self.error = error
        if isCancelRequested {
            end(.cancelled)
        } else if mayRetry, attempts < maximumAttempts {
            end(.waiting)
            dueMilliseconds = now + policy.rest(afterAttempts: attempts)
        } else {
            end(.failed)
        }
    }

    private mutating func end(_ state: JobState) {
        self.state = state
        owner = nil
        leaseMilliseconds = nil
    }
}
