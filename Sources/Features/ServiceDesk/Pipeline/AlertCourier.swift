package import Basics
import Messaging
package import Storage

/// Brings notices of alerts to the addresses of their rules: at least once, each under its key, until they are taken.
package final class AlertCourier: Sendable {
    /// How a notice is sent: where to, its key, and the notice; whether it was taken.
    package typealias Sender = @Sendable (_ url: String, _ key: String, _ body: JSON) async -> Bool

    private let statistics: Statistics
    private let jobs: Jobs
    private let send: Sender

    package init(_ statistics: Statistics, policy: JobPolicy = .init(), send: @escaping Sender) {
        self.statistics = statistics
        self.send = send
        jobs = Jobs(database: statistics.desk.database, policy: policy)
    }

    /// Brings one notice. Returns false when there was none.
    package func step(owner: String = "alert-courier") async throws -> Bool {
        guard let claimed = try await jobs.claim(kinds: [Statistics.alertJob], owner: owner) else { return false }
        let input = Texts.json(String(decoding: claimed.job.input, as: UTF8.self))
        guard let url = input["url"]?.stringValue, let key = input["key"]?.stringValue, let body = input["body"] else {
            try await jobs.fail(claimed.lease, error: "nothing to send", mayRetry: false)
            return true
        }
        if await send(url, key, body) {
            try await jobs.finish(claimed.lease, result: [])
        } else {
            try await jobs.fail(claimed.lease, error: "not taken")
        }
        return true
    }

    /// Works until the task is cancelled.
    package func run() async throws {
        while !Task.isCancelled {
            while try await step() { try Task.checkCancellation() }
            await statistics.alertBell.wait(milliseconds: 5_000)
        }
    }
}
