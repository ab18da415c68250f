import Basics
import Foundation
import Synchronization

@testable import Server

/// A long poll that a test wakes.
final class SamplePoll: LongPoll {
    private struct State {
        var wake: (@Sendable () -> Void)?
        var wakings = 0
    }

    private let looks: Int
    private let state = Mutex(State())
    private let parked = DispatchSemaphore(value: 0)

    /// A poll that finds nothing until it has been woken `looks` times.
    init(looks: Int = 1) { self.looks = looks }

    func park(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
        parked.signal()
    }

    func cancel() { wakeUp() }

    /// Blocks its thread until the poll is parked, then wakes it.
    func wakeOnceParked() {
        parked.wait()
        wakeUp()
    }

    private func wakeUp() {
        let wake = state.withLock { state in
            state.wakings += 1
            return state.wake.take()
        }
        wake?()
    }

    func resume() async throws -> Outcome {
        let wakings = state.withLock { $0.wakings }
        return wakings < looks ? .wait(self) : .reply(.json(["woken": .int(Int64(wakings))]))
    }
}
