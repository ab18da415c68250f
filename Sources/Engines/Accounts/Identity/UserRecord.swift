/// What sort of account a user has.
public enum UserKind: Int, Sendable, Hashable, CaseIterable {
    /// An account with a name of its own choice.
    case member = 0
    /// Somebody who works in the shop.
    case staff = 1
    /// A customer without a password, known by a token alone.
    case visitor = 2
    /// A program.
    case robot = 3
    /// A Matrix guest (`kind=guest`), for compatibility.
    case guest = 4
}

/// What stands against an account.
public struct UserState: OptionSet, Sendable, Hashable {
    /// The bits as they are stored.
    public let rawValue: Int

    /// A set of bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Gone for ever; the localpart is never given out again.
    public static let deactivated = UserState(rawValue: 1)
    /// Shut out until unlocked; sessions stay.
    public static let locked = UserState(rawValue: 2)
    /// May read but not write.
    public static let suspended = UserState(rawValue: 4)
}

/// An account as others may use it; never its password.
public struct UserRecord: Sendable, Hashable {
    /// The number under which tables know the user.
    public let number: Int64
    /// The user id.
    public let identifier: UserIdentifier
    /// What sort of account it is.
    public let kind: UserKind
    /// The name shown to others.
    public let displayName: String?
    /// The picture shown to others, an `mxc://` address.
    public let avatarURL: String?
    /// What stands against the account.
    public let state: UserState
    /// Whether the user may call the admin routes.
    public let isAdmin: Bool
    /// Whether a password is set.
    public let hasPassword: Bool
    /// When the account was made, in milliseconds since 1970.
    public let createdMilliseconds: Int64
    /// The application service that made it.
    public let service: String?
}

/// A device of a user: one place where somebody is logged in.
public struct DeviceRecord: Sendable, Hashable {
    /// The number under which tables know the device; never used twice.
    public let number: Int64
    /// The user it belongs to.
    public let userNumber: Int64
    /// The device id, unique for the user.
    public let deviceID: String
    /// The name its owner gave it.
    public let displayName: String?
    /// When it was last used, in milliseconds since 1970.
    public let lastSeenMilliseconds: Int64?
    /// From which address.
    public let lastSeenAddress: String?
    /// With which program.
    public let lastSeenAgent: String?
    /// When it was made, in milliseconds since 1970.
    public let createdMilliseconds: Int64
}

/// Who sent a request, as its access token tells.
public struct Session: Sendable, Hashable {
    /// The number of the user.
    public let userNumber: Int64
    /// The user id.
    public let user: UserIdentifier
    /// The number of the device.
    public let deviceNumber: Int64
    /// The device id.
    public let deviceID: String
    /// What sort of account it is.
    public let kind: UserKind
    /// Whether the user may call the admin routes.
    public let isAdmin: Bool
    /// Whether the user may read but not write.
    public let isSuspended: Bool
    /// The application service that acts for the user.
    public let service: String?

    /// A session, for callers that have checked the token by themselves.
    public init(
        userNumber: Int64, user: UserIdentifier, deviceNumber: Int64, deviceID: String, kind: UserKind = .member,
        isAdmin: Bool = false, isSuspended: Bool = false, service: String? = nil
    ) {
        self.userNumber = userNumber
        self.user = user
        self.deviceNumber = deviceNumber
        self.deviceID = deviceID
        self.kind = kind
        self.isAdmin = isAdmin
        self.isSuspended = isSuspended
        self.service = service
    }
}
