import Basics
import Messaging
import ServiceDesk
import Synchronization

/// Wakes the boards that are open when there are new numbers.
final class StatisticsFeed: Sendable {
    /// One open board.
    struct Watch: Sendable {
        let number: Int
        let bell: Bell
    }
    private struct State {
        var last = 0
        var bells: [Int: Bell] = [:]
        var isClosed = false
    }
    private let state = Mutex(State())
    private static let limit = 64

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Begins to watch; nil when too many do.
    func watch() -> Watch? {
        state.withLock { state in
            guard state.bells.count < Self.limit, !state.isClosed else { return nil }
            state.last += 1
            let bell = Bell()
            state.bells[state.last] = bell
            return Watch(number: state.last, bell: bell)
        }
    }

    func end(_ watch: Watch) { state.withLock { $0.bells[watch.number] = nil } }

    func ring() { for bell in state.withLock({ Array($0.bells.values) }) { bell.ring() } }

    /// Ends all boards; the server stops.
    func close() {
        state.withLock { $0.isClosed = true }
        ring()
    }
}
