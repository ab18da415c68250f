import Glibc
import Synchronization

/// A named thread of the engine's own, so that a disk that hangs never blocks Swift's cooperative threads.
final class WorkerThread: Sendable {
    private struct End {
        var reached = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// What the new thread takes along.
    fileprivate final class Start: Sendable {
        let thread: WorkerThread
        let name: String
        let body: @Sendable () -> Void

        init(_ thread: WorkerThread, _ name: String, _ body: @escaping @Sendable () -> Void) {
            self.thread = thread
            self.name = name
            self.body = body
        }
    }

    private let end = Mutex(End())

    /// Starts a thread that runs the body once. The kernel shows the first 15 bytes of the name.
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(self, name, body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 4 << 20)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, start.toOpaque())
        pthread_attr_destroy(&attributes)
        // Only at the start of a database or a backup: a process without threads left cannot serve anyone.
        precondition(code == 0, "The system gives no thread (\(code)).")
    }

    /// Waits until the body has returned.
    func join() async {
        await withCheckedContinuation { waiter in
            let reached = end.withLock { end in
                if !end.reached { end.waiters.append(waiter) }
                return end.reached
            }
            if reached { waiter.resume() }
        }
    }

    /// Runs something long on a thread of its own.
    static func run<T: Sendable>(_ name: String, _ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { caller in
            _ = WorkerThread(name) { caller.resume(with: Result(catching: body)) }
        }
    }

    fileprivate func finish() {
        let waiters = end.withLock { end in
            end.reached = true
            defer { end.waiters = [] }
            return end.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

extension WorkerThread.Start {
    fileprivate func run() {
        showName()
        body()
        thread.finish()
    }

    /// For debuggers and `top -H`; pthread_setname_np is not in Swift's Glibc module.
    private func showName() {
        let file = Glibc.open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        let bytes = Array(name.utf8.prefix(15))
        _ = Glibc.write(file, bytes, bytes.count)
        Glibc.close(file)
    }
}
