package import Basics
import Messaging
import Storage
import Synchronization

/// Carries presses to a business and what it answers back into the card.
///
/// The request may come to the business twice, always under the same key; the answer is applied once, in the transaction
/// that ends the job. A process that dies in between loses nothing: the lease runs out and another one asks again.
package final class CardProxy: Sendable {
    /// How one business is asked: the press as JSON and its key, and what came back.
    package typealias Endpoint = @Sendable (_ request: JSON, _ key: String) async -> AdapterReply

    private struct Adapter: Sendable {
        let name: String
        let pace: CardPace
        let ask: Endpoint
        var breaker: Breaker { Breaker(pause: pace.pause) }
    }
    private struct State {
        var adapters: [Adapter] = []
        var breakers: [String: Breaker] = [:]
        /// How many presses of each business are under way.
        var running: [String: Int] = [:]
    }
    private let desk: Desk
    private let jobs: Jobs
    private let state = Mutex(State())
    private let counters = Mutex<[CardOutcome: Int]>([:])

    /// Presses of one business at a time.
    package static let mostAtOnce = 8

    package init(desk: Desk, adapters: [(name: String, ask: Endpoint)] = [], leaseMilliseconds: Int64 = 30_000) {
        self.desk = desk
        jobs = Jobs(database: desk.database, policy: JobPolicy(leaseMilliseconds: leaseMilliseconds))
        use(adapters.map { (name: $0.name, pace: .usual, ask: $0.ask) })
    }

    /// From now on these businesses are asked; those that were known before keep their breakers.
    package func use(_ adapters: [(name: String, pace: CardPace, ask: Endpoint)]) {
        state.withLock { $0.adapters = adapters.map { Adapter(name: $0.name, pace: $0.pace, ask: $0.ask) } }
        desk.cardBell.ring()
    }

    /// How many presses have ended in each way since the start.
    package var ended: [CardOutcome: Int] { counters.withLock { $0 } }

    /// The businesses that are left alone for now, because they do not answer.
    package var openBreakers: [String] {
        state.withLock { state in state.breakers.filter { $0.value.state != .closed }.keys.sorted() }
    }

    /// Takes one press to its business. Returns false when there was nothing to do.
    package func step(owner: String = "card-proxy") async throws -> Bool {
        for adapter in state.withLock({ $0.adapters }) {
            guard let claimed = try await claim(adapter, owner) else { continue }
            try await carry(claimed, adapter)
            return true
        }
        return false
    }

    /// Works until the task is cancelled: several presses of each business at a time, so that one that does not answer
    /// holds up no other.
    package func run(owner: String = "card-proxy") async throws {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                var isIdle = true
                for adapter in state.withLock({ $0.adapters }) {
                    guard state.withLock({ $0.running[adapter.name, default: 0] < Self.mostAtOnce }),
                        // A database that takes no writes for now is asked again after the wait below.
                        let claimed = try? await claim(adapter, owner)
                    else { continue }
                    isIdle = false
                    state.withLock { $0.running[adapter.name, default: 0] += 1 }
                    group.addTask { [self] in
                        // What fails here keeps its lease until it runs out, and is then done again.
                        try? await carry(claimed, adapter)
                        state.withLock { $0.running[adapter.name, default: 1] -= 1 }
                        desk.cardBell.ring()
                    }
                }
                if isIdle { await desk.cardBell.wait(milliseconds: 1_000) }
            }
        }
    }

    /// Frees what a process that died has left behind; for the only process of a folder, at its start.
    package func takeOver(adapters: [String]) async throws {
        let free = Jobs(database: desk.database, policy: JobPolicy(firstRestMilliseconds: 0))
        for name in adapters {
            for job in try await jobs.running(kind: Desk.cardJob(name)) {
                let lease = JobLease(job: job.number, number: job.leaseNumber)
                try? await free.fail(lease, error: "The process stopped.")
            }
        }
    }

    /// While a breaker is open no job of its business is begun: waiting is no try.
    private func claim(_ adapter: Adapter, _ owner: String) async throws -> ClaimedJob? {
        let now = desk.database.now
        let mayGo = state.withLock { state in
            // Looking uses no probe up.
            var breaker = state.breakers[adapter.name] ?? adapter.breaker
            return breaker.admits(at: now)
        }
        guard mayGo else { return nil }
        let claimed = try await jobs.claim(kinds: [Desk.cardJob(adapter.name)], owner: owner)
        if claimed != nil { state.withLock { _ = $0.breakers[adapter.name, default: adapter.breaker].admits(at: now) } }
        return claimed
    }

    private func carry(_ claimed: ClaimedJob, _ adapter: Adapter) async throws {
        let request = Texts.json(String(decoding: claimed.job.input, as: UTF8.self))
        let key = request["key"]?.stringValue ?? ""
        let verdict = (await adapter.ask(request, key)).verdict
        if Task.isCancelled {
            // The server stops: this was no failure of the business.
            let free = Jobs(database: desk.database, policy: JobPolicy(firstRestMilliseconds: 0))
            return try await free.fail(claimed.lease, error: "The server stopped.")
        }
        let now = desk.database.now
        var isFailure = false
        if case .again = verdict { isFailure = true }
        if case .dead = verdict { isFailure = true }
        state.withLock { $0.breakers[adapter.name, default: adapter.breaker].ended(isFailure: isFailure, at: now) }
        switch verdict {
        case .ok(let text): try await end(claimed, key, .ok, text)
        case .refused(let text): try await end(claimed, key, .refused, text)
        case .again(let why, let wish): try await again(claimed, key, why, wish, adapter.pace)
        case .dead(let why):
            _ = try await desk.tried(key, why)
            try await end(claimed, key, .dead, why)
        }
    }

    private func end(_ claimed: ClaimedJob, _ key: String, _ outcome: CardOutcome, _ text: String?) async throws {
        try await jobs.finish(claimed.lease, result: Array(outcome.rawValue.utf8)) { [desk] context in
            try desk.apply(outcome, text, toPress: key, in: context)
        }
        counters.withLock { $0[outcome, default: 0] += 1 }
    }

    /// Another try after a while; after the last one a human is told.
    private func again(_ claimed: ClaimedJob, _ key: String, _ why: String, _ wish: Int64?, _ pace: CardPace)
        async throws
    {
        let tries = try await desk.tried(key, why)
        guard tries < CardRetry.most else { return try await end(claimed, key, .dead, why) }
        var generator = SystemRandomNumberGenerator()
        let rest = CardRetry.delay(afterTries: tries, wish: wish, first: pace.first, using: &generator)
        let policy = JobPolicy(firstRestMilliseconds: rest, longestRestMilliseconds: rest)
        try await Jobs(database: desk.database, policy: policy).fail(claimed.lease, error: why)
    }
}
