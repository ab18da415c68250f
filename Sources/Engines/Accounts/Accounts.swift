public import Basics
public import Storage
internal import Synchronization

/// The accounts of one server: users, their devices and sessions, passwords, registration and profiles.
///
/// Every request starts here with ``session(token:allowingLocked:trace:)``, which needs no look at the database when the
/// token was seen lately. All methods may be called from any task at any time.
public final class Accounts: Sendable {
    /// The server name in every user id.
    public let serverName: String
    /// The rules in force.
    public let policy: AccountPolicy

    let database: Database
    let clock: any WallClock
    let passwords: PasswordPool
    let caches = Mutex(AccountCaches())
    let activity = Mutex(ActivityBook())
    let throttle: Mutex<LoginThrottle>
    let interactive = Mutex(InteractiveAuth())
    let nonces = Mutex(RegistrationNonces())
    let services = Mutex<[ApplicationService]>([])
    private let hookStore = Mutex(AccountHooks())

    /// The accounts in a database that was opened with ``migrations``.
    public init(database: Database, serverName: String, policy: AccountPolicy = .init(), clock: any WallClock) {
        self.database = database
        self.serverName = serverName
        self.policy = policy
        self.clock = clock
        passwords = PasswordPool(cost: policy.passwordCost, threads: policy.passwordThreads)
        throttle = Mutex(LoginThrottle(limit: policy.loginLimit))
    }

    /// The time of day by which tokens run out, in milliseconds since 1970.
    public var nowMilliseconds: Int64 { clock.now() }

    /// What others want to do when accounts change.
    public var hooks: AccountHooks {
        get { hookStore.withLock { $0 } }
        set { hookStore.withLock { $0 = newValue } }
    }

    /// Called right after a commit with the numbers of devices whose sessions are over.
    public var onSessionsEnded: @Sendable (_ deviceNumbers: [Int64]) -> Void {
        get { hooks.sessionsEnded }
        set { hookStore.withLock { $0.sessionsEnded = newValue } }
    }

    /// Called after a profile has changed; the caller of the change waits for it.
    public var onProfileChanged: @Sendable (ProfileChange) async throws -> Void {
        get { hooks.profileChanged }
        set { hookStore.withLock { $0.profileChanged = newValue } }
    }

    /// Forgets cached users and sessions once the write is committed, and tells whose sessions are over.
    func forget(
        in context: WriteContext, users: [Int64] = [], hashes: [[UInt8]] = [], endedDevices: [Int64] = []
    ) {
        context.afterCommit { [self] in
            caches.withLock { $0.forget(users: users, hashes: hashes) }
            if !endedDevices.isEmpty { hooks.sessionsEnded(endedDevices) }
        }
    }
}
