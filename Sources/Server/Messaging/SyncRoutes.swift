import Accounts
package import Basics
import HummingbirdCore
package import Messaging

/// The long poll by which a device hears what happens.
package struct SyncRoutes: RouteGroup {
    let messaging: MessagingEngine
    let filters: @Sendable (_ session: Session, _ number: String) async throws -> JSON

    /// The routes of an engine; `filters` finds a filter that was stored before.
    package init(
        messaging: MessagingEngine,
        filters: @escaping @Sendable (_ session: Session, _ number: String) async throws -> JSON
    ) {
        self.messaging = messaging
        self.filters = filters
    }

    package func add(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/sync", .sync, legacy: true) { call, session in
            let query = try call.query()
            var request = SyncRequest()
            if let since = query["since"], !since.isEmpty { request.since = try SyncToken(parsing: since) }
            request.timeout = try query.integer("timeout", clampedTo: 0...3_600_000) ?? 0
            request.isFullState = query["full_state"] == "true"
            request.usesStateAfter = query["use_state_after"] == "true"
            if let text = query["filter"], !text.isEmpty { request.filter = try await filter(text, session) }
            return .json(bytes: try await messaging.sync(session, request))
        }
    }

    /// A filter is given whole, as JSON, or by the number under which it was stored.
    private func filter(_ text: String, _ session: Session) async throws -> SyncFilter {
        guard text.first == "{" else { return try SyncFilter(try await filters(session, text)) }
        do {
            return try SyncFilter(try JSON(parsing: text))
        } catch let error as JSONError {
            throw RequestError(error)
        }
    }
}
