import Basics
import Synchronization
import TestSupport

/// A device that sends and never gives up: what was not acknowledged is sent again with the same transaction id.
final class Sender: Sendable {
    private let client: MatrixClient
    private let name: String
    private let rooms: [String]
    private let progress: Progress
    private let log = Mutex<[Sent]>([])

    init(_ client: MatrixClient, name: String, rooms: [String], progress: Progress) {
        self.client = client
        self.name = name
        self.rooms = rooms
        self.progress = progress
    }

    /// What it sent.
    var sent: [Sent] { log.withLock { $0 } }

    /// Sends until enough was acknowledged and the faults are over; `random` decides rooms and what is repeated.
    func run(target: Int, seed: UInt64) async {
        do { try await go(to: target, seed: seed) } catch { progress.fail(name, error) }
        progress.update { $0.senders -= 1 }
    }

    private func go(to target: Int, seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        var number = 0
        while !progress.isOver(target) {
            number += 1
            guard let room = rooms.randomElement(using: &random) else { return }
            let trouble = try await deliver(number, to: room)
            progress.update { $0.acknowledged += 1 }
            // A reply may have been lost on the way in spite of what this device knows: it asks again, above all
            // after a fault, for what was acknowledged before and after it.
            if trouble > 0 || Int.random(in: 0..<20, using: &random) == 0 {
                for earlier in Set([max(1, number - 1), number]) { try await askAgain(earlier) }
            }
        }
    }

    private func askAgain(_ number: Int) async throws {
        guard let room = log.withLock({ $0.indices.contains(number - 1) ? $0[number - 1].room : nil }) else { return }
        try await deliver(number, to: room)
        progress.update { $0.repeated += 1 }
    }

    /// Sends one message until it is acknowledged; how often that failed.
    @discardableResult
    private func deliver(_ number: Int, to room: String) async throws -> Int {
        let transaction = "t\(number)"
        let mark = "\(name)/\(transaction)"
        log.withLock { if $0.count < number { $0.append(Sent(mark: mark, room: room, answers: [])) } }
        let path = MatrixClient.path("rooms", room, "send", "m.room.message", transaction)
        let content: JSON = ["msgtype": "m.text", "body": .string(mark)]
        var failures = 0
        while progress.counts.problem == nil {
            progress.update { $0.waiting += 1 }
            let result = await Result.of { try await self.client.reply("PUT", path, content) }
            progress.update { $0.waiting -= 1 }
            switch result {
            case .success(let reply) where reply.status == 200:
                let event = reply.json["event_id"]?.stringValue ?? ""
                log.withLock { $0[number - 1].answers.append(event) }
                return failures
            case .success(let reply) where reply.status == 503:
                progress.update { $0.refused += 1 }
                // What a page does while it may not write: it goes on reading, here for at most half a second.
                let token = try? await client.sync(filter: Receiver.filter(limit: 1))["next_batch"]?.stringValue
                _ = try? await client.sync(since: token, timeoutMilliseconds: 500)
            case .success(let reply):
                throw Campaign.Interrupted(description: "PUT \(path): \(reply.status) \(reply.text)")
            case .failure(let error):
                progress.broke(error)
                await progress.wait { $0.isUp }
            }
            failures += 1
        }
        return failures
    }
}

extension Progress {
    /// Whether the senders may rest.
    func isOver(_ target: Int) -> Bool {
        let counts = counts
        return counts.problem != nil || counts.isCalm && counts.acknowledged >= target
    }

    /// Counts a request that ended without a reply.
    func broke(_ error: any Error) {
        let isTimeout = (error as? Socket.Failure)?.isTimeout ?? false
        update {
            $0.broken += 1
            if isTimeout { $0.timedOut += 1 }
        }
    }
}

extension Result where Failure == any Error {
    /// The outcome of something that may throw.
    static func of(_ body: () async throws -> Success) async -> Result {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
