import Basics
import Logging
import ServiceDesk
import Synchronization

/// Which agents are there: those of whom some device asks for news.
///
/// A long poll says so itself; a while after the last one the agent counts as lost, and dispatch takes the
/// conversations away a while later unless a device comes back.
final class DeskPresence: Sendable {
    private struct State {
        /// Until when each agent counts as there, on a clock that never jumps.
        var until: [Int64: Int64] = [:]
        /// Who has come and has not been told of.
        var arrived: Set<Int64> = []
    }
    private let state = Mutex(State())
    private let now: @Sendable () -> Int64

    /// How long after its last question a device counts as there, in milliseconds.
    let grace: Int64

    init(grace: Int64 = 45_000, now: @escaping @Sendable () -> Int64 = { monotonicMilliseconds() }) {
        self.grace = grace
        self.now = now
    }

    /// A device of staff has asked for news.
    ///
    /// - Parameter waits: how long its poll may wait, in milliseconds.
    func seen(_ user: Int64, waits: Int64 = 0) {
        let until = now() + max(grace, min(max(0, waits), 120_000) + min(grace, 15_000))
        state.withLock { state in
            if state.until.updateValue(until, forKey: user) == nil { state.arrived.insert(user) }
        }
    }

    /// Who has come and who is gone since the last call.
    func changes() -> (arrived: [Int64], lost: [Int64]) {
        let now = now()
        return state.withLock { state in
            let lost = state.until.filter { $0.value <= now }.keys.sorted()
            for user in lost { state.until[user] = nil }
            defer { state.arrived = [] }
            return (state.arrived.subtracting(lost).sorted(), lost)
        }
    }

    /// Whether a user counts as there.
    func isThere(_ user: Int64) -> Bool { state.withLock { $0.until[user] != nil } }

    /// Tells dispatch of comings and goings.
    func tell(_ desk: Desk) async throws {
        let (arrived, lost) = changes()
        for user in arrived where try await desk.membership(user) != nil {
            _ = try await desk.perform(.agentSeen(user))
        }
        for user in lost where try await desk.membership(user) != nil {
            _ = try await desk.perform(.agentLost(user))
        }
    }

    /// After a start nobody is there until a device asks; who was at work has a while for it.
    func begin(_ desk: Desk) async throws {
        for agent in try await desk.agents() where agent.status != .offline && !isThere(agent.number) {
            _ = try await desk.perform(.agentLost(agent.number))
        }
    }
}
