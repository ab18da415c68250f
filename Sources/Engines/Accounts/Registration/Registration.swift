/// An account that somebody wants.
public struct Registration: Sendable, Hashable {
    /// The wished localpart; a generated one without.
    public var localpart: String?
    /// The name to log in under, for an account whose localpart is generated and says nothing.
    public var loginName: String?
    /// The password; accounts without one live by their token alone.
    public var password: String?
    /// What sort of account.
    public var kind: UserKind
    /// The name shown to others.
    public var displayName: String?
    /// Whether the user may call the admin routes.
    public var isAdmin: Bool
    /// The registration token that was shown; a use of it is counted.
    public var registrationToken: String?
    /// The application service that makes the account.
    public var service: String?
    /// The first device; without one nobody is logged in.
    public var device: DeviceRequest?

    /// A wish.
    public init(
        localpart: String? = nil, loginName: String? = nil, password: String? = nil, kind: UserKind = .member,
        displayName: String? = nil,
        isAdmin: Bool = false, registrationToken: String? = nil, service: String? = nil, device: DeviceRequest? = nil
    ) {
        self.localpart = localpart
        self.loginName = loginName
        self.password = password
        self.kind = kind
        self.displayName = displayName
        self.isAdmin = isAdmin
        self.registrationToken = registrationToken
        self.service = service
        self.device = device
    }
}

/// An account that was made.
public struct RegistrationResult: Sendable, Hashable {
    /// The user.
    public let user: UserRecord
    /// The first session, if one was wanted.
    public let grant: LoginGrant?
}
