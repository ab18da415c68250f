internal import Dispatch
internal import Synchronization

/// The batches of an epoch, one after another, made ahead by a bounded number of tasks.
///
/// One caller takes from it. Batch `n` is made after batch `n - lanes`, so that never more than `lanes` are in the
/// making; at most `ahead` more are ready.
public final class LoaderRun: Sendable {
    struct Maker: Sendable {
        let make: @Sendable (Int) throws -> HostBatch?
    }

    private struct Window {
        var first: Int
        var tasks: [Task<HostBatch?, any Error>] = []
        var isEnded = false
    }

    private let epoch: Int
    private let count: Int
    private let lanes: Int
    private let width: Int
    private let maker: Maker
    private let window: Mutex<Window>

    init(next: LoaderCursor, count: Int, lanes: Int, ahead: Int, make: Maker) {
        epoch = next.epoch
        (self.count, self.lanes, maker) = (count, lanes, make)
        width = lanes + ahead
        window = Mutex(Window(first: max(0, next.batch)))
    }

    deinit { window.withLock { $0.tasks.forEach { $0.cancel() } } }

    /// The place of the batch that comes next.
    public var cursor: LoaderCursor { LoaderCursor(epoch: epoch, batch: window.withLock { $0.first }) }

    /// The next batch; nil at the end of the epoch.
    ///
    /// Throws `DataError` when too many samples are broken, and what an augmentation throws; the run has ended then.
    public func next() async throws -> HostBatch? {
        while let task = take() {
            do {
                if let batch = try await task.value { return batch }
            } catch {
                end()
                throw error
            }
        }
        return nil
    }

    /// The next batch; the thread waits for it.
    public func nextBlocking() throws -> HostBatch? {
        let done = DispatchSemaphore(value: 0)
        let result = Handover()
        Task.detached(executorPreference: LoaderThreads.shared) { [self] in
            let outcome: Result<HostBatch?, any Error>
            do { outcome = .success(try await next()) } catch { outcome = .failure(error) }
            result.set(outcome)
            done.signal()
        }
        done.wait()
        return try result.get()
    }

    /// Ends the run; tasks that are under way finish unseen.
    public func end() {
        window.withLock { window in
            window.tasks.forEach { $0.cancel() }
            window.tasks = []
            window.isEnded = true
        }
    }

    private func take() -> Task<HostBatch?, any Error>? {
        window.withLock { window in
            guard !window.isEnded else { return nil }
            fill(&window)
            guard !window.tasks.isEmpty else { return nil }
            window.first += 1
            let task = window.tasks.removeFirst()
            // The place that became free is filled at once, behind the task that is taken now.
            fill(&window, behind: task)
            return task
        }
    }

    private func fill(_ window: inout Window, behind taken: Task<HostBatch?, any Error>? = nil) {
        while window.tasks.count < width, window.first + window.tasks.count < count {
            let number = window.first + window.tasks.count
            let before = window.tasks.count - lanes
            let previous = before >= 0 ? window.tasks[before] : before == -1 ? taken : nil
            let maker = maker
            window.tasks.append(
                Task.detached(executorPreference: LoaderThreads.shared, priority: .medium) {
                    _ = await previous?.result
                    try Task.checkCancellation()
                    return try maker.make(number)
                })
        }
    }
}

/// One value that a task hands to a thread that waits for it.
private final class Handover: Sendable {
    private let value = Mutex<Result<HostBatch?, any Error>>(.success(nil))

    func set(_ result: Result<HostBatch?, any Error>) { value.withLock { $0 = result } }

    func get() throws -> HostBatch? { try value.withLock { $0 }.get() }
}
