import Accounts
import Basics
import HummingbirdCore
import Messaging

/// What users say about being there. It is stored, answered, and told to those who share a room in their next sync.
struct PresenceRoutes: RouteGroup {
    let accounts: Accounts
    let userData: UserDataStore

    func add(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/presence/{user}/status", .receipt) { call, session in
            let user = try await accounts.named(call.parameter("user"))
            guard try await userData.isSharing(session.userNumber, with: user.number) else {
                throw RequestError.forbidden("You share no room with this user.")
            }
            return .json(reply(try await userData.presence(of: user.number)))
        }
        routes.put("/_matrix/client/v3/presence/{user}/status", .receipt) { call, session in
            let user = try call.ownUser(session)
            let body = try await call.object()
            let text = try body.required("presence", try body.string("presence"))
            guard let state = Presence.State(rawValue: text) else {
                throw RequestError.invalidParam("'presence' is online, offline or unavailable.")
            }
            try await userData.setPresence(state, message: try body.string("status_msg"), of: user)
            return .emptyObject
        }
    }

    private func reply(_ presence: Presence?) -> JSON {
        guard let presence else { return ["presence": "offline"] }
        return .object(presence.content(now: accounts.nowMilliseconds))
    }
}
