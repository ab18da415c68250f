import Foundation
import Synchronization

/// A named thread of the engine's own, so that a disk that hangs never blocks Swift's cooperative threads.
final class WorkerThread: Sendable {
    private struct End {
        var reached = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let end = Mutex(End())

    /// Starts a thread that runs the body once.
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread { [self] in
            body()
            let waiters = end.withLock { end in
                end.reached = true
                return taken(&end.waiters)
            }
            for waiter in waiters { waiter.resume() }
        }
        thread.name = name
        thread.stackSize = 4 << 20
        thread.start()
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
}

/// Takes what is there and leaves nothing.
private func taken<Element>(_ elements: inout [Element]) -> [Element] {
    defer { elements = [] }
    return elements
}
