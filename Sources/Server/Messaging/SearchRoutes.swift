import Accounts
import Basics
import HummingbirdCore
package import Messaging

/// Looking for what was said.
package struct SearchRoutes: RouteGroup {
    let search: SearchIndex

    /// The routes of an index.
    package init(search: SearchIndex) { self.search = search }

    package func add(to routes: inout RouteTable) {
        let search = search
        routes.get("/api/v1/search", .search) { call, session in
            let query = try call.query()
            var request = SearchRequest()
            request.words = try query.require("q")
            if let rooms = query["rooms"], !rooms.isEmpty {
                request.rooms = rooms.split(separator: ",").map(String.init)
            }
            let times: ClosedRange<Int64> = 0...JSON.maximumInteger
            let from = try query.integer("from", clampedTo: times) ?? 0
            let to = try query.integer("to", clampedTo: times) ?? Int64.max
            guard from <= to else { throw RequestError.invalidParam("'from' lies after 'to'.") }
            request.sent = from...to
            if let place = query["before"], !place.isEmpty { request.before = try SearchPlace(parsing: place) }
            request.limit = Int(try query.integer("limit", clampedTo: 1...50) ?? 20)
            return .json(bytes: try await search.search(session, request))
        }
        routes.post("/_matrix/client/v3/search", .search) { call, session in
            let place = try call.query()["next_batch"]
            let body = try await call.object()
            return .json(bytes: try await search.matrixSearch(session, body, nextBatch: place))
        }
    }
}
