import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
package import Messaging

/// The product's own routes about conversations.
package struct ConversationRoutes: RouteGroup {
    let messaging: MessagingEngine

    /// The routes of an engine.
    package init(messaging: MessagingEngine) { self.messaging = messaging }

    package func add(to routes: inout RouteTable) {
        let messaging = messaging
        routes.get("/api/v1/conversations", .conversations) { call, session in
            let query = try call.query()
            var request = ConversationRequest()
            if let since = query["since"], !since.isEmpty { request.since = try SyncToken(parsing: since) }
            request.limit = Int(try query.integer("limit", clampedTo: 1...200) ?? 50)
            request.offset = Int(try query.integer("from", clampedTo: 0...1_000_000) ?? 0)
            if let order = query["order"] {
                guard let known = ConversationRequest.Order(rawValue: order) else {
                    throw RequestError.invalidParam("'order' is recent or unread.")
                }
                request.order = known
            }
            return .json(bytes: try await messaging.conversations(session, request))
        }
        routes.get("/api/v1/rooms/{room}/events/{event}/readers", .conversations) { call, session in
            .json(try await messaging.readers(session, room: call.parameter("room"), event: call.parameter("event")))
        }
        routes.get("/api/v1/devices/positions", .conversations) { _, session in
            .json(try await messaging.positions(session))
        }
        routes.get("/api/v1/rooms/{room}/transcript", .search) { call, session in
            let query = try call.query()
            let format = try TranscriptFormat(named: query["format"] ?? "json")
            let transcript = try await messaging.transcript(
                session, room: call.parameter("room"), format: format, includesRecalled: query["recalled"] == "true")
            return .bytes(transcript, type: format.contentType, headers: [.contentDisposition: format.disposition])
        }
        routes.put("/api/v1/rooms/{room}/retention", .state) { call, session in
            let body = try await call.object()
            try await messaging.setRetention(
                session, room: call.parameter("room"), days: try body.int("max_days"),
                hold: try body.bool("hold") ?? false)
            return .emptyObject
        }
    }
}
