import Basics
import Synchronization

/// Why a long poll goes on.
package enum WakeReason: Sendable {
    /// Something may be there to read.
    case news
    /// The time is up, a newer poll of the device took its place, or the server stops: answer with nothing.
    case over
    /// The session has ended: answer 401.
    case sessionEnded
}

/// Holds what wakes the polls that a ``WakeTable`` names.
final class WakeHub: Sendable {
    private struct State {
        var table: WakeTable
        var sleepers: [WaiterID: @Sendable (WakeReason) -> Void] = [:]
        var nextNumber: UInt64 = 0
        var timer: Task<Void, Never>?
        var timerDue: Int64 = .max
        /// Devices that were logged out in the last seconds: a poll of theirs that comes late finds out here.
        var ended: [Int64: Int64] = [:]
    }
    private let state: Mutex<State>

    init(position: Int64) {
        state = Mutex(State(table: WakeTable(head: position)))
    }

    var waiting: Int { state.withLock { $0.table.count } }

    /// Calls `wake` once, when something is published for the user after the marks, at the deadline (monotonic
    /// milliseconds) at the latest; at once if it is so already.
    func park(
        user: Int64, device: Int64, after: WakeMark, deadline: Int64,
        belongs: (_ user: Int64, _ room: Int64) -> Bool, wake: @escaping @Sendable (WakeReason) -> Void
    ) -> WaiterID {
        let (id, registration) = state.withLock { state -> (WaiterID, WakeRegistration?) in
            state.nextNumber += 1
            let id = WaiterID(state.nextNumber)
            if let until = state.ended[device], until > monotonicMilliseconds() { return (id, nil) }
            let result = state.table.register(
                id, users: [user], device: device, after: after, deadline: deadline, belongs: belongs)
            if case .parked = result { state.sleepers[id] = wake }
            return (id, result)
        }
        switch registration {
        case nil: wake(.sessionEnded)
        case .ready: wake(.news)
        case .closed: wake(.over)
        case .parked(let displaced):
            if !displaced.isEmpty { self.wake(.over) { _ in displaced } }
            schedule(deadline)
        }
        return id
    }

    /// Ends a wait that is not over yet.
    func cancel(_ id: WaiterID) { wake(.over) { $0.cancel(id) ? [id] : [] } }

    /// Changes the table and wakes the polls that the change names.
    func wake(_ reason: WakeReason, _ change: (inout WakeTable) -> [WaiterID]) {
        let sleepers = state.withLock { state in
            change(&state.table).compactMap { state.sleepers.removeValue(forKey: $0) }
        }
        for sleeper in sleepers { sleeper(reason) }
    }

    /// Makes sure that somebody looks at the table when the earliest deadline comes.
    private func schedule(_ deadline: Int64) {
        state.withLock { state in
            guard deadline < state.timerDue else { return }
            state.timer?.cancel()
            state.timerDue = deadline
            let delay = max(1, deadline - monotonicMilliseconds())
            state.timer = Task { [weak self] in
                guard (try? await Task.sleep(for: .milliseconds(delay))) != nil else { return }
                self?.expire()
            }
        }
    }

    private func expire() {
        let now = monotonicMilliseconds()
        wake(.over) { $0.expire(now: now) }
        let next = state.withLock { state in
            state.timerDue = .max
            return state.table.nextDeadline
        }
        // Deadlines are gathered by 50 ms, so that ten thousand polls do not need ten thousand timers.
        if let next { schedule(max(next, now + 50)) }
    }

    /// Ends the polls of devices that were logged out.
    func end(devices: [Int64]) {
        let now = monotonicMilliseconds()
        state.withLock { state in
            state.ended = state.ended.filter { $0.value > now }
            for device in devices { state.ended[device] = now + 5_000 }
        }
        wake(.sessionEnded) { table in devices.flatMap { table.endDevice($0) } }
    }

    /// Wakes everybody and parks nobody from now on.
    func close() { wake(.over) { $0.close() } }
}
