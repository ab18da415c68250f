package import Accounts
import Basics
import HummingbirdCore
package import Messaging

/// The long poll by which a device hears what happens.
package struct SyncRoutes: RouteGroup {
    let messaging: MessagingEngine
    let userData: UserDataStore
    let asked: @Sendable (Session, _ waits: Int64) -> Void

    /// The routes of an engine and of where filters are kept.
    ///
    /// - Parameter asked: hears of every device that asks for news, and how long its poll may wait, in milliseconds.
    package init(
        messaging: MessagingEngine, userData: UserDataStore,
        asked: @escaping @Sendable (Session, _ waits: Int64) -> Void = { _, _ in }
    ) {
        self.messaging = messaging
        self.userData = userData
        self.asked = asked
    }

    package func add(to routes: inout RouteTable) {
        routes.poll("/_matrix/client/v3/sync", .sync, legacy: true) { call, session in
            let request = try await request(call, session)
            asked(session, request.timeout)
            return SyncPoll.outcome(try await messaging.beginSync(session, request), messaging)
        }
    }

    /// What is asked for.
    private func request(_ call: Call, _ session: Session) async throws -> SyncRequest {
        let query = try call.query()
        var request = SyncRequest()
        if let since = query["since"], !since.isEmpty { request.since = try SyncToken(parsing: since) }
        request.timeout = try query.integer("timeout", clampedTo: 0...3_600_000) ?? 0
        request.isFullState = query["full_state"] == "true"
        request.usesStateAfter = query["use_state_after"] == "true"
        if let text = query["filter"], !text.isEmpty {
            request.filter = try await userData.filter(text, of: session.userNumber)
        }
        return request
    }
}

/// A sync that waits, as the shell parks it.
private final class SyncPoll: LongPoll {
    private let wait: SyncWait
    private let messaging: MessagingEngine

    private init(_ wait: SyncWait, _ messaging: MessagingEngine) {
        self.wait = wait
        self.messaging = messaging
    }

    static func outcome(_ step: SyncStep, _ messaging: MessagingEngine) -> Outcome {
        switch step {
        case .reply(let bytes): .reply(.json(bytes: bytes))
        case .wait(let wait): .wait(SyncPoll(wait, messaging))
        }
    }

    func park(_ wake: @escaping @Sendable () -> Void) { wait.park(wake) }

    func cancel() { wait.cancel() }

    func resume() async throws -> Outcome { Self.outcome(try await messaging.resume(wait), messaging) }
}
