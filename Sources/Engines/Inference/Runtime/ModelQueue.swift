import Dispatch
import Synchronization

/// Runs one model for many callers: a few runs at a time, a bounded number waiting, and a deadline for each.
///
/// Runs happen on threads of their own, never on those of Swift's tasks: a run blocks for milliseconds to seconds.
public final class ModelQueue: Sendable {
    /// How much a queue takes on.
    public struct Limits: Hashable, Sendable {
        /// Runs at the same time.
        public var width = 1
        /// Requests that may wait besides.
        public var waiting = 64
        /// Milliseconds from the request to its answer.
        public var deadlineMilliseconds = 5_000

        /// One run at a time, 64 waiting, 5 seconds.
        public init() {}
    }

    private struct Job {
        let number: UInt64
        let tensors: [String: Tensor]
        let cancel: RunCancel
        let answer: @Sendable (Result<[String: Tensor], InferenceError>) -> Void
    }

    private struct State {
        var running = 0
        var waiting: [Job] = []
        var nextNumber: UInt64 = 0
    }

    private let session: ModelSession
    private let limits: Limits
    private let threads = DispatchQueue(label: "vitrine.model", attributes: .concurrent)
    private let clock = DispatchQueue(label: "vitrine.model.deadlines")
    private let state = Mutex(State())

    /// A queue in front of a session.
    public init(_ session: ModelSession, limits: Limits = Limits()) {
        self.session = session
        self.limits = limits
    }

    /// Runs the model; see ``ModelSession/run(_:cancel:)``.
    ///
    /// - Throws: also `.overloaded` at once when too many wait, and `.timedOut` when the deadline passes. Cancelling the
    ///   task ends its run.
    public func run(_ tensors: [String: Tensor]) async throws -> [String: Tensor] {
        let cancel = RunCancel()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(tensors, cancel) { continuation.resume(with: $0) }
            }
        } onCancel: {
            cancel.cancel()
        }
    }

    private func enqueue(
        _ tensors: [String: Tensor], _ cancel: RunCancel,
        _ answer: @escaping @Sendable (Result<[String: Tensor], InferenceError>) -> Void
    ) {
        let place = state.withLock { state -> Place in
            guard state.running < limits.width || state.waiting.count < limits.waiting else { return .none }
            state.nextNumber += 1
            let job = Job(number: state.nextNumber, tensors: tensors, cancel: cancel, answer: answer)
            guard state.running == limits.width else {
                state.running += 1
                return .running(job)
            }
            state.waiting.append(job)
            return .waiting(job.number)
        }
        switch place {
        case .none: answer(.failure(InferenceError(.overloaded, "The model is busy. Try again in a moment.")))
        case .waiting(let number): limit(number, cancel)
        case .running(let job):
            limit(job.number, cancel)
            threads.async { self.work(from: job) }
        }
    }

    private enum Place {
        case none
        case waiting(UInt64)
        case running(Job)
    }

    /// Ends a request when its time is up; holds nothing of it but its number.
    private func limit(_ number: UInt64, _ cancel: RunCancel) {
        clock.asyncAfter(deadline: .now() + .milliseconds(limits.deadlineMilliseconds)) { [weak self] in
            cancel.cancel()
            self?.expire(number)
        }
    }

    private func expire(_ number: UInt64) {
        let job = state.withLock { state -> Job? in
            guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiting.remove(at: index)
        }
        job?.answer(.failure(InferenceError(.timedOut, "The model did not answer in time.")))
    }

    /// Runs a job and what waits behind it.
    private func work(from first: Job) {
        var next: Job? = first
        while let job = next {
            do {
                job.answer(.success(try session.run(job.tensors, cancel: job.cancel)))
            } catch {
                job.answer(.failure(error))
            }
            next = state.withLock { state in
                guard !state.waiting.isEmpty else {
                    state.running -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }
}
