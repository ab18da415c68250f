internal import Basics
internal import Storage
internal import Synchronization

extension Accounts {
    /// The longest shown name, in Unicode scalars: one letter may hold any number of them.
    static let maximumDisplayNameLength = 256

    /// The steps that a registration must go through under today's rules; `nil` if nobody may register.
    public var registrationFlows: [[InteractiveStage]]? {
        switch policy.registration {
        case .open: [[.dummy]]
        case .token: [[.registrationToken]]
        case .closed: nil
        }
    }

    /// Makes an account, and its first session if a device is given.
    ///
    /// Refuses with `M_INVALID_USERNAME`, `M_EXCLUSIVE`, `M_USER_IN_USE` or `M_WEAK_PASSWORD`. Who may call this at all
    /// is for the caller to decide, see ``registrationFlows``.
    public func register(_ wish: Registration) async throws -> RegistrationResult {
        let localpart = try wish.localpart.map { try acceptable($0, kind: wish.kind, service: wish.service) }
        if let password = wish.password { try PasswordRules.check(password, minimum: policy.minimumPasswordLength) }
        let loginName = try wish.loginName.map { try acceptable($0, kind: wish.kind, service: nil) }
        for name in [localpart, loginName] { if let name { try await refuseIfTaken(name) } }
        let hashed = try await wish.password.asyncMap { try await passwords.hash($0) }
        let user = NewUser(
            localpart: localpart ?? Localpart.generated(for: wish.kind), kind: wish.kind, passwordHash: hashed,
            displayName: wish.displayName.map { $0.firstScalars(Self.maximumDisplayNameLength) },
            isAdmin: wish.isAdmin, service: wish.service, loginName: loginName)
        return try await create(user, token: wish.registrationToken, device: wish.device)
    }

    /// Makes the account of a visitor: no password, a name that tells nothing, and a session.
    public func registerVisitor(displayName: String?, device: DeviceRequest = .init()) async throws -> LoginGrant {
        guard policy.allowsVisitors else { throw RequestError.forbidden("This shop does not take visitors.") }
        return try await anonymous(.visitor, displayName: displayName, device: device)
    }

    /// Makes the account of a Matrix guest.
    public func registerGuest(device: DeviceRequest = .init()) async throws -> LoginGrant {
        guard policy.allowsGuests else {
            throw RequestError(status: 403, code: "M_GUEST_ACCESS_FORBIDDEN", message: "Guests are not let in here.")
        }
        return try await anonymous(.guest, displayName: nil, device: device)
    }

    /// Whether a localpart is free and may be chosen; throws the refusal that registration would give.
    public func checkAvailable(_ localpart: String) async throws {
        try await refuseIfTaken(try acceptable(localpart, kind: .member, service: nil))
    }

    private func anonymous(_ kind: UserKind, displayName: String?, device: DeviceRequest) async throws -> LoginGrant {
        let wish = Registration(kind: kind, displayName: displayName, device: device)
        guard let grant = try await register(wish).grant else {
            throw RequestError.unknown("The account was made without a session.")
        }
        return grant
    }

    /// The localpart in its stored form, if it may be created.
    private func acceptable(_ wished: String, kind: UserKind, service id: String?) throws(RequestError) -> String {
        let localpart = Localpart.lowercased(wished)
        guard Localpart.isValid(localpart, serverName: serverName) else {
            throw Self.invalidUsername("A user name may hold a-z, 0-9 and . _ = - / + only, and must not be too long.")
        }
        // The accounts in whose name shops write are the server's alone.
        guard !Localpart.isShops(localpart) || (kind == .robot && id == nil) else {
            throw Self.invalidUsername("This user name is the shop's own. Choose another one.")
        }
        let claims = services.withLock { $0 }
        if let id {
            guard claims.contains(where: { $0.id == id && $0.mayAct(for: localpart) }) else { throw Self.exclusive }
            return localpart
        }
        if claims.contains(where: { $0.ownsExclusively(localpart) }) { throw Self.exclusive }
        guard kind != .member || Localpart.isChoosable(localpart) else {
            throw Self.invalidUsername("User names of this form are given out by the server. Choose another one.")
        }
        return localpart
    }

    private func refuseIfTaken(_ localpart: String) async throws {
        let isFree = try await database.read { [self] in try queries($0).isFree(localpart) }
        guard isFree else { throw Self.userInUse }
    }

    private static let userInUse = RequestError(
        status: 400, code: "M_USER_IN_USE", message: "This user name is taken. Choose another one.")

    private static func invalidUsername(_ message: String) -> RequestError {
        RequestError(status: 400, code: "M_INVALID_USERNAME", message: message)
    }

    /// Stores a user; everything that counts is checked again inside the write.
    func create(
        _ user: NewUser, token: String? = nil, device: DeviceRequest? = nil
    ) async throws -> RegistrationResult {
        try await database.write { [self] context in
            let queries = queries(context.connection)
            for name in [user.localpart, user.loginName] {
                if let name, try !queries.isFree(name) { throw Self.userInUse }
            }
            if let token { try queries.useRegistrationToken(token, at: context.now) }
            let number = try queries.insert(user, at: context.now)
            guard let record = try queries.user(number: number) else {
                throw RequestError.unknown("The account could not be read back.")
            }
            let grant = try device.map { try openSession(of: record, device: $0, in: context) }
            return RegistrationResult(user: record, grant: grant)
        }
    }
}

extension String {
    /// The text cut to a number of Unicode scalars.
    func firstScalars(_ count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }
}

extension Optional {
    func asyncMap<T>(_ body: (Wrapped) async throws -> T) async rethrows -> T? {
        guard let self else { return nil }
        return try await body(self)
    }
}
