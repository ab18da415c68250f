import Basics
import Storage
import TestSupport
import Testing

/// What a job should be, told plainly.
private struct ModelJob {
    var kind: String
    var key: String?
    var priority: Int64
    var due: Int64
    var tries: Int64 = 0
    var most: Int64
    /// The number of the newest lease, its end, and whether somebody holds it.
    var lease: Int64 = 0
    var until: Int64 = 0
    var isHeld = false
    var stopAsked = false
    /// done, failed, cancelled; nil while it is alive.
    var end: JobState?
    var state: JobState { end ?? (isHeld ? .running : .waiting) }
}

/// All jobs, and how often each one's effect was written.
private struct Model {
    var jobs: [Int64: ModelJob] = [:]
    var effects: [Int64: Int] = [:]
    let policy: JobPolicy

    private mutating func lose(_ number: Int64, retry: Bool, _ now: Int64) {
        guard var job = jobs[number] else { return }
        job.isHeld = false
        if job.stopAsked {
            job.end = .cancelled
        } else if !retry || job.tries >= job.most {
            job.end = .failed
        } else {
            var rest = policy.firstRestMilliseconds
            for _ in 1..<max(1, job.tries) { rest = min(rest * 2, policy.longestRestMilliseconds) }
            job.due = now + min(rest, policy.longestRestMilliseconds)
        }
        jobs[number] = job
    }

    mutating func expire(_ now: Int64) {
        for (number, job) in jobs where job.isHeld && job.until < now { lose(number, retry: true, now) }
    }

    mutating func claim(_ kinds: [String], _ now: Int64) -> JobLease? {
        expire(now)
        let ready = jobs.filter { kinds.contains($0.value.kind) && $0.value.state == .waiting && $0.value.due <= now }
        guard
            let (number, found) = ready.min(by: { one, other in
                (one.value.priority, one.value.due, one.key) < (other.value.priority, other.value.due, other.key)
            })
        else { return nil }
        var job = found
        job.isHeld = true
        job.tries += 1
        job.lease += 1
        job.until = now + policy.leaseMilliseconds
        jobs[number] = job
        return JobLease(job: number, number: job.lease)
    }

    /// Whether a lease is the newest one of a job that is being worked on.
    func holds(_ lease: JobLease) -> Bool {
        jobs[lease.job].map { $0.isHeld && $0.lease == lease.number } ?? false
    }

    mutating func beat(_ lease: JobLease, _ now: Int64) -> Bool {
        guard holds(lease) else { return false }
        jobs[lease.job]?.until = now + policy.leaseMilliseconds
        return true
    }

    mutating func finish(_ lease: JobLease) -> Bool {
        guard holds(lease) else { return false }
        jobs[lease.job]?.isHeld = false
        jobs[lease.job]?.end = .done
        effects[lease.job, default: 0] += 1
        return true
    }

    mutating func fail(_ lease: JobLease, retry: Bool, _ now: Int64) -> Bool {
        guard holds(lease) else { return false }
        lose(lease.job, retry: retry, now)
        return true
    }

    mutating func cancel(_ number: Int64) -> Bool {
        guard let job = jobs[number], job.end == nil else { return false }
        jobs[number]?.stopAsked = true
        if !job.isHeld { jobs[number]?.end = .cancelled }
        return true
    }
}

@Suite("Jobs against a plain model")
struct JobModelTests {
    @Test("agree after every step of random work by workers that crash, stall and come back", arguments: 1...10)
    func random(seed: UInt64) async throws {
        let scratch = try Scratch()
        let clock = MockWallClock()
        var database = try scratch.open(clock: clock)
        let policy = JobPolicy(leaseMilliseconds: 50, firstRestMilliseconds: 10, longestRestMilliseconds: 60)
        var jobs = Jobs(database: database, policy: policy)
        var model = Model(policy: policy)
        var random = SeededRandom(seed: seed)
        // Every lease ever given; a crashed worker simply stops using its own, a stalled one comes back with it.
        var leases: [JobLease] = []
        for step in 0..<250 {
            let now = clock.now()
            let any = leases.randomElement(using: &random) ?? JobLease(job: 1, number: 1)
            let lease = Bool.random(using: &random) ? leases.last ?? any : any
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<4:
                let key = Bool.random(using: &random) ? nil : "k\(Int.random(in: 0..<20, using: &random))"
                let request = JobRequest(
                    kind: Bool.random(using: &random) ? "a" : "b", input: [], idempotencyKey: key,
                    priority: Int64.random(in: 0...2, using: &random),
                    maximumAttempts: Int64.random(in: 1...4, using: &random),
                    delayMilliseconds: Int64.random(in: 0...1, using: &random) * 20)
                let number = try await jobs.enqueue(request)
                let known = model.jobs.first { key != nil && $0.value.key == key && $0.value.kind == request.kind }
                #expect(known == nil || known?.key == number, "seed \(seed) step \(step)")
                if known == nil {
                    model.jobs[number] = ModelJob(
                        kind: request.kind, key: key, priority: request.priority,
                        due: now + request.delayMilliseconds, most: request.maximumAttempts)
                }
            case 4..<9:
                let kinds = [["a"], ["b"], ["a", "b"]].randomElement(using: &random) ?? []
                let claimed = try await jobs.claim(kinds: kinds, owner: "w")
                #expect(claimed?.lease == model.claim(kinds, now), "seed \(seed) step \(step)")
                if let claimed { leases.append(claimed.lease) }
            case 9..<12:
                clock.advance(milliseconds: Int64.random(in: 1...30, using: &random))
            case 12..<14:
                let answer = try? await jobs.heartbeat(lease, progress: 0.5, note: "")
                let stops = model.jobs[lease.job]?.stopAsked ?? false
                #expect(answer == (model.beat(lease, now) ? (stops ? .stop : .goOn) : nil), "seed \(seed) step \(step)")
            case 14..<16:
                let answer: Void? = try? await jobs.finish(lease, result: []) { context in
                    try context.addNote("\(lease.job)")
                }
                #expect((answer != nil) == model.finish(lease), "seed \(seed) step \(step)")
            case 16:
                let retry = Bool.random(using: &random)
                let answer: Void? = try? await jobs.fail(lease, error: "e", mayRetry: retry)
                #expect((answer != nil) == model.fail(lease, retry: retry, now), "seed \(seed) step \(step)")
            case 17:
                let number = Int64.random(in: 1...30, using: &random)
                let answer: Void? = try? await jobs.cancel(number)
                #expect((answer != nil) == model.cancel(number), "seed \(seed) step \(step)")
            case 18:
                try await jobs.expireLeases()
                model.expire(now)
            default:
                await database.close()
                database = try scratch.open(clock: clock)
                jobs = Jobs(database: database, policy: policy)
            }
            let stored = try await jobs.list(limit: 1_000)
            #expect(stored.count == model.jobs.count, "seed \(seed) step \(step)")
            for job in stored {
                let expected = model.jobs[job.number]
                let same =
                    job.state == expected?.state && job.attempts == expected?.tries
                    && job.leaseNumber == expected?.lease && job.isCancelRequested == expected?.stopAsked
                    && (job.state != .waiting || job.dueMilliseconds == expected?.due)
                    && (job.state != .running || job.leaseMilliseconds == expected?.until)
                #expect(same, "seed \(seed) step \(step): \(job) is not \(String(describing: expected))")
            }
        }
        // The unique index on the notes' texts would already have refused a second effect.
        let effects = try await database.notes().compactMap(Int64.init)
        #expect(Set(effects) == Set(model.effects.keys) && model.effects.values.allSatisfy { $0 == 1 })
        await database.close()
    }
}
