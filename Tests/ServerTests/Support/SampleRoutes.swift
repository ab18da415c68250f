import Accounts
import Basics
import HummingbirdCore
import NIOCore
import Synchronization

@testable import Server

/// Requests that wait until a test lets them go.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrivals = 0
        var watchers: [(count: Int, caller: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    func wait() async {
        await withCheckedContinuation { caller in
            let (isOpen, ready) = state.withLock { state in
                if !state.isOpen { state.waiting.append(caller) }
                state.arrivals += 1
                let ready = state.watchers.filter { $0.count <= state.arrivals }
                state.watchers.removeAll { $0.count <= state.arrivals }
                return (state.isOpen, ready)
            }
            for watcher in ready { watcher.caller.resume() }
            if isOpen { caller.resume() }
        }
    }

    /// Returns once that many requests have come to the gate.
    func arrived(_ count: Int = 1) async {
        await withCheckedContinuation { caller in
            let isThere = state.withLock { state in
                if state.arrivals < count { state.watchers.append((count, caller)) }
                return state.arrivals >= count
            }
            if isThere { caller.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for caller in waiting { caller.resume() }
    }
}

/// Routes that show what the shell does.
struct SampleRoutes: RouteGroup {
    var gate = Gate()

    func add(to routes: inout RouteTable) {
        let gate = gate
        routes.openGet("/_matrix/client/versions", .discovery) { _ in .json(["versions": ["v1.1"]]) }
        routes.openGet("/_matrix/slow", .sync) { _ in
            await gate.wait()
            return .json(["waited": true])
        }
        routes.get("/_matrix/client/v3/account/whoami", .session) { _, session in
            .json(["user_id": .string(session.user.text)])
        }
        routes.put("/_matrix/client/v3/rooms/{room}/send/{type}/{txn}", .message, legacy: true) { call, _ in
            let body = try await call.object(limits: .event)
            return .json(["room": .string(call.parameter("room")), "size": .int(Int64(body.count))])
        }
        routes.openPost("/_matrix/echo", .general) { call in
            let body = try await call.body(maximumBytes: 100_000)
            return .bytes(Array(body.readableBytesView), type: "application/octet-stream")
        }
        routes.openGet("/_matrix/fails", .general) { _ in throw Trouble() }
        routes.openGet("/_matrix/large", .general) { call in
            let count = Int(try call.query().integer("bytes", clampedTo: 0...100_000_000) ?? 0)
            return .bytes([UInt8](repeating: 0x61, count: count), type: "text/plain")
        }
        routes.openPost("/_matrix/client/v3/login", .login) { _ in .emptyObject }
    }

    struct Trouble: Error {}
}

extension RouteClass {
    /// A class for routes that tests make up.
    static let general = RouteClass.data
}
