import Basics
import Storage
import TestSupport
import Testing

@Suite("Jobs")
struct JobTests {
    private let policy = JobPolicy(leaseMilliseconds: 1_000, firstRestMilliseconds: 100, longestRestMilliseconds: 350)

    @Test("are taken in the order of priority, due time and number, and only of the wanted kinds")
    func order() async throws {
        let scratch = try Scratch()
        let clock = MockWallClock()
        let database = try scratch.open(clock: clock)
        let jobs = Jobs(database: database, policy: policy)
        let late = try await jobs.enqueue(JobRequest(kind: "a", input: [1], delayMilliseconds: 10))
        let normal = try await jobs.enqueue(JobRequest(kind: "a", input: [2]))
        let urgent = try await jobs.enqueue(JobRequest(kind: "b", input: [3], priority: -1))
        _ = try await jobs.enqueue(JobRequest(kind: "c", input: [4], priority: -9))
        var taken: [Int64?] = []
        for _ in 0..<3 { taken.append(try await jobs.claim(kinds: ["a", "b"], owner: "w")?.job.number) }
        #expect(taken == [urgent, normal, nil])
        clock.advance(milliseconds: 10)
        #expect(try await jobs.claim(kinds: ["a", "b"], owner: "w")?.job.number == late)
        await database.close()
    }

