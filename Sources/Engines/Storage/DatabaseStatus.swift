import Basics
import Synchronization

/// What the threads of one database tell each other and the program: its state, newest position and counters.
final class DatabaseStatus: Sendable {
    private struct Board {
        /// The state that the disk and the file allow.
        var working: DatabaseState
        var closed = false
        var listeners: [Int: AsyncStream<DatabaseState>.Continuation] = [:]
        var nextListener = 0
        var state: DatabaseState { closed ? .closed : working }
    }

    private let board: Mutex<Board>
    private let writable: Atomic<Bool>
    /// The newest acknowledged position.
    let position: Atomic<Int64>
    /// The newest time that a commit was stamped with.
    let stampedMilliseconds: Atomic<Int64>
    let commits = Atomic<Int>(0)
    let commands = Atomic<Int>(0)
    let refusedCommands = Atomic<Int>(0)
    let lastCommitMilliseconds = Atomic<Int64>(0)
    let logBytes = Atomic<Int>(0)
    let checkpointFailures = Atomic<Int>(0)
    let tally = Mutex(CommitTally())

    init(_ state: DatabaseState, position: Int64, stampedMilliseconds: Int64) {
        board = Mutex(Board(working: state))
        writable = Atomic(state == .writable)
        self.position = Atomic(position)
        self.stampedMilliseconds = Atomic(stampedMilliseconds)
    }

    var state: DatabaseState { board.withLock { $0.state } }

    /// The state that commands admitted before the closing are still answered by.
    var workingState: DatabaseState { board.withLock { $0.working } }

    /// What a writer is told; nil, without taking a lock, while writes are taken.
    var refusal: RequestError? { writable.load(ordering: .acquiring) ? nil : state.refusal }

    /// Changes the state and tells the listeners. Closed and failed are final.
    func enter(_ state: DatabaseState) {
        let ended: [AsyncStream<DatabaseState>.Continuation] = board.withLock { board in
            let before = board.state
            if state == .closed {
                board.closed = true
            } else if case .failed = board.working {
                return []
            } else {
                board.working = state
            }
            writable.store(board.state == .writable, ordering: .releasing)
            guard board.state != before else { return [] }
            for listener in board.listeners.values { listener.yield(board.state) }
            return board.closed ? Array(board.listeners.values) : []
        }
        // Outside the lock: ending a stream calls back to take the listener off the board.
        for listener in ended { listener.finish() }
    }

    /// The present state, then every change.
    func changes() -> AsyncStream<DatabaseState> {
        AsyncStream { continuation in
            let number = board.withLock { board in
                board.nextListener += 1
                continuation.yield(board.state)
                if board.closed { continuation.finish() }
                board.listeners[board.nextListener] = continuation
                return board.nextListener
            }
            continuation.onTermination = { [weak self] _ in
                self?.board.withLock { _ = $0.listeners.removeValue(forKey: number) }
            }
        }
    }
}
