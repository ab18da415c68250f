import Basics
import Dispatch
import Synchronization

/// Long computations, a few at a time and on threads of their own, so that they never hold up the tasks of requests.
final class WorkGate: Sendable {
    private struct State {
        var free: Int
        var waiting: [Signal] = []
    }

    private let state: Mutex<State>
    private let mostWaiting: Int
    private let queue = DispatchQueue(label: "messaging.media", qos: .utility, attributes: .concurrent)

    /// A gate that lets `permits` through at once and `waiting` more stand before it.
    init(permits: Int, waiting: Int) {
        state = Mutex(State(free: max(1, permits)))
        mostWaiting = max(0, waiting)
    }

    /// How many are inside or stand before the gate, for tests and metrics.
    var load: (free: Int, waiting: Int) { state.withLock { ($0.free, $0.waiting.count) } }

    /// Runs `prepare` and then `work` on what it gave, `work` on a thread that may be kept busy.
    ///
    /// - Throws: 503 when too many wait already, and what the closures throw.
    func run<Input: Sendable, Output: Sendable>(
        prepare: () async throws -> Input, work: @escaping @Sendable (Input) throws -> Output
    ) async throws -> Output {
        try await enter()
        defer { leave() }
        let input = try await prepare()
        return try await withCheckedThrowingContinuation { caller in
            queue.async { caller.resume(with: Result { try work(input) }) }
        }
    }

    private func enter() async throws {
        let signal = try state.withLock { state -> Signal? in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            guard state.waiting.count < mostWaiting else {
                throw RequestError.resourceLimit(
                    "Too many pictures are being made smaller. Try again in a moment.", retryAfterMilliseconds: 1_000)
            }
            let signal = Signal()
            state.waiting.append(signal)
            return signal
        }
        await signal?.wait()
    }

    /// Hands the permit to the first who waits, else frees it.
    private func leave() {
        let next = state.withLock { state -> Signal? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.fire()
    }
}
