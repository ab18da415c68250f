import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging

/// The administrator's list of users, in the form that tools for Synapse know.
struct UserAdminRoutes: RouteGroup {
    let accounts: Accounts
    private static let maximumPage: Int64 = 500

    func add(to routes: inout RouteTable) {
        routes.get("/_synapse/admin/v2/users", .admin) { call, session in
            try session.requireAdmin()
            return try await list(call)
        }
        routes.get("/_synapse/admin/v2/users/{user}", .admin) { call, session in
            try session.requireAdmin()
            return .json(try await accounts.named(call.parameter("user")).adminJSON)
        }
        routes.put("/_synapse/admin/v2/users/{user}", .admin) { call, session in
            try session.requireAdmin()
            return try await change(call)
        }
        routes.post("/_synapse/admin/v1/reset_password/{user}", .admin) { call, session in
            try session.requireAdmin()
            let body = try await call.object()
            let password = try body.required("new_password", try body.string("new_password"))
            let endsSessions = try body.bool("logout_devices") ?? true
            let user = try await accounts.named(call.parameter("user"))
            try await accounts.setPassword(password, of: user.number, endingOthers: endsSessions)
            return .emptyObject
        }
        routes.post("/_synapse/admin/v1/deactivate/{user}", .admin) { call, session in
            try session.requireAdmin()
            let erases = try await call.object(orEmpty: true).bool("erase") ?? false
            let user = try await accounts.named(call.parameter("user"))
            try await accounts.deactivate(user: user.number, erasing: erases)
            return .json(["id_server_unbind_result": "no-support"])
        }
    }

    /// A page of users by localpart; `next_token` is the localpart that the next page begins after.
    private func list(_ call: Call) async throws -> Response {
        let query = try call.query()
        let limit = Int(try query.integer("limit", clampedTo: 1...Self.maximumPage) ?? 100)
        let page = try await accounts.users(after: query["from"] ?? "", limit: limit + 1)
        var reply: JSONObject = [
            "users": .array(page.prefix(limit).map(\.adminJSON)), "total": .int(try await accounts.countOfUsers()),
        ]
        if page.count > limit, let last = page.prefix(limit).last {
            reply["next_token"] = .string(last.identifier.localpart)
        }
        return .json(.object(reply))
    }

    /// Makes a user or changes one; members that are absent stay as they are.
    private func change(_ call: Call) async throws -> Response {
        let body = try await call.object()
        let identifier = try UserIdentifier(parsing: call.parameter("user"))
        let known = try await accounts.user(identifier)
        let user: UserRecord
        if let known { user = known } else { user = try await create(identifier, body) }
        if known != nil, let password = try body.string("password") {
            let endsSessions = try body.bool("logout_devices") ?? true
            try await accounts.setPassword(password, of: user.number, endingOthers: endsSessions)
        }
        if let name = try body.string("displayname") {
            try await accounts.setProfileField("displayname", to: .string(name), of: user.number)
        }
        if let isAdmin = try body.bool("admin") { try await accounts.setAdmin(isAdmin, user: user.number) }
        if let kind = try body.string("user_type") {
            try await accounts.setKind(try Self.kind(kind), user: user.number)
        }
        if let locked = try body.bool("locked") { try await accounts.setLocked(locked, user: user.number) }
        if try body.bool("deactivated") == true { try await accounts.deactivate(user: user.number) }
        guard let changed = try await accounts.user(number: user.number) else {
            throw RequestError.notFound("There is no such user.")
        }
        return .json(changed.adminJSON, status: known == nil ? .created : .ok)
    }

    private func create(_ identifier: UserIdentifier, _ body: JSONObject) async throws -> UserRecord {
        guard identifier.serverName == accounts.serverName else {
            throw RequestError.invalidParam("This user id belongs to another server.")
        }
        let kind = try body.string("user_type").map(Self.kind) ?? .member
        let wish = Registration(
            localpart: identifier.localpart, password: try body.string("password"), kind: kind,
            displayName: try body.string("displayname"), isAdmin: try body.bool("admin") ?? false)
        return try await accounts.register(wish).user
    }

    private static func kind(_ name: String) throws(RequestError) -> UserKind {
        guard let kind = UserKind.allCases.first(where: { $0.name == name }) else {
            throw .invalidParam("'user_type' is one of \(UserKind.allCases.map(\.name).joined(separator: ", ")).")
        }
        return kind
    }
}

extension UserKind {
    /// The name of the kind in the administrator's routes.
    fileprivate var name: String {
        switch self {
        case .member: "member"
        case .staff: "staff"
        case .visitor: "visitor"
        case .robot: "bot"
        case .guest: "guest"
        }
    }
}

extension UserRecord {
    /// The user as an administrator sees it.
    fileprivate var adminJSON: JSON {
        [
            "name": .string(identifier.text), "user_type": .string(kind.name), "is_guest": .bool(kind == .guest),
            "admin": .bool(isAdmin), "deactivated": .bool(state.contains(.deactivated)),
            "locked": .bool(state.contains(.locked)), "suspended": .bool(state.contains(.suspended)),
            "displayname": displayName.map(JSON.string) ?? .null, "avatar_url": avatarURL.map(JSON.string) ?? .null,
            "creation_ts": .int(createdMilliseconds), "appservice_id": service.map(JSON.string) ?? .null,
        ]
    }
}
