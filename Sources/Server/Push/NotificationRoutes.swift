import Accounts
import Basics
import HummingbirdCore
import Messaging

/// The list of what a user was notified of.
struct NotificationRoutes: RouteGroup {
    let list: NotificationList

    func add(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/notifications", .push) { call, session in
            try session.refuseGuests()
            let query = try call.query()
            let limit = try query.integer("limit", clampedTo: 1...100) ?? 20
            return .json(
                try await list.page(
                    session, from: query["from"], limit: Int(limit), onlyHighlights: query["only"] == "highlight"))
        }
    }
}
