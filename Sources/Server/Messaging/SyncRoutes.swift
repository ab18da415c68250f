import Accounts
import Basics
import HummingbirdCore
package import Messaging

/// The long poll by which a device hears what happens.
package struct SyncRoutes: RouteGroup {
    let messaging: MessagingEngine
    let userData: UserDataStore

    /// The routes of an engine and of where filters are kept.
    package init(messaging: MessagingEngine, userData: UserDataStore) {
        self.messaging = messaging
        self.userData = userData
    }

    package func add(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/sync", .sync, legacy: true) { call, session in
            .json(bytes: try await messaging.sync(session, try await request(call, session)))
        }
    }

    /// What is asked for. Apart from the handler, so that a waiting poll does not hold what only reading it needed.
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
