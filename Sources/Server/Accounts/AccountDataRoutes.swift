import Accounts
import Basics
import HummingbirdCore
import Messaging

/// What clients keep on the server for their users: account data, tags, filters.
struct AccountDataRoutes: RouteGroup {
    let messaging: MessagingEngine
    let userData: UserDataStore

    func add(to routes: inout RouteTable) {
        addAccountData(to: &routes)
        addTags(to: &routes)
        routes.post("/_matrix/client/v3/user/{user}/filter", .data) { call, session in
            try session.refuseGuests()
            let user = try call.ownUser(session)
            return .json(["filter_id": .string(try await userData.addFilter(try await call.object(), of: user))])
        }
        routes.get("/_matrix/client/v3/user/{user}/filter/{filter}", .data) { call, session in
            .json(bytes: try await userData.filterText(call.parameter("filter"), of: try call.ownUser(session)))
        }
    }

    private func addAccountData(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/user/{user}/account_data/{type}", .data) { call, session in
            try await data(call, session, room: nil)
        }
        routes.put("/_matrix/client/v3/user/{user}/account_data/{type}", .data) { call, session in
            try await setData(call, session, room: nil)
        }
        routes.get("/_matrix/client/v3/user/{user}/rooms/{room}/account_data/{type}", .data) { call, session in
            try await data(call, session, room: try await room(call, session))
        }
        routes.put("/_matrix/client/v3/user/{user}/rooms/{room}/account_data/{type}", .data) { call, session in
            try await setData(call, session, room: try await room(call, session))
        }
    }

    private func addTags(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/user/{user}/rooms/{room}/tags", .data) { call, session in
            let tags = try await userData.tags(room: try await room(call, session), of: try call.ownUser(session))
            return .json(["tags": tags])
        }
        routes.put("/_matrix/client/v3/user/{user}/rooms/{room}/tags/{tag}", .data) { call, session in
            try session.refuseGuests()
            let user = try call.ownUser(session)
            let content = try await call.object(orEmpty: true)
            try await userData.setTag(call.parameter("tag"), content, room: try await room(call, session), of: user)
            return .emptyObject
        }
        routes.delete("/_matrix/client/v3/user/{user}/rooms/{room}/tags/{tag}", .data) { call, session in
            try session.refuseGuests()
            let user = try call.ownUser(session)
            try await userData.removeTag(call.parameter("tag"), room: try await room(call, session), of: user)
            return .emptyObject
        }
    }

    /// The room in the path, which the user must be in or have been in: data about rooms of other people would be
    /// storage without end.
    private func room(_ call: Call, _ session: Session) async throws -> RoomNumber {
        guard RoomIdentifier.number(call.parameter("room"), server: messaging.serverName) != nil else {
            throw RequestError.invalidParam("This is no room id of this server.")
        }
        return try await messaging.room(call.parameter("room"), for: session).number
    }

    private func data(_ call: Call, _ session: Session, room: RoomNumber?) async throws -> Response {
        let user = try call.ownUser(session)
        guard let content = try await userData.accountData(call.parameter("type"), room: room, of: user) else {
            throw RequestError.notFound("There is no such account data.")
        }
        return .json(bytes: content)
    }

    private func setData(_ call: Call, _ session: Session, room: RoomNumber?) async throws -> Response {
        try session.refuseGuests()
        let user = try call.ownUser(session)
        try await userData.setAccountData(call.parameter("type"), try await call.object(), room: room, of: user)
        return .emptyObject
    }
}
