package import Accounts
package import HummingbirdCore

/// What a handler that may wait has to say.
package enum Outcome: Sendable {
    /// The reply.
    case reply(Response)
    /// Nothing yet.
    case wait(any LongPoll)
}

/// A handler that may wait for something to happen.
package typealias WaitingHandler = @Sendable (Call, Session) async throws -> Outcome

/// A request that waits without a task: it is parked, woken once, and then looked after again.
package protocol LongPoll: AnyObject, Sendable {
    /// Calls `wake` once, from anywhere, when it is worth while to look again; at once if it is so already.
    func park(_ wake: @escaping @Sendable () -> Void)
    /// Nobody waits for this any more: if it is parked it is woken.
    func cancel()
    /// Looks again, after it was woken.
    func resume() async throws -> Outcome
}

/// What the shell has to say about a request.
enum ShellAnswer: Sendable {
    case reply(Response)
    case wait(PendingReply)
}

/// What is left of a request that waits.
final class PendingReply: Sendable {
    let poll: any LongPoll
    let kind: RouteClass
    let started: ContinuousClock.Instant

    init(_ poll: any LongPoll, _ kind: RouteClass, _ started: ContinuousClock.Instant) {
        self.poll = poll
        self.kind = kind
        self.started = started
    }
}
