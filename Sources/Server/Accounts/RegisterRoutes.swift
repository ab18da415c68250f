import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// Making accounts.
struct RegisterRoutes: RouteGroup {
    let accounts: Accounts
    let desk: Desk

    func add(to routes: inout RouteTable) {
        routes.openPost("/_matrix/client/v3/register", .register, legacy: true) { call in try await register(call) }
        routes.openGet("/_matrix/client/v3/register/available", .login) { call in
            try await accounts.checkAvailable(try call.query().require("username"))
            return .json(["available": true])
        }
        routes.openGet("/_matrix/client/v1/register/m.login.registration_token/validity", .login) { call in
            let token = try call.query().require("token")
            return .json(["valid": .bool(try await accounts.isRegistrationTokenValid(token))])
        }
        routes.openPost("/api/v1/anonymous", .anonymous) { call in try await visit(call) }
    }

    private func register(_ call: Call) async throws -> Response {
        let body = try await call.object()
        switch try call.query()["kind"] ?? "user" {
        case "guest":
            guard accounts.policy.registration != .closed else { throw Self.closed }
            let grant = try await accounts.registerGuest(device: try DeviceRequest(body, call))
            return .json(grant.reply(serverName: accounts.serverName))
        case "user": break
        default: throw RequestError.invalidParam("'kind' is user or guest.")
        }
        if try body.string("type") == "m.login.application_service" { return try await registerForService(call, body) }
        return try await registerMember(call, body)
    }

    private static let closed = RequestError.forbidden("Registration is closed. Ask the shop for an account.")

    private func registerForService(_ call: Call, _ body: JSONObject) async throws -> Response {
        guard let service = accounts.service(token: try call.accessToken()) else { throw RequestError.unknownToken() }
        let name = try body.required("username", try body.string("username"))
        let isLoggedIn = try body.bool("inhibit_login") != true
        let wish = Registration(
            localpart: name, service: service.id, device: isLoggedIn ? try DeviceRequest(body, call) : nil)
        return reply(try await accounts.register(wish))
    }

    private func registerMember(_ call: Call, _ body: JSONObject) async throws -> Response {
        guard let flows = accounts.registrationFlows else { throw Self.closed }
        let isRepetition = body["auth"]?["session"] != nil
        // A name that cannot be had is refused at once, not after all steps; a repeated request owns its name already.
        if let name = try body.string("username"), !isRepetition { try await accounts.checkAvailable(name) }
        let request = InteractiveRequest(route: "POST /register", body: body, flows: flows)
        return try await accounts.interactively(call, request) { grant in
            let device = try grant.body.bool("inhibit_login") == true ? nil : try DeviceRequest(grant.body, call)
            if let known = grant.registered { return try await again(known, device: device) }
            let wish = Registration(
                localpart: try grant.body.string("username"), password: try grant.body.string("password"),
                registrationToken: grant.registrationToken, device: device)
            let result = try await accounts.register(wish)
            accounts.finish(grant, registered: result.user.number)
            return reply(result)
        }
    }

    /// The same registration once more, after its reply was lost.
    private func again(_ number: Int64, device: DeviceRequest?) async throws -> Response {
        guard let user = try await accounts.user(number: number) else {
            throw RequestError.notFound("This account does not exist any more.")
        }
        guard let device else { return reply(user) }
        return .json(try await accounts.openSession(of: user, device: device).reply(serverName: accounts.serverName))
    }

    private func reply(_ result: RegistrationResult) -> Response {
        result.grant.map { .json($0.reply(serverName: accounts.serverName)) } ?? reply(result.user)
    }

    private func reply(_ user: UserRecord) -> Response {
        .json(["user_id": .string(user.identifier.text), "home_server": .string(accounts.serverName)])
    }

    /// A visitor of a shop, the first unless `shop` names another: an account without a password, known by its token alone.
    private func visit(_ call: Call) async throws -> Response {
        let body = try await call.object(orEmpty: true)
        let name = try body.string("display_name")
        // Programs of before there were several shops sent a name, which said nothing.
        let shop = body["shop"]?.intValue
        if let shop { _ = try await desk.shop(shop) }
        let device = DeviceRequest(
            displayName: try body.string("initial_device_display_name"), trace: call.trace)
        let grant = try await accounts.registerVisitor(displayName: name, device: device)
        if let shop { try await desk.join(grant.user.number, to: shop) }
        return .json([
            "user_id": .string(grant.user.identifier.text), "access_token": .string(grant.accessToken),
            "device_id": .string(grant.deviceID),
        ])
    }
}
