import Accounts
import Basics
import HummingbirdCore
import Messaging

/// Logging in and out.
struct LoginRoutes: RouteGroup {
    let accounts: Accounts

    func add(to routes: inout RouteTable) {
        routes.openGet("/_matrix/client/v3/login", .discovery, legacy: true) { _ in .json(Self.flows) }
        routes.openPost("/_matrix/client/v3/login", .login, legacy: true) { call in try await login(call) }
        routes.openPost("/_matrix/client/v3/refresh", .login) { call in
            let body = try await call.object()
            let token = try body.required("refresh_token", try body.string("refresh_token"))
            return try await refresh(token)
        }
        routes.openPost("/_matrix/client/v3/logout", .session) { call in
            try await accounts.logout(try await leaving(call))
            return .emptyObject
        }
        routes.openPost("/_matrix/client/v3/logout/all", .session) { call in
            try await accounts.logoutAll(user: try await leaving(call).userNumber)
            return .emptyObject
        }
        routes.post("/_matrix/client/v1/login/get_token", .session) { call, session in
            try await loginToken(call, session)
        }
    }

    private static let flows: JSON = [
        "flows": [
            ["type": "m.login.password"], ["type": "m.login.token", "get_login_token": true],
            ["type": "m.login.application_service"],
        ]
    ]

    private func login(_ call: Call) async throws -> Response {
        let body = try await call.object()
        let device = try DeviceRequest(body, call)
        let grant: LoginGrant
        switch try body.required("type", try body.string("type")) {
        case "m.login.password":
            let password = try body.required("password", try body.string("password"))
            grant = try await accounts.login(
                identifier: body, password: password, device: device, address: call.addressText)
        case "m.login.token":
            let token = try body.required("token", try body.string("token"))
            grant = try await accounts.login(loginToken: token, device: device)
        case "m.login.application_service":
            grant = try await accounts.login(serviceToken: try call.accessToken(), identifier: body, device: device)
        case let type:
            throw RequestError.unknown("There is no login type \(type.prefix(64)).", status: 400)
        }
        return .json(grant.reply(serverName: accounts.serverName))
    }

    /// Who logs out; locked users may, too.
    private func leaving(_ call: Call) async throws -> Session {
        let token = try call.accessToken()
        guard accounts.service(token: token) == nil else {
            throw RequestError.forbidden("An application service has no session to end.")
        }
        return try await accounts.session(token: token, allowingLocked: true)
    }

    private func refresh(_ token: String) async throws -> Response {
        let grant = try await accounts.refresh(token: token)
        var reply: JSONObject = ["access_token": .string(grant.accessToken)]
        if let token = grant.refreshToken { reply["refresh_token"] = .string(token) }
        if let lifetime = grant.expiresInMilliseconds { reply["expires_in_ms"] = .int(lifetime) }
        return .json(.object(reply))
    }

    private func loginToken(_ call: Call, _ session: Session) async throws -> Response {
        try session.refuseGuests()
        let body = try await call.object(orEmpty: true)
        let route = "POST /login/get_token"
        return try await accounts.afterPassword(call, session, route: route, body: body) { _ in
            let token = try await accounts.makeLoginToken(for: session.userNumber)
            return .json([
                "login_token": .string(token.text), "expires_in_ms": .int(token.expiresInMilliseconds),
            ])
        }
    }
}
