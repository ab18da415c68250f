import Accounts
import Basics
import HummingbirdCore
package import Messaging

/// Reading what was said: pages, single events, what relates to what, members and state.
package struct HistoryRoutes: RouteGroup {
    let messaging: MessagingEngine

    /// The routes of an engine.
    package init(messaging: MessagingEngine) { self.messaging = messaging }

    package func add(to routes: inout RouteTable) {
        let messaging = messaging
        let root = "/_matrix/client/v3/rooms/{room}"
        routes.get("\(root)/messages", .history) { call, session in
            let request = try Self.page(try call.query(), isForwards: nil)
            return .json(bytes: try await messaging.messages(session, room: call.parameter("room"), request))
        }
        routes.get("\(root)/event/{event}", .history) { call, session in
            .json(
                bytes: try await messaging.event(
                    session, room: call.parameter("room"), event: call.parameter("event")))
        }
        routes.get("\(root)/context/{event}", .history) { call, session in
            let query = try call.query()
            let limit = try query.integer("limit", clampedTo: 0...100) ?? 10
            return .json(
                bytes: try await messaging.context(
                    session, room: call.parameter("room"), event: call.parameter("event"), limit: Int(limit),
                    filter: try Self.filter(query)))
        }
        routes.get("\(root)/state", .history) { call, session in
            .json(bytes: try await messaging.state(session, room: call.parameter("room")))
        }
        routes.get("\(root)/members", .history) { call, session in
            let query = try call.query()
            for name in ["membership", "not_membership"] {
                guard let word = query[name] else { continue }
                guard Membership(name: word) != nil else {
                    throw RequestError.invalidParam("'\(name)' is join, invite, knock, leave or ban.")
                }
            }
            let place = try query["at"].map { try HistoryPlace(parsing: $0, parameter: "at") }
            return .json(
                bytes: try await messaging.members(
                    session, room: call.parameter("room"), only: query["membership"], not: query["not_membership"],
                    at: place))
        }
        routes.get("\(root)/joined_members", .history) { call, session in
            .json(try await messaging.joinedMembers(session, room: call.parameter("room")))
        }
        addRelations(to: &routes)
        routes.get("/_matrix/client/v1/rooms/{room}/timestamp_to_event", .history) { call, session in
            let query = try call.query()
            let direction = try Self.direction(query)
            guard let time = try query.integer("ts", clampedTo: 0...JSON.maximumInteger) else {
                throw RequestError.missingParam("The query parameter 'ts' is missing.")
            }
            return .json(
                try await messaging.eventAt(
                    session, room: call.parameter("room"), time: time, isForwards: direction))
        }
    }

    private func addRelations(to routes: inout RouteTable) {
        let messaging = messaging
        let root = "/_matrix/client/v1/rooms/{room}"
        for path in ["{event}", "{event}/{rel}", "{event}/{rel}/{type}"] {
            let depth = path.split(separator: "/").count
            routes.get("\(root)/relations/\(path)", .history) { call, session in
                let request = try Self.page(try call.query(), isForwards: false)
                return .json(
                    bytes: try await messaging.relations(
                        session, room: call.parameter("room"), event: call.parameter("event"),
                        relation: depth > 1 ? call.parameter("rel") : nil,
                        type: depth > 2 ? call.parameter("type") : nil, request))
            }
        }
        routes.get("\(root)/threads", .history) { call, session in
            let query = try call.query()
            let limit = try query.integer("limit", clampedTo: 1...50) ?? 20
            var from: PageToken?
            if let text = query["from"] {
                guard let token = PageToken(decoding: text) else {
                    throw RequestError.invalidParam("'from' is not a token of this server.")
                }
                from = token
            }
            return .json(
                bytes: try await messaging.threads(
                    session, room: call.parameter("room"), onlyOwn: query["include"] == "participated", from: from,
                    limit: Int(limit)))
        }
    }

    /// The page that a query asks for; `isForwards` is the usual direction, `nil` if it must be named.
    static func page(_ query: Query, isForwards: Bool?) throws(RequestError) -> HistoryRequest {
        var request = HistoryRequest()
        if query["dir"] == nil, let isForwards {
            request.isForwards = isForwards
        } else {
            request.isForwards = try direction(query)
        }
        request.limit = Int(try query.integer("limit", clampedTo: 0...500) ?? 10)
        if let from = query["from"], !from.isEmpty { request.from = try HistoryPlace(parsing: from, parameter: "from") }
        if let to = query["to"], !to.isEmpty { request.to = try HistoryPlace(parsing: to, parameter: "to") }
        request.filter = try filter(query)
        return request
    }

    private static func direction(_ query: Query) throws(RequestError) -> Bool {
        switch try query.require("dir") {
        case "f": return true
        case "b": return false
        default: throw .invalidParam("'dir' is 'f' (forwards) or 'b' (backwards).")
        }
    }

    private static func filter(_ query: Query) throws(RequestError) -> RoomEventFilter {
        guard let text = query["filter"], !text.isEmpty else { return RoomEventFilter() }
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: text)
        } catch {
            throw RequestError(error)
        }
        return try RoomEventFilter(json)
    }
}
