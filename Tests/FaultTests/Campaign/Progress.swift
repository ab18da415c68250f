import Synchronization

/// What the clients of a run have seen so far; faults wait for it, so that they strike by progress and not by time.
final class Progress: Sendable {
    /// The counts.
    struct Counts: Sendable {
        /// Sends that were acknowledged.
        var acknowledged = 0
        /// Sends whose reply came twice or more, because the sender asked again.
        var repeated = 0
        /// Sends that were refused for want of room.
        var refused = 0
        /// Requests that ended without a reply.
        var broken = 0
        /// Requests whose reply did not come in time.
        var timedOut = 0
        /// Senders that wait for a reply right now.
        var waiting = 0
        /// Senders that still have something to do.
        var senders = 0
        /// Whether connections are taken.
        var isUp = true
        /// Whether all planned faults have happened.
        var isCalm = false
        /// What no fault explains; everybody gives up then.
        var problem: String?
    }

    private struct State {
        var counts = Counts()
        var waiters: [(condition: @Sendable (Counts) -> Bool, caller: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    /// The counts as they are.
    var counts: Counts { state.withLock { $0.counts } }

    /// Changes the counts and wakes whoever waited for that.
    func update(_ change: (inout Counts) -> Void) {
        let ready = state.withLock { state in
            change(&state.counts)
            let ready = state.waiters.filter { $0.condition(state.counts) }
            if !ready.isEmpty { state.waiters.removeAll { $0.condition(state.counts) } }
            return ready
        }
        for waiter in ready { waiter.caller.resume() }
    }

    /// Waits until the counts fulfil a condition, or until there is a problem.
    func wait(until fulfilled: @escaping @Sendable (Counts) -> Bool) async {
        let condition: @Sendable (Counts) -> Bool = { $0.problem != nil || fulfilled($0) }
        await withCheckedContinuation { caller in
            let isReady = state.withLock { state in
                guard !condition(state.counts) else { return true }
                state.waiters.append((condition, caller))
                return false
            }
            if isReady { caller.resume() }
        }
    }

    /// Notes what no fault explains, if it is the first.
    func fail(_ who: String, _ error: any Error) {
        update { if $0.problem == nil { $0.problem = "\(who): \(error)" } }
    }
}
