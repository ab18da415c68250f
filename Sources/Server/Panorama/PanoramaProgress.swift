import Basics
import Synchronization

/// How far running panoramas are, for those who watch; what is final is in the database.
final class PanoramaProgress: Sendable {
    /// A step.
    struct Step: Sendable, Hashable {
        var stage: String
        var done: Int
        var of: Int

        var json: JSON { ["stage": .string(stage), "done": .int(Int64(done)), "of": .int(Int64(of))] }
    }

    private struct State {
        var steps: [Int64: Step] = [:]
        var watchers: [Int64: [Int: AsyncStream<Void>.Continuation]] = [:]
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// The newest step of a panorama.
    func step(_ panorama: Int64) -> Step? { state.withLock { $0.steps[panorama] } }

    /// Tells a step.
    func tell(_ panorama: Int64, _ step: Step) {
        let watchers = state.withLock { state in
            state.steps[panorama] = step
            return state.watchers[panorama].map { Array($0.values) } ?? []
        }
        for watcher in watchers { watcher.yield() }
    }

    /// Tells that something else changed: a panorama was begun, ended, or called off.
    func changed(_ panorama: Int64, isOver: Bool = false) {
        let watchers = state.withLock { state in
            if isOver { state.steps[panorama] = nil }
            return state.watchers[panorama].map { Array($0.values) } ?? []
        }
        for watcher in watchers { watcher.yield() }
    }

    /// A signal for each change from now on; several may become one.
    func watch(_ panorama: Int64) -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let (number, isClosed) = state.withLock { state in
                state.next += 1
                if !state.isClosed { state.watchers[panorama, default: [:]][state.next] = continuation }
                return (state.next, state.isClosed)
            }
            if isClosed { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in self?.forget(panorama, number) }
        }
    }

    private func forget(_ panorama: Int64, _ number: Int) {
        state.withLock { state in
            state.watchers[panorama]?[number] = nil
            if state.watchers[panorama]?.isEmpty == true { state.watchers[panorama] = nil }
        }
    }

    /// Ends all watching: the server stops.
    func close() {
        let watchers = state.withLock { state in
            state.isClosed = true
            return state.watchers.values.flatMap(\.values)
        }
        for watcher in watchers { watcher.finish() }
    }
}
