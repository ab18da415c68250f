import Accounts
import Basics
import HummingbirdCore
import Messaging

/// What administrators do with users through the Matrix API, and registration by shared secret.
struct AdminRoutes: RouteGroup {
    let accounts: Accounts

    func add(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/admin/whois/{user}", .admin) { call, session in
            try await whois(call, session)
        }
        addModeration(to: &routes)
        routes.openGet("/_synapse/admin/v1/register", .register) { _ in
            .json(["nonce": .string(try accounts.registrationNonce())])
        }
        routes.openPost("/_synapse/admin/v1/register", .register) { call in try await register(call) }
    }

    private func addModeration(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v1/admin/lock/{user}", .admin) { call, session in
            .json(["locked": .bool(try await target(call, session).state.contains(.locked))])
        }
        routes.put("/_matrix/client/v1/admin/lock/{user}", .admin) { call, session in
            let locked = try await flag("locked", call)
            try await accounts.setLocked(locked, user: try await changeable(call, session).number)
            return .json(["locked": .bool(locked)])
        }
        routes.get("/_matrix/client/v1/admin/suspend/{user}", .admin) { call, session in
            .json(["suspended": .bool(try await target(call, session).state.contains(.suspended))])
        }
        routes.put("/_matrix/client/v1/admin/suspend/{user}", .admin) { call, session in
            let suspended = try await flag("suspended", call)
            try await accounts.setSuspended(suspended, user: try await changeable(call, session).number)
            return .json(["suspended": .bool(suspended)])
        }
    }

    private func flag(_ name: String, _ call: Call) async throws -> Bool {
        let body = try await call.object()
        return try body.required(name, try body.bool(name))
    }

    private func target(_ call: Call, _ session: Session) async throws -> UserRecord {
        try session.requireAdmin()
        return try await accounts.named(call.parameter("user"))
    }

    /// Administrators cannot shut out themselves or each other.
    private func changeable(_ call: Call, _ session: Session) async throws -> UserRecord {
        let user = try await target(call, session)
        guard !user.isAdmin else { throw RequestError.forbidden("An administrator cannot be locked or suspended.") }
        return user
    }

    private func whois(_ call: Call, _ session: Session) async throws -> Response {
        if call.parameter("user") != session.user.text { try session.requireAdmin() }
        let user = try await accounts.named(call.parameter("user"))
        var devices: JSONObject = [:]
        for device in try await accounts.devices(of: user.number) {
            var connection: JSONObject = [:]
            if let address = device.lastSeenAddress { connection["ip"] = .string(address) }
            if let seen = device.lastSeenMilliseconds { connection["last_seen"] = .int(seen) }
            if let agent = device.lastSeenAgent { connection["user_agent"] = .string(agent) }
            devices[device.deviceID] = ["sessions": [["connections": [.object(connection)]]]]
        }
        return .json(["user_id": .string(user.identifier.text), "devices": .object(devices)])
    }

    private func register(_ call: Call) async throws -> Response {
        let body = try await call.object()
        let wish = SharedSecretRegistration(
            nonce: try body.required("nonce", try body.string("nonce")),
            username: try body.required("username", try body.string("username")),
            password: try body.required("password", try body.string("password")),
            isAdmin: try body.bool("admin") ?? false, userType: try body.string("user_type"),
            displayName: try body.string("displayname"), mac: try body.required("mac", try body.string("mac")))
        let result = try await accounts.register(wish, device: try DeviceRequest(body, call))
        guard let grant = result.grant else { throw RequestError.unknown("The account has no session.") }
        return .json(grant.reply(serverName: accounts.serverName))
    }
}
