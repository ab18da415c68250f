import Dispatch
import Inference
import Synchronization

/// What goes on beside the requests: trials and evaluations of versions, by name.
final class ModelWork: Sendable {
    /// How a piece of work stands.
    struct Status: Sendable {
        let key: ModelKey
        var state = "running"
        var reason = ""
    }

    /// Somebody who waits until nothing is under way for a version.
    private struct Waiter {
        let number: Int
        let key: ModelKey
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var known: [String: Status] = [:]
        var waiters: [Waiter] = []
        var nextNumber = 0

        func isRunning(_ key: ModelKey) -> Bool { known.values.contains { $0.key == key && $0.state == "running" } }
    }

    let threads = DispatchQueue(label: "vitrine.models", attributes: .concurrent)
    private let state = Mutex(State())

    /// Everything that was done for a version, by name.
    func all(_ key: ModelKey) -> [(name: String, status: Status)] {
        state.withLock { $0.known.filter { $0.value.key == key } }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether the work may begin: not while the same goes on.
    func begin(_ name: String, for key: ModelKey) -> Bool {
        state.withLock { state in
            guard state.known[name]?.state != "running" else { return false }
            // Old results are let go before they are many.
            if state.known.count > 1_000 { state.known = state.known.filter { $0.value.state == "running" } }
            state.known[name] = Status(key: key)
            return true
        }
    }

    func end(_ name: String, failure: String?) {
        let done = state.withLock { state -> [Waiter] in
            state.known[name]?.state = failure == nil ? "done" : "failed"
            state.known[name]?.reason = failure ?? ""
            let done = state.waiters.filter { !state.isRunning($0.key) }
            state.waiters = state.waiters.filter { waiter in !done.contains { $0.number == waiter.number } }
            return done
        }
        for waiter in done { waiter.continuation.resume() }
    }

    /// Waits until nothing is under way for a version, or the time is up.
    func wait(for key: ModelKey, milliseconds: Int) async {
        await withCheckedContinuation { continuation in
            let number = state.withLock { state -> Int? in
                guard state.isRunning(key) else { return nil }
                state.nextNumber += 1
                state.waiters.append(Waiter(number: state.nextNumber, key: key, continuation: continuation))
                return state.nextNumber
            }
            guard let number else { return continuation.resume() }
            threads.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
                self?.giveUp(number)
            }
        }
    }

    private func giveUp(_ number: Int) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume()
    }
}
