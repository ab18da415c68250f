import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging

extension Call {
    /// The user in the path, who must be the caller.
    func ownUser(_ session: Session) throws(RequestError) -> Int64 {
        guard parameter("user") == session.user.text else { throw .forbidden("This belongs to another user.") }
        return session.userNumber
    }

    /// Where failed logins are counted.
    var addressText: String { clientAddress.party.description }
}

extension Session {
    /// Refuses Matrix guests, who may use a few routes only.
    func refuseGuests() throws(RequestError) {
        guard kind == .guest else { return }
        throw RequestError(
            status: 403, code: "M_GUEST_ACCESS_FORBIDDEN", message: "Guests cannot do this. Register an account.")
    }

    /// Refuses suspended users, who may read only.
    func refuseSuspended() throws(RequestError) {
        guard isSuspended else { return }
        throw RequestError(
            status: 403, code: "M_USER_SUSPENDED", message: "This account is suspended: it may read only.")
    }

    /// Refuses everybody but administrators.
    func requireAdmin() throws(RequestError) {
        guard isAdmin else { throw .forbidden("Only administrators may do this.") }
    }
}

extension Accounts {
    /// Runs a request once its client has done the steps that it takes; until then answers 401 with what is missing.
    func interactively(
        _ call: Call, _ request: InteractiveRequest, _ perform: (InteractiveGrant) async throws -> Response
    ) async throws -> Response {
        var request = request
        request.address = call.addressText
        let grant: InteractiveGrant
        do {
            grant = try await authorise(request)
        } catch let challenge as InteractiveChallenge {
            return .json(.object(challenge.body), status: .unauthorized)
        }
        return try await perform(grant)
    }

    /// Runs a request of a user who is logged in, once the password was shown.
    func afterPassword(
        _ call: Call, _ session: Session, route: String, body: JSONObject,
        _ perform: (JSONObject) async throws -> Response
    ) async throws -> Response {
        if session.service != nil { return try await perform(body) }
        guard let user = try await user(number: session.userNumber) else { throw RequestError.unknownToken() }
        let request = InteractiveRequest(
            route: route, body: body, flows: flows(for: user), userNumber: user.number)
        return try await interactively(call, request) { grant in
            let response = try await perform(grant.body)
            finish(grant)
            return response
        }
    }

    /// The user whom a request names. Refuses with `M_NOT_FOUND`.
    func named(_ text: String) async throws -> UserRecord {
        guard let user = try await user(try UserIdentifier(parsing: text)) else {
            throw RequestError.notFound("There is no such user.")
        }
        return user
    }
}

extension DeviceRequest {
    /// The device that a login or registration asks for.
    init(_ body: JSONObject, _ call: Call) throws(RequestError) {
        self.init(
            deviceID: try body.string("device_id"), displayName: try body.string("initial_device_display_name"),
            wantsRefreshToken: try body.bool("refresh_token") ?? false, trace: call.trace)
    }
}

extension LoginGrant {
    /// What the client gets.
    func reply(serverName: String) -> JSON {
        var reply: JSONObject = [
            "user_id": .string(user.identifier.text), "access_token": .string(accessToken),
            "device_id": .string(deviceID), "home_server": .string(serverName),
        ]
        if let refreshToken { reply["refresh_token"] = .string(refreshToken) }
        if let expiresInMilliseconds { reply["expires_in_ms"] = .int(expiresInMilliseconds) }
        return .object(reply)
    }
}
