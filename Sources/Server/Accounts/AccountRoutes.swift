import Accounts
import Basics
import HummingbirdCore
import Messaging

/// What users do with their own accounts.
struct AccountRoutes: RouteGroup {
    let accounts: Accounts
    let turn: TurnServer

    func add(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/account/whoami", .session) { _, session in
            .json([
                "user_id": .string(session.user.text), "device_id": .string(session.deviceID),
                "is_guest": .bool(session.kind == .guest),
            ])
        }
        routes.get("/_matrix/client/v3/account/3pid", .session) { _, _ in .json(["threepids": []]) }
        routes.post("/_matrix/client/v3/account/password", .login) { call, session in
            try await changePassword(call, session)
        }
        routes.post("/_matrix/client/v3/account/deactivate", .login) { call, session in
            try await deactivate(call, session)
        }
        routes.post("/_matrix/client/v3/user/{user}/openid/request_token", .session) { call, session in
            try await proof(call, session)
        }
        routes.openGet("/_matrix/federation/v1/openid/userinfo", .login) { call in
            try await proven(try call.query().require("access_token"))
        }
        routes.get("/_matrix/client/v3/voip/turnServer", .session) { _, session in
            try session.refuseGuests()
            return .json(turn.credentials(for: session.user.text, at: accounts.nowMilliseconds))
        }
    }

    private func changePassword(_ call: Call, _ session: Session) async throws -> Response {
        try session.refuseGuests()
        let body = try await call.object()
        let route = "POST /account/password"
        return try await accounts.afterPassword(call, session, route: route, body: body) { body in
            let password = try body.required("new_password", try body.string("new_password"))
            let endsOthers = try body.bool("logout_devices") ?? true
            try await accounts.setPassword(
                password, of: session.userNumber, endingOthers: endsOthers, keeping: session.deviceNumber)
            return .emptyObject
        }
    }

    private func deactivate(_ call: Call, _ session: Session) async throws -> Response {
        try session.refuseGuests()
        let body = try await call.object(orEmpty: true)
        let route = "POST /account/deactivate"
        return try await accounts.afterPassword(call, session, route: route, body: body) { body in
            try await accounts.deactivate(user: session.userNumber, erasing: try body.bool("erase") ?? false)
            return .json(["id_server_unbind_result": "no-support"])
        }
    }

    private func proof(_ call: Call, _ session: Session) async throws -> Response {
        try session.refuseGuests()
        let token = try await accounts.makeOpenIDToken(for: try call.ownUser(session))
        return .json([
            "access_token": .string(token.text), "token_type": "Bearer",
            "matrix_server_name": .string(accounts.serverName), "expires_in": .int(token.expiresInMilliseconds / 1_000),
        ])
    }

    /// Answers others who were shown a token of `openid/request_token`.
    private func proven(_ token: String) async throws -> Response {
        guard let user = try await accounts.user(openIDToken: token) else { throw RequestError.unknownToken() }
        return .json(["sub": .string(user.identifier.text)])
    }
}