    @Test("of one key are one job")
    func key() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let jobs = Jobs(database: database, policy: policy)
        let one = try await jobs.enqueue(JobRequest(kind: "a", input: [1], idempotencyKey: "k"))
        #expect(try await jobs.enqueue(JobRequest(kind: "a", input: [2], idempotencyKey: "k")) == one)
        #expect(try await jobs.enqueue(JobRequest(kind: "b", input: [2], idempotencyKey: "k")) != one)
        #expect(try await jobs.enqueue(JobRequest(kind: "a", input: [1])) != one)
        #expect(try await jobs.enqueue(JobRequest(kind: "a", input: [1])) != one)
        #expect(try await jobs.job(one)?.input == [1])
        await database.close()
    }

    @Test("whose lease ran out go to somebody else, and the first owner cannot finish, fail or keep it")
    func lease() async throws {
        let scratch = try Scratch()
        let clock = MockWallClock()
        let database = try scratch.open(clock: clock)
        let jobs = Jobs(database: database, policy: policy)
        let number = try await jobs.enqueue(JobRequest(kind: "a", input: []))
        let first = try #require(try await jobs.claim(kinds: ["a"], owner: "first"))
        clock.advance(milliseconds: 900)
        #expect(try await jobs.heartbeat(first.lease, progress: 0.5, note: "half") == .goOn)
        clock.advance(milliseconds: 1_000)
        #expect(try await jobs.claim(kinds: ["a"], owner: "second") == nil)
        #expect(try await jobs.job(number)?.progress == 0.5)
        clock.advance(milliseconds: 1)
        // The lease is over; the job rests first.
        #expect(try await jobs.claim(kinds: ["a"], owner: "second") == nil)
        clock.advance(milliseconds: 100)
        let second = try #require(try await jobs.claim(kinds: ["a"], owner: "second"))
        #expect(second.lease == JobLease(job: number, number: 2) && second.job.attempts == 2)
        #expect(second.job.progress == 0)
        await #expect(throws: JobRefusal.staleLease) { try await jobs.heartbeat(first.lease, progress: 1, note: "") }
        await #expect(throws: JobRefusal.staleLease) { try await jobs.fail(first.lease, error: "late") }
        await #expect(throws: JobRefusal.staleLease) {
            try await jobs.finish(first.lease, result: [9]) { try $0.addNote("never") }
        }
        try await jobs.finish(second.lease, result: [1]) { try $0.addNote("once") }
        await #expect(throws: JobRefusal.staleLease) { try await jobs.finish(second.lease, result: [2]) }
        let job = try await jobs.job(number)
        #expect(job?.state == .done && job?.result == [1] && job?.owner == nil && job?.progress == 1)
        #expect(try await database.notes() == ["once"])
        await database.close()
    }

    @Test("rest longer after each failure, and are given up after the last attempt")
    func backoff() async throws {
        let scratch = try Scratch()
        let clock = MockWallClock()
        let database = try scratch.open(clock: clock)
        let jobs = Jobs(database: database, policy: policy)
        let number = try await jobs.enqueue(JobRequest(kind: "a", input: [], maximumAttempts: 5))
        for rest: Int64 in [100, 200, 350, 350] {
            let claimed = try #require(try await jobs.claim(kinds: ["a"], owner: "w"))
            try await jobs.fail(claimed.lease, error: "no luck")
            clock.advance(milliseconds: rest - 1)
            #expect(try await jobs.claim(kinds: ["a"], owner: "w") == nil)
            clock.advance(milliseconds: 1)
        }
        let last = try #require(try await jobs.claim(kinds: ["a"], owner: "w"))
        try await jobs.fail(last.lease, error: "the end")
        let job = try await jobs.job(number)
        #expect(job?.state == .failed && job?.error == "the end" && job?.attempts == 5)
        let hopeless = try await jobs.enqueue(JobRequest(kind: "a", input: []))
        let claimed = try #require(try await jobs.claim(kinds: ["a"], owner: "w"))
        try await jobs.fail(claimed.lease, error: "bad input", mayRetry: false)
        #expect(try await jobs.job(hopeless)?.state == .failed)
        #expect(try await jobs.counts() == [.failed: 2])
        clock.advance(milliseconds: 1)
        #expect(try await jobs.removeEnded(beforeMilliseconds: clock.now()) == 2)
        #expect(try await jobs.list() == [])
        await database.close()
    }

    @Test("can be called off: waiting ones at once, running ones by their worker or when it dies")
    func cancelling() async throws {
        let scratch = try Scratch()
        let clock = MockWallClock()
        let database = try scratch.open(clock: clock)
        let jobs = Jobs(database: database, policy: policy)
        let waiting = try await jobs.enqueue(JobRequest(kind: "w", input: []))
        try await jobs.cancel(waiting)
        #expect(try await jobs.job(waiting)?.state == .cancelled)
        await #expect(throws: JobRefusal.alreadyFinal) { try await jobs.cancel(waiting) }
        await #expect(throws: JobRefusal.unknownJob) { try await jobs.cancel(99) }

        let told = try await jobs.enqueue(JobRequest(kind: "a", input: []))
        let claimed = try #require(try await jobs.claim(kinds: ["a"], owner: "w"))
        try await jobs.cancel(told)
        #expect(try await jobs.heartbeat(claimed.lease, progress: 0.1, note: "") == .stop)
        try await jobs.fail(claimed.lease, error: "stopped")
        #expect(try await jobs.job(told)?.state == .cancelled)

        let dead = try await jobs.enqueue(JobRequest(kind: "a", input: []))
        _ = try #require(try await jobs.claim(kinds: ["a"], owner: "w"))
        try await jobs.cancel(dead)
        clock.advance(milliseconds: 1_001)
        #expect(try await jobs.expireLeases() == 1)
        #expect(try await jobs.job(dead)?.state == .cancelled)
        await database.close()
    }

    @Test("a worker's impossible progress is put right")
    func progress() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let jobs = Jobs(database: database, policy: policy)
        let number = try await jobs.enqueue(JobRequest(kind: "a", input: []))
        let lease = try #require(try await jobs.claim(kinds: ["a"], owner: "w")).lease
        for (told, kept) in [(0.25, 0.25), (0.1, 0.25), (.nan, 0.25), (-.infinity, 0.25), (7, 1.0)] {
            _ = try await jobs.heartbeat(lease, progress: told, note: "n")
            #expect(try await jobs.job(number)?.progress == kept)
        }
        await database.close()
    }

    @Test("many workers at once take each job once")
    func concurrent() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let jobs = Jobs(database: database, policy: policy)
        for number in 0..<60 { _ = try await jobs.enqueue(JobRequest(kind: "a", input: [UInt8(number)])) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    while let claimed = try await jobs.claim(kinds: ["a"], owner: "w\(worker)") {
                        try await jobs.finish(claimed.lease, result: []) { context in
                            try context.addNote("\(claimed.job.input)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await Set(database.notes()) == Set((0..<60).map { "[\($0)]" }))
        #expect(try await jobs.counts() == [.done: 60])
        await database.close()
    }
}
