import Synchronization

/// Counts what must come to an end before the server may stop: open connections and requests being answered.
final class WorkCount: Sendable {
    private struct State {
        var count = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func begin() { state.withLock { $0.count += 1 } }

    func end() {
        let waiting = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for caller in waiting { caller.resume() }
    }

    /// Returns when nothing is left.
    func finished() async {
        await withCheckedContinuation { caller in
            let isDone = state.withLock { state in
                if state.count > 0 { state.waiting.append(caller) }
                return state.count == 0
            }
            if isDone { caller.resume() }
        }
    }
}
