import Synchronization

/// How many are told at once how their photos join: each takes a process and half a second of a core.
final class GuideGate: Sendable {
    private let running = Mutex(0)
    private static let most = 4

    /// Whether there is room for one more, which is taken.
    func begin() -> Bool {
        running.withLock { count in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
    }

    /// Gives the room back.
    func end() { running.withLock { $0 -= 1 } }
}
