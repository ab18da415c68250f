public import Basics
internal import Storage
internal import Synchronization

extension Accounts {
    /// Sets the application services that may call, and makes their own users where they are missing.
    public func install(services list: [ApplicationService]) async throws {
        for service in list where try await user(localpart: service.senderLocalpart) == nil {
            let user = NewUser(localpart: service.senderLocalpart, kind: .robot, service: service.id)
            _ = try await create(user)
        }
        services.withLock { $0 = list }
    }

    /// The service that a token belongs to.
    public func service(token: String) -> ApplicationService? { service(tokenHash: SecretToken.hash(of: token)) }

    /// The session of a service's token, acting for the user that the mask names.
    ///
    /// Refuses with `M_EXCLUSIVE` outside the service's namespaces and `M_FORBIDDEN` for users that do not exist.
    public func session(serviceToken token: String, acting mask: ServiceMask) async throws -> Session {
        guard let service = service(token: token) else { throw RequestError.unknownToken() }
        return try await session(of: service, acting: mask)
    }

    /// Logs in a user of a service (`m.login.application_service`).
    public func login(
        serviceToken token: String, identifier: JSONObject, device: DeviceRequest
    ) async throws -> LoginGrant {
        guard let service = service(token: token) else { throw RequestError.unknownToken() }
        guard let name = try LoginName(identifier) else { throw RequestError.missingParam("identifier is missing.") }
        let localpart = try name.localpart(on: serverName)
        guard service.mayAct(for: localpart) else { throw Self.exclusive }
        guard let user = try await user(localpart: localpart) else {
            throw RequestError.forbidden("This account does not exist.")
        }
        return try await openSession(of: user, device: device)
    }

    static let exclusive = RequestError(
        status: 400, code: "M_EXCLUSIVE", message: "This user id is reserved by an application service.")

    func service(tokenHash hash: [UInt8]) -> ApplicationService? {
        services.withLock { list in list.first { equalInConstantTime($0.tokenHash, hash) } }
    }

    func session(of service: ApplicationService, acting mask: ServiceMask) async throws -> Session {
        let localpart = try mask.user.map { try LoginName(["user": .string($0)])?.localpart(on: serverName) } ?? nil
        let acting = localpart ?? service.senderLocalpart
        guard service.mayAct(for: acting) else {
            throw RequestError.forbidden("The application service may not act for this user.")
        }
        guard let user = try await user(localpart: acting) else {
            throw RequestError.forbidden("The application service has not registered this user.")
        }
        try Self.check(user.state)
        let device = try await device(of: user, service: service, wished: mask.device)
        return Session(
            userNumber: user.number, user: user.identifier, deviceNumber: device.number, deviceID: device.deviceID,
            kind: user.kind, isAdmin: false, isSuspended: user.state.contains(.suspended), service: service.id)
    }

    /// A device for the service's transaction ids: the user's own one, or a hidden one that is made when needed.
    private func device(
        of user: UserRecord, service: ApplicationService, wished: String?
    ) async throws -> DeviceRecord {
        let id = wished ?? "service/\(service.id)"
        if let known = try await device(of: user.number, id: id) { return known }
        guard wished == nil else { throw RequestError.forbidden("The user has no such device.") }
        let number = try await database.write { [self] context in
            let queries = queries(context.connection)
            if let known = try queries.device(of: user.number, id: id) { return known.number }
            return try queries.insertDevice(user: user.number, id: id, name: nil, hidden: true, at: context.now)
        }
        return DeviceRecord(
            number: number, userNumber: user.number, deviceID: id, displayName: nil, lastSeenMilliseconds: nil,
            lastSeenAddress: nil, lastSeenAgent: nil, createdMilliseconds: clock.now())
    }
}
