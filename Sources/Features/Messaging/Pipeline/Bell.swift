import Synchronization

/// Tells one follower that there may be something new; a ring that nobody waits for is kept for the next wait.
package final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var sleeper: CheckedContinuation<Void, Never>?
        var visit: UInt64 = 0
        /// The wait that was over before its sleeper lay down.
        var endedVisit: UInt64?
    }
    private let state = Mutex(State())

    package init() {}

    /// Wakes the follower.
    package func ring() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            if state.sleeper == nil { state.hasRung = true }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Returns when the bell has rung since the last wait, when the time is up or when the task is cancelled.
    ///
    /// - Parameter milliseconds: the longest wait; for ever without one.
    package func wait(milliseconds: Int64? = nil) async {
        let visit = state.withLock { state in
            state.visit += 1
            return state.visit
        }
        let timer = milliseconds.map { limit in
            Task { [weak self] in
                guard (try? await Task.sleep(for: .milliseconds(max(0, limit)))) != nil else { return }
                self?.end(visit)
            }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.hasRung || state.endedVisit == visit || Task.isCancelled {
                        state.hasRung = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            end(visit)
        }
        timer?.cancel()
    }

    /// Ends one wait without a ring.
    private func end(_ visit: UInt64) {
        let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.visit == visit else { return nil }
            defer { state.sleeper = nil }
            if state.sleeper == nil { state.endedVisit = visit }
            return state.sleeper
        }
        sleeper?.resume()
    }
}
