import Basics
import Messaging
package import Storage

/// Brings notices of alerts and what subscribers want to hear of to their addresses: at least once, each under its key,
/// until they are taken.
package final class AlertCourier: Sendable {
    /// How a letter is sent; whether it was taken.
    package typealias Sender = @Sendable (CourierLetter) async -> Bool

    private let statistics: Statistics
    private let jobs: Jobs
    private let send: Sender

    package init(_ statistics: Statistics, policy: JobPolicy = .init(), send: @escaping Sender) {
        self.statistics = statistics
        self.send = send
        jobs = Jobs(database: statistics.desk.database, policy: policy)
    }

    /// Brings one letter. Returns false when there was none.
    package func step(owner: String = "alert-courier") async throws -> Bool {
        let kinds = [Statistics.alertJob, Desk.hookJob]
        guard let claimed = try await jobs.claim(kinds: kinds, owner: owner) else { return false }
        guard let letter = try await letter(claimed.job.input) else {
            try await jobs.fail(claimed.lease, error: "nothing to send", mayRetry: false)
            return true
        }
        if await send(letter) {
            try await jobs.finish(claimed.lease, result: [])
        } else {
            try await jobs.fail(claimed.lease, error: "not taken")
        }
        return true
    }

    /// What a job wants sent; nil where nobody wants to hear of it any more.
    private func letter(_ bytes: [UInt8]) async throws -> CourierLetter? {
        let input = Texts.json(String(decoding: bytes, as: UTF8.self))
        guard let key = input["key"]?.stringValue, let body = input["body"] else { return nil }
        if let url = input["url"]?.stringValue { return CourierLetter(url: url, key: key, body: body) }
        let name = input["hook"]?.stringValue
        let hooks = try await statistics.desk.hooks(of: input["shop"]?.intValue ?? Desk.firstShop)
        guard let hook = hooks.first(where: { $0.name == name }) else { return nil }
        return CourierLetter(url: hook.url, key: key, body: body, secret: hook.secret)
    }

    /// Works until the task is cancelled.
    package func run() async throws {
        while !Task.isCancelled {
            while try await step() { try Task.checkCancellation() }
            await statistics.alertBell.wait(milliseconds: 5_000)
        }
    }
}
