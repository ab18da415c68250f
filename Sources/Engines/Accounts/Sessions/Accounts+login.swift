public import Basics
internal import Storage
internal import Synchronization

/// The device that a login is for.
public struct DeviceRequest: Sendable, Hashable {
    /// The wished device id; a fresh one without.
    public var deviceID: String?
    /// The name of a new device.
    public var displayName: String?
    /// Whether the client can refresh its access token.
    public var wantsRefreshToken: Bool
    /// Where the request came from.
    public var trace: ClientTrace?

    /// A wish.
    public init(
        deviceID: String? = nil, displayName: String? = nil, wantsRefreshToken: Bool = false,
        trace: ClientTrace? = nil
    ) {
        self.deviceID = deviceID
        self.displayName = displayName
        self.wantsRefreshToken = wantsRefreshToken
        self.trace = trace
    }
}

/// What a client gets when it is let in. The only place where tokens stand in clear text.
public struct LoginGrant: Sendable, Hashable {
    /// The user.
    public let user: UserRecord
    /// The number of the device.
    public let deviceNumber: Int64
    /// The device id.
    public let deviceID: String
    /// The access token.
    public let accessToken: String
    /// The refresh token, if one was asked for.
    public let refreshToken: String?
    /// How long the access token lives, if it ends.
    public let expiresInMilliseconds: Int64?
}

extension Accounts {
    /// Logs a user in by password. Refuses with `M_FORBIDDEN`, the same for unknown users and after the same time.
    public func login(
        identifier: JSONObject, password: String, device: DeviceRequest = .init(), address: String? = nil
    ) async throws -> LoginGrant {
        guard let name = try LoginName(identifier) else { throw RequestError.missingParam("identifier is missing.") }
        let localpart = Localpart.lowercased(try name.localpart(on: serverName))
        let user = try await checkPassword(password, of: localpart, address: address)
        return try await openSession(of: user, device: device)
    }

    /// Logs in a user that the caller has authenticated otherwise.
    public func openSession(of user: UserRecord, device: DeviceRequest = .init()) async throws -> LoginGrant {
        try await database.write { [self] context in
            guard let current = try queries(context.connection).user(number: user.number) else {
                throw RequestError.forbidden("This account does not exist.")
            }
            try Self.check(current.state)
            return try openSession(of: current, device: device, in: context)
        }
    }

    /// The user whom a password belongs to. Counts failures and brings the stored form up to today's cost.
    @discardableResult
    func checkPassword(_ password: String, of localpart: String, address: String?) async throws -> UserRecord {
        guard localpart.utf8.count <= UserIdentifier.maximumLength else { throw Self.wrongPassword }
        let delay = throttle.withLock { $0.attempt(account: localpart, address: address, at: clock.now()) }
        if let delay { throw RequestError.limitExceeded(retryAfterMilliseconds: delay) }
        let (user, stored) = try await database.read { [self] connection -> (UserRecord?, String?) in
            let queries = queries(connection)
            let user = try queries.user(localpart: localpart) ?? queries.user(loginName: localpart)
            return (user, try user.flatMap { try queries.password(of: $0.number) })
        }
        let isRight = try await passwords.verify(String(password.prefix(PasswordRules.maximumBytes)), stored: stored)
        if let user, user.state.contains(.deactivated) { try Self.check(user.state) }
        guard isRight, let user, let stored else { throw Self.wrongPassword }
        throttle.withLock { $0.succeeded(account: localpart, address: address) }
        try Self.check(user.state)
        if passwords.isOutdated(stored) { try await upgrade(password, of: user, from: stored) }
        return user
    }

    static let wrongPassword = RequestError.forbidden("The user or the password is wrong.")

    /// Stores a password with today's cost, unless it was changed meanwhile.
    private func upgrade(_ password: String, of user: UserRecord, from stored: String) async throws {
        let hashed = try await passwords.hash(password)
        _ = try await database.write { context in
            try context.run(
                "UPDATE acc_user SET password = ?2 WHERE user_no = ?1 AND password = ?3",
                .integer(user.number), .text(hashed), .text(stored))
        }
    }
}
