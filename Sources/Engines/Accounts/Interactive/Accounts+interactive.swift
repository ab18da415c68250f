internal import Basics
internal import Synchronization

extension Accounts {
    /// The steps that an account can be asked for: its password, or nothing if it has none.
    public func flows(for user: UserRecord) -> [[InteractiveStage]] { user.hasPassword ? [[.password]] : [[.dummy]] }

    /// Lets a request pass once its client has done all steps of a flow.
    ///
    /// Throws ``InteractiveChallenge`` while steps are missing or when one was wrong, `RequestError` for requests that
    /// make no sense.
    public func authorise(_ request: InteractiveRequest) async throws -> InteractiveGrant {
        let inner = try request.machineRequest()
        let now = clock.now()
        let action = try interactive.withLock { machine in try machine.received(inner, at: now) }
        return try await follow(action, inner, address: request.address)
    }

    /// Ends an authentication session whose request was carried out; `registered` is the user that it made.
    public func finish(_ grant: InteractiveGrant, registered: Int64? = nil) {
        interactive.withLock { $0.finished(grant.session, registered: registered) }
    }

    private func follow(
        _ action: InteractiveAuth.Action, _ request: InteractiveAuth.Request, address: String?
    ) async throws -> InteractiveGrant {
        switch action {
        case .challenge(let challenge): throw challenge
        case .proceed(let grant): return grant
        case .check(let session, let stage, let auth):
            do {
                let token = try await verify(stage, auth, user: request.userNumber, address: address)
                let next = interactive.withLock { $0.passed(session, stage, token: token, request: request) }
                return try await follow(next, request, address: address)
            } catch let error as RequestError where error.status == 401 || error.status == 403 {
                throw interactive.withLock { $0.failed(session, error: error) }
            }
        }
    }

    /// Verifies a step and returns the registration token, if it was about one.
    private func verify(
        _ stage: InteractiveStage, _ auth: JSONObject, user: Int64?, address: String?
    ) async throws -> String? {
        switch stage {
        case .dummy: return nil
        case .registrationToken: return try await verifyRegistrationToken(auth)
        case .password:
            guard let password = auth["password"]?.stringValue else {
                throw RequestError.missingParam("password is missing.")
            }
            let named = try LoginName(auth)?.localpart(on: serverName)
            guard let user, let record = try await self.user(number: user),
                named == nil || named == record.identifier.localpart
            else { throw Self.wrongPassword }
            try await checkPassword(password, of: record.identifier.localpart, address: address)
            return nil
        }
    }

    private func verifyRegistrationToken(_ auth: JSONObject) async throws -> String {
        guard let token = auth["token"]?.stringValue else { throw RequestError.missingParam("token is missing.") }
        guard try await isRegistrationTokenValid(token) else {
            throw RequestError(status: 401, code: "M_UNAUTHORIZED", message: "The registration token is not valid.")
        }
        return token
    }
}
