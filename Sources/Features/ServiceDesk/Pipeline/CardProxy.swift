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
        let ask: Endpoint
    }
    private let desk: Desk
    private let jobs: Jobs
    private let adapters: [Adapter]
    private let breakers = Mutex<[String: Breaker]>([:])

    package init(desk: Desk, adapters: [(name: String, ask: Endpoint)], leaseMilliseconds: Int64 = 30_000) {
        self.desk = desk
        jobs = Jobs(database: desk.database, policy: JobPolicy(leaseMilliseconds: leaseMilliseconds))
        self.adapters = adapters.map { Adapter(name: $0.name, ask: $0.ask) }
    }

    /// Takes one press to its business. Returns false when there was nothing to do.
    package func step(owner: String = "card-proxy") async throws -> Bool {
        for adapter in adapters {
            let now = desk.database.now
            // While a breaker is open no job of its business is begun: waiting is no try.
            guard breakers.withLock({ $0[adapter.name, default: Breaker()].admits(at: now) }) else { continue }
            guard let claimed = try await jobs.claim(kinds: [Desk.cardJob(adapter.name)], owner: owner) else {
                continue
            }
            try await carry(claimed, adapter)
            return true
        }
        return false
    }

    /// Works until the task is cancelled.
    package func run() async throws {
        while !Task.isCancelled {
            while try await step() { try Task.checkCancellation() }
            await desk.cardBell.wait(milliseconds: 1_000)
        }
    }

    private func carry(_ claimed: ClaimedJob, _ adapter: Adapter) async throws {
        let request = Texts.json(String(decoding: claimed.job.input, as: UTF8.self))
        let key = request["key"]?.stringValue ?? ""
        let verdict = (await adapter.ask(request, key)).verdict
        let now = desk.database.now
        var isFailure = false
        if case .again = verdict { isFailure = true }
        breakers.withLock { $0[adapter.name, default: Breaker()].ended(isFailure: isFailure, at: now) }
        switch verdict {
        case .ok(let text): try await end(claimed, key, .ok, text)
        case .refused(let text): try await end(claimed, key, .refused, text)
        case .again(let why, let wish): try await again(claimed, key, why, wish)
        }
    }

    private func end(_ claimed: ClaimedJob, _ key: String, _ outcome: CardOutcome, _ text: String?) async throws {
        try await jobs.finish(claimed.lease, result: Array(outcome.rawValue.utf8)) { [desk] context in
            try desk.apply(outcome, text, toPress: key, in: context)
        }
    }

    /// Another try after a while; after the last one a human is told.
    private func again(_ claimed: ClaimedJob, _ key: String, _ why: String, _ wish: Int64?) async throws {
        let tries = try await desk.tried(key, why)
        guard tries < CardRetry.most else { return try await end(claimed, key, .dead, why) }
        var generator = SystemRandomNumberGenerator()
        let rest = CardRetry.delay(afterTries: tries, wish: wish, using: &generator)
        let policy = JobPolicy(firstRestMilliseconds: rest, longestRestMilliseconds: rest)
        try await Jobs(database: desk.database, policy: policy).fail(claimed.lease, error: why)
    }
}

extension Desk {
    private func press(_ key: String, _ connection: Connection) throws -> CardQueries.Press? {
        try EventAddress(key).flatMap { try CardQueries.press(room: $0.room.value, seq: $0.seq, connection) }
    }

    /// Notes a failed try; how many there have been.
    func tried(_ key: String, _ why: String) async throws -> Int64 {
        try await database.write { [self] context in
            guard let press = try press(key, context.connection) else { return CardRetry.most }
            try CardQueries.tried(press, why, in: context)
            return press.tries + 1
        }
    }

    /// Writes what the business has made of a press into card and room. A second time changes nothing.
    func apply(_ outcome: CardOutcome, _ text: String?, toPress key: String, in context: WriteContext) throws {
        guard let press = try press(key, context.connection), press.outcome == nil,
            var card = try CardQueries.card(room: press.room, seq: press.cardSeq, context.connection),
            let room = RoomNumber(value: press.room)
        else { return }
        card.machine.answered(outcome, at: context.now)
        try CardQueries.end(press, outcome, answer: text, in: context)
        let shown = outcome == .dead ? "This did not work yet; somebody of the shop takes care of it." : text
        try change(card, note: shown, in: context)
        let content: JSONObject = [
            "outcome": .string(outcome.rawValue), "text": shown.map(JSON.string) ?? .null, "verb": .string(press.verb),
            "m.relates_to": ["rel_type": "m.reference", "event_id": .string(key)],
        ]
        try messaging.post(
            DraftEvent(type: Self.cardResultType, content: content), to: room, by: try owner(context.connection),
            in: context)
        if outcome == .dead { try informHuman(of: press, in: context) }
    }

    /// A press whose fate nobody knows needs a human: a conversation that nobody has comes back to its queue.
    private func informHuman(of press: CardQueries.Press, in context: WriteContext) throws {
        guard let conversation = try ConversationQueries.newest(inRoom: press.room, context.connection) else { return }
        if conversation.status == .robot {
            _ = try received(.handover(conversation.number, queue: nil, by: nil), in: context)
        } else if conversation.status == .resolved {
            _ = try received(.reopened(conversation, by: nil), in: context)
        }
        let number = conversation.number
        context.afterCommit { [self] in tell([.cardFailed(number)]) }
    }
}
