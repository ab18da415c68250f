import Dispatch
import Synchronization

/// Downloads that wait for files which are announced and not there yet.
final class MediaArrivals: Sendable {
    private struct Waiters {
        var next: UInt64 = 0
        var signals: [String: [UInt64: Signal]] = [:]
        var count = 0
    }

    private let waiters = Mutex(Waiters())
    private static let most = 1_000

    /// Returns when the file has come, the time is over or too many wait; the caller looks again.
    ///
    /// - Parameter isThere: asked once after registering, so that a file which came in between is not missed.
    func wait(for id: String, milliseconds: Int64, unless isThere: () async throws -> Bool) async rethrows {
        let signal = Signal()
        guard milliseconds > 0, let number = register(signal, for: id) else { return }
        defer { leave(number, id) }
        if try await isThere() { return }
        let deadline = DispatchTime.now() + .milliseconds(Int(clamping: milliseconds))
        DispatchQueue.global().asyncAfter(deadline: deadline) { signal.fire() }
        await withTaskCancellationHandler {
            await signal.wait()
        } onCancel: {
            signal.fire()
        }
    }

    /// Wakes those who wait for this file.
    func arrived(_ id: String) {
        let signals = waiters.withLock { Array(($0.signals[id] ?? [:]).values) }
        for signal in signals { signal.fire() }
    }

    private func register(_ signal: Signal, for id: String) -> UInt64? {
        waiters.withLock { waiters in
            guard waiters.count < Self.most else { return nil }
            waiters.next += 1
            waiters.count += 1
            waiters.signals[id, default: [:]][waiters.next] = signal
            return waiters.next
        }
    }

    private func leave(_ number: UInt64, _ id: String) {
        waiters.withLock { waiters in
            waiters.count -= 1
            waiters.signals[id]?[number] = nil
            if waiters.signals[id]?.isEmpty == true { waiters.signals[id] = nil }
        }
    }
}

/// Something that happens once, and one task that waits for it.
final class Signal: Sendable {
    private enum State {
        case idle
        case awaited(CheckedContinuation<Void, Never>)
        case fired
    }

    private let state = Mutex(State.idle)

    /// Makes it happen; again is nothing.
    func fire() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .fired }
            if case .awaited(let waiter) = state { return waiter }
            return nil
        }
        waiter?.resume()
    }

    /// Returns once it has happened.
    func wait() async {
        await withCheckedContinuation { waiter in
            let isOver = state.withLock { state -> Bool in
                if case .fired = state { return true }
                state = .awaited(waiter)
                return false
            }
            if isOver { waiter.resume() }
        }
    }
}
