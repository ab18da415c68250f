/// Who may make an account.
public enum RegistrationMode: String, Sendable, Hashable, CaseIterable {
    /// Everybody.
    case open
    /// Whoever holds a registration token.
    case token
    /// Nobody; accounts are made by an administrator.
    case closed
}

/// How expensive it is to try a password (Argon2id, RFC 9106).
public struct PasswordCost: Sendable, Hashable {
    /// Memory in KiB.
    public var memoryKibibytes: UInt32
    /// Passes over the memory.
    public var passes: UInt32
    /// Lanes.
    public var lanes: UInt32

    /// A cost; the default is the second choice of OWASP's password storage sheet: 19 MiB, 2 passes, 1 lane.
    public init(memoryKibibytes: UInt32 = 19_456, passes: UInt32 = 2, lanes: UInt32 = 1) {
        self.memoryKibibytes = memoryKibibytes
        self.passes = passes
        self.lanes = lanes
    }
}

/// How many failed logins are borne, per account and per address.
public struct LoginLimit: Sendable, Hashable {
    /// So many failures …
    public var failures: Int
    /// … within so many milliseconds.
    public var windowMilliseconds: Int64

    /// A limit; by default 5 failures in 15 minutes.
    public init(failures: Int = 5, windowMilliseconds: Int64 = 15 * 60_000) {
        self.failures = failures
        self.windowMilliseconds = windowMilliseconds
    }
}

/// The rules by which accounts are made and kept.
public struct AccountPolicy: Sendable {
    /// Who may make an account.
    public var registration = RegistrationMode.closed
    /// Whether Matrix guests (`kind=guest`) are let in.
    public var allowsGuests = true
    /// Whether visitors may make an account without a password.
    public var allowsVisitors = true
    /// The secret of `/_synapse/admin/v1/register`; `nil` turns that route off.
    public var sharedSecret: String?
    /// The shortest password in characters.
    public var minimumPasswordLength = 8
    /// How expensive a password is to try.
    public var passwordCost = PasswordCost()
    /// How many threads compute passwords.
    public var passwordThreads = 2
    /// How many failed logins are borne; `nil` for any number.
    public var loginLimit: LoginLimit? = LoginLimit()
    /// How long an access token lives that can be refreshed.
    public var accessTokenMilliseconds: Int64 = 7 * 86_400_000
    /// After how long a visitor or guest who does nothing is logged out.
    public var anonymousIdleMilliseconds: Int64 = 30 * 86_400_000
    /// How long a token of `login/get_token` lives.
    public var loginTokenMilliseconds: Int64 = 120_000
    /// How long a token of `openid/request_token` lives.
    public var openIDTokenMilliseconds: Int64 = 3_600_000
    /// How many devices one user may have.
    public var maximumDevices = 1_000

    /// The default rules.
    public init() {}
}
