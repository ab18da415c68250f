internal import Foundation
internal import Synchronization

/// One thread on which training runs: a step takes a tenth of a second and more, which no thread that others share may be
/// blocked for, and libtorch keeps its workers by the thread that calls it.
public final class TrainingExecutor: SerialExecutor, Sendable {
    private let jobs = JobLine()

    /// A thread of its own, which ends with the executor.
    public init() {
        let jobs = jobs
        let thread = Thread {
            while let (job, executor) = jobs.next() { job.runSynchronously(on: executor) }
        }
        thread.name = "training"
        thread.stackSize = 16 << 20
        thread.start()
    }

    deinit { jobs.end() }

    /// Puts a job behind those that wait.
    public func enqueue(_ job: consuming ExecutorJob) {
        jobs.add(UnownedJob(job), asUnownedSerialExecutor())
    }
}

/// Jobs in the order in which they came.
private final class JobLine: Sendable {
    private struct Line {
        var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
        var isEnded = false
    }

    private let line = Mutex(Line())
    private let signal = DispatchSemaphore(value: 0)

    func add(_ job: UnownedJob, _ executor: UnownedSerialExecutor) {
        line.withLock { $0.jobs.append((job, executor)) }
        signal.signal()
    }

    func end() {
        line.withLock { $0.isEnded = true }
        signal.signal()
    }

    /// Waits for the next job; nil at the end.
    func next() -> (UnownedJob, UnownedSerialExecutor)? {
        signal.wait()
        return line.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
    }
}
