internal import Dispatch
internal import Foundation
internal import Synchronization

/// Threads that make batches and do nothing else.
///
/// A thread that waits for a batch may be one of Swift's own pool; were batches made there, all of the pool could wait
/// for what only the pool makes.
final class LoaderThreads: TaskExecutor {
    /// As many threads as the machine has cores, from the first batch to the end of the program.
    static let shared = LoaderThreads(count: ProcessInfo.processInfo.activeProcessorCount)

    private let jobs = Mutex<[UnownedJob]>([])
    private let waiting = DispatchSemaphore(value: 0)

    private init(count: Int) {
        for number in 0..<max(1, count) {
            let thread = Thread { [self] in
                while true {
                    waiting.wait()
                    let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                    job?.runSynchronously(on: asUnownedTaskExecutor())
                }
            }
            thread.name = "loader-\(number)"
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        waiting.signal()
    }
}
