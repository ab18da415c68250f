import Dispatch
import Synchronization

/// Runs one model for many callers: a few runs at a time, a bounded number waiting, and a deadline for each.
///
/// Runs happen on threads of their own, never on those of Swift's tasks: a run blocks for milliseconds to seconds. What
/// waits is taken in turn from each tenant; requests of the same shapes may share a run.
public final class ModelQueue: Sendable {
    /// How much a queue takes on.
    public struct Limits: Hashable, Sendable {
        /// Runs at the same time.
        public var width = 1
        /// Requests that may wait besides.
        public var waiting = 64
        /// Milliseconds from the request to its answer.
        public var deadlineMilliseconds = 5_000
        /// Requests that may share a run when they wait at the same time and the model's first dimensions are open. More
        /// than 1 pays on graphics processors; on the processor it delays the first for nothing.
        public var batch = 1

        /// One run at a time, 64 waiting, 5 seconds.
        public init() {}
    }

    struct Job {
        let number: UInt64
        let tenant: Int64
        let tensors: [String: Tensor]
        let cancel: RunCancel
        let begin: ContinuousClock.Instant
        let answer: @Sendable (Result<[String: Tensor], InferenceError>) -> Void
    }

    private struct State {
        var running = 0
        var waiting = FairLine()
        var nextNumber: UInt64 = 0
        var figures = ModelFigures()
    }

    private let runner: any ModelRunner
    private let limits: Limits
    private let threads = DispatchQueue(label: "vitrine.model", attributes: .concurrent)
    private let clock = DispatchQueue(label: "vitrine.model.deadlines")
    private let state = Mutex(State())

    /// A queue in front of a model.
    public init(_ runner: any ModelRunner, limits: Limits = Limits()) {
        self.runner = runner
        self.limits = limits
    }

    /// What was done so far.
    public var figures: ModelFigures {
        state.withLock { state in
            var figures = state.figures
            figures.waiting = state.waiting.count
            return figures
        }
    }

    /// Runs the model; see ``ModelSession/run(_:cancel:)``. `tenant` is who asks, by any number: those who wait take turns.
    ///
    /// - Throws: also `.overloaded` at once when too many wait, and `.timedOut` when the deadline passes. Cancelling the
    ///   task ends its run.
    public func run(_ tensors: [String: Tensor], tenant: Int64 = 0) async throws -> [String: Tensor] {
        let cancel = RunCancel()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(tensors, tenant, cancel) { continuation.resume(with: $0) }
            }
        } onCancel: {
            cancel.cancel()
        }
    }

    /// Takes a request on, or answers at once that it cannot.
    func enqueue(
        _ tensors: [String: Tensor], _ tenant: Int64, _ cancel: RunCancel,
        _ answer: @escaping @Sendable (Result<[String: Tensor], InferenceError>) -> Void
    ) {
        let place = state.withLock { state -> Place in
            guard state.running < limits.width || state.waiting.count < limits.waiting else {
                state.figures.overloads += 1
                return .none
            }
            state.nextNumber += 1
            let job = Job(
                number: state.nextNumber, tenant: tenant, tensors: tensors, cancel: cancel, begin: .now,
                answer: answer)
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
            let job = state.waiting.remove(number)
            if job != nil { state.figures.timeouts += 1 }
            return job
        }
        job?.answer(.failure(InferenceError(.timedOut, "The model did not answer in time.")))
    }

    /// Runs a job and what waits behind it.
    private func work(from first: Job) {
        var next = [first]
        while !next.isEmpty {
            let jobs = next
            let results = Self.run(jobs, on: runner)
            next = state.withLock { state in
                state.figures.note(jobs, results)
                let following = state.waiting.next(atMost: limits.batch) { RunBatch.canShare($0, $1, runner) }
                if following.isEmpty { state.running -= 1 }
                return following
            }
            for (job, result) in zip(jobs, results) { job.answer(result) }
        }
    }

    private static func run(
        _ jobs: [Job], on runner: any ModelRunner
    ) -> [Result<[String: Tensor], InferenceError>] {
        guard jobs.count > 1 else {
            return jobs.map { job in
                Result { () throws(InferenceError) in try runner.run(job.tensors, cancel: job.cancel) }
            }
        }
        do {
            let batch = try RunBatch(jobs.map(\.tensors))
            return try batch.parts(of: runner.run(batch.tensors, cancel: nil)).map { .success($0) }
        } catch {
            return jobs.map { _ in .failure(error) }
        }
    }
}
