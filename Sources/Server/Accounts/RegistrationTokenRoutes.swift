import Accounts
import Basics
import HummingbirdCore
import Messaging

/// The administrator's registration tokens, in the form that tools for Synapse know.
struct RegistrationTokenRoutes: RouteGroup {
    let accounts: Accounts

    func add(to routes: inout RouteTable) {
        routes.get("/_synapse/admin/v1/registration_tokens", .admin) { call, session in
            try session.requireAdmin()
            let query = try call.query()
            let valid = query["valid"] == nil ? nil : try query.bool("valid")
            let tokens = try await accounts.registrationTokens(valid: valid)
            return .json(["registration_tokens": .array(tokens.map(\.json))])
        }
        routes.post("/_synapse/admin/v1/registration_tokens/new", .admin) { call, session in
            try session.requireAdmin()
            return try await create(try await call.object(orEmpty: true))
        }
        routes.get("/_synapse/admin/v1/registration_tokens/{token}", .admin) { call, session in
            try session.requireAdmin()
            guard let token = try await accounts.registrationToken(call.parameter("token")) else {
                throw RequestError.notFound("There is no such registration token.")
            }
            return .json(token.json)
        }
        routes.put("/_synapse/admin/v1/registration_tokens/{token}", .admin) { call, session in
            try session.requireAdmin()
            return try await change(call.parameter("token"), try await call.object())
        }
        routes.delete("/_synapse/admin/v1/registration_tokens/{token}", .admin) { call, session in
            try session.requireAdmin()
            try await accounts.deleteRegistrationToken(call.parameter("token"))
            return .emptyObject
        }
    }

    private func create(_ body: JSONObject) async throws -> Response {
        let length = try body.int("length") ?? 16
        let token = try await accounts.createRegistrationToken(
            try body.string("token"), length: Int(clamping: length), usesAllowed: try body.int("uses_allowed"),
            expiresMilliseconds: try body.int("expiry_time"))
        return .json(token.json)
    }

    /// Changes the members that are there; `null` takes a limit away.
    private func change(_ text: String, _ body: JSONObject) async throws -> Response {
        let (uses, expiry) = (try body.int("uses_allowed"), try body.int("expiry_time"))
        let (setsUses, setsExpiry) = (body["uses_allowed"] != nil, body["expiry_time"] != nil)
        let token = try await accounts.updateRegistrationToken(text) { token in
            if setsUses { token.usesAllowed = uses }
            if setsExpiry { token.expiresMilliseconds = expiry }
        }
        return .json(token.json)
    }
}

extension RegistrationToken {
    /// The token as an administrator sees it.
    fileprivate var json: JSON {
        [
            "token": .string(token), "uses_allowed": usesAllowed.map(JSON.int) ?? .null, "pending": .int(pending),
            "completed": .int(completed), "expiry_time": expiresMilliseconds.map(JSON.int) ?? .null,
        ]
    }
}
