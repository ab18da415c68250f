import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// What users show of themselves, and finding them by it.
struct ProfileRoutes: RouteGroup {
    let accounts: Accounts
    let userData: UserDataStore
    /// Its shops are what customers see instead of somebody whose id says nothing.
    let desk: Desk

    func add(to routes: inout RouteTable) {
        routes.openGet("/_matrix/client/v3/profile/{user}", .profile) { call in
            .json(.object(try await profile(call)))
        }
        routes.openGet("/_matrix/client/v3/profile/{user}/{key}", .profile) { call in
            let key = call.parameter("key")
            guard let value = try await profile(call)[key] else {
                throw RequestError.notFound("The user has not set this field.")
            }
            return .json(.object([key: value]))
        }
        routes.put("/_matrix/client/v3/profile/{user}/{key}", .profile) { call, session in
            let key = call.parameter("key")
            let body = try await call.object()
            let value = try body.required(key, body[key])
            return try await set(key, to: value.isNull ? nil : value, call, session)
        }
        routes.delete("/_matrix/client/v3/profile/{user}/{key}", .profile) { call, session in
            try await set(call.parameter("key"), to: nil, call, session)
        }
        routes.post("/_matrix/client/v3/user_directory/search", .search) { call, session in
            try await search(call, session)
        }
    }

    /// Who works in the shop under an id that says nothing is to customers the shop.
    private func profile(_ call: Call) async throws -> JSONObject {
        let user = try await accounts.named(call.parameter("user"))
        guard Self.isBehindShop(user) else { return try await accounts.profile(of: user) }
        let asker = try await call.sessionIfAny()
        guard let asker else { return ["displayname": .string(try await desk.shop(Desk.firstShop).name)] }
        let isColleague = asker.kind == .staff || asker.kind == .robot || asker.isAdmin
        let isSeen = isColleague ? try await desk.outOfSight([user.number], of: asker).isEmpty : false
        guard isSeen else {
            return ["displayname": .string(try await desk.shop(ofCustomer: asker.userNumber).name)]
        }
        return try await accounts.profile(of: user)
    }

    private static func isBehindShop(_ user: UserRecord) -> Bool {
        user.kind == .staff && Localpart.saysNothing(user.identifier.localpart)
    }

    private func set(_ key: String, to value: JSON?, _ call: Call, _ session: Session) async throws -> Response {
        if key != "displayname" { try session.refuseGuests() }
        try session.refuseSuspended()
        let user = try await target(call, session)
        let spreads = try call.query()["propagate"] != "none"
        try await accounts.setProfileField(key, to: value, of: user, spreads: spreads)
        return .emptyObject
    }

    /// Whose profile is changed: one's own, or anybody's by an administrator.
    private func target(_ call: Call, _ session: Session) async throws -> Int64 {
        if call.parameter("user") == session.user.text { return session.userNumber }
        guard session.isAdmin else { throw RequestError.forbidden("This is the profile of another user.") }
        return try await accounts.named(call.parameter("user")).number
    }

    // MARK: Search

    private static let maximumResults: Int64 = 50

    private func search(_ call: Call, _ session: Session) async throws -> Response {
        try session.refuseGuests()
        let body = try await call.object()
        let term = try body.required("search_term", try body.string("search_term"))
        let limit = Int(min(max(try body.int("limit") ?? 10, 1), Self.maximumResults))
        let found = try await users(holding: term, session, limit: limit + 1)
        let results = found.prefix(limit).map { user -> JSON in
            var entry: JSONObject = ["user_id": .string(user.identifier.text)]
            if let name = user.displayName { entry["display_name"] = .string(name) }
            if let avatar = user.avatarURL { entry["avatar_url"] = .string(avatar) }
            return .object(entry)
        }
        return .json(["results": .array(results), "limited": .bool(found.count > limit)])
    }

    /// Those who work in a shop find everybody of it; customers find only people they are in a room with, because a list of
    /// a shop's customers is nobody's business.
    private func users(holding term: String, _ session: Session, limit: Int) async throws -> [UserRecord] {
        guard !term.isEmpty else { return [] }
        if session.kind == .staff || session.isAdmin {
            let found = try await accounts.users(holding: term, limit: limit)
            let hidden = try await desk.outOfSight(found.map(\.number), of: session)
            return found.filter { !hidden.contains($0.number) }
        }
        let near = try await userData.sharing(with: session.userNumber)
        let wanted = term.lowercased()
        return try await accounts.users(numbers: near).values
            .filter {
                $0.state.isEmpty && $0.number != session.userNumber && !Self.isBehindShop($0) && $0.holds(wanted)
            }
            .sorted { $0.number < $1.number }.prefix(limit).map { $0 }
    }
}

extension UserRecord {
    /// Whether the localpart or the shown name holds a text in small letters.
    fileprivate func holds(_ text: String) -> Bool {
        identifier.text.lowercased().contains(text) || displayName?.lowercased().contains(text) == true
    }
}
