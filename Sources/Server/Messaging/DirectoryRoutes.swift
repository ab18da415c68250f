import Accounts
import Basics
import HummingbirdCore
package import Messaging

/// Aliases, the public list, summaries and complaints.
package struct DirectoryRoutes: RouteGroup {
    let messaging: MessagingEngine

    /// The routes of an engine.
    package init(messaging: MessagingEngine) { self.messaging = messaging }

    package func add(to routes: inout RouteTable) {
        let messaging = messaging
        routes.openGet("/_matrix/client/v3/directory/room/{alias}", .history) { call in
            let room = try await messaging.room(alias: call.parameter("alias"))
            return .json(["room_id": .string(room), "servers": [.string(messaging.serverName)]])
        }
        routes.put("/_matrix/client/v3/directory/room/{alias}", .state) { call, session in
            let body = try await call.object()
            let room = try body.required("room_id", try body.string("room_id"))
            try await messaging.addAlias(session, call.parameter("alias"), room: room)
            return .emptyObject
        }
        routes.delete("/_matrix/client/v3/directory/room/{alias}", .state) { call, session in
            try await messaging.removeAlias(session, call.parameter("alias"))
            return .emptyObject
        }
        routes.get("/_matrix/client/v3/rooms/{room}/aliases", .history) { call, session in
            let aliases = try await messaging.aliases(session, room: call.parameter("room"))
            return .json(["aliases": .array(aliases.map(JSON.string))])
        }
        routes.openGet("/_matrix/client/v3/directory/list/room/{room}", .history) { call in
            let isListed = try await messaging.isListed(room: call.parameter("room"))
            return .json(["visibility": .string(isListed ? "public" : "private")])
        }
        routes.put("/_matrix/client/v3/directory/list/room/{room}", .state) { call, session in
            let visibility = try await call.object(orEmpty: true).string("visibility") ?? "public"
            guard ["public", "private"].contains(visibility) else {
                throw RequestError.invalidParam("'visibility' is public or private.")
            }
            try await messaging.setListed(session, room: call.parameter("room"), visibility == "public")
            return .emptyObject
        }
        addPublicRooms(to: &routes)
        routes.get("/_matrix/client/v1/room_summary/{room}", .history) { call, session in
            .json(try await messaging.summary(session, roomOrAlias: call.parameter("room")))
        }
        routes.post("/_matrix/client/v3/rooms/{room}/report", .state) { call, session in
            let reason = try await call.object(orEmpty: true).string("reason")
            try await messaging.report(session, room: call.parameter("room"), event: nil, reason: reason)
            return .emptyObject
        }
        routes.post("/_matrix/client/v3/rooms/{room}/report/{event}", .state) { call, session in
            let reason = try await call.object(orEmpty: true).string("reason")
            try await messaging.report(
                session, room: call.parameter("room"), event: call.parameter("event"), reason: reason)
            return .emptyObject
        }
    }

    private func addPublicRooms(to routes: inout RouteTable) {
        let messaging = messaging
        routes.openGet("/_matrix/client/v3/publicRooms", .search) { call in
            let query = try call.query()
            let limit = try query.integer("limit", clampedTo: 1...500) ?? 50
            let from = try Self.place(query["since"])
            return .json(try await messaging.publicRooms(search: nil, limit: Int(limit), from: from))
        }
        routes.post("/_matrix/client/v3/publicRooms", .search) { call, _ in
            let body = try await call.object(orEmpty: true)
            let term = try body.object("filter")?.string("generic_search_term")
            let limit = max(1, min(try body.int("limit") ?? 50, 500))
            let from = try Self.place(try body.string("since"))
            return .json(try await messaging.publicRooms(search: term, limit: Int(limit), from: from))
        }
    }

    /// Where a page of the directory begins: what the page before it gave as `next_batch`.
    private static func place(_ since: String?) throws(RequestError) -> Int {
        guard let since, !since.isEmpty else { return 0 }
        guard let place = Int(since), place >= 0 else {
            throw .invalidParam("'since' is not a token of this server.")
        }
        return place
    }
}
