public import Storage

/// A change of what a user shows to others.
public struct ProfileChange: Sendable, Hashable {
    /// The user after the change.
    public let user: UserRecord
    /// The names of the changed fields: `displayname`, `avatar_url` or custom ones.
    public let fields: [String]
    /// Whether the user's rooms are to show the change (the route's `propagate`).
    public let spreads: Bool

    /// A change.
    public init(user: UserRecord, fields: [String], spreads: Bool = true) {
        self.user = user
        self.fields = fields
        self.spreads = spreads
    }
}

/// What others want to do when accounts change. Set once while the server is put together.
public struct AccountHooks: Sendable {
    /// Sessions of these devices are over: their long polls must answer 401. Runs right after the commit.
    public var sessionsEnded: @Sendable (_ deviceNumbers: [Int64]) -> Void = { _ in }
    /// These devices are being deleted: delete in the same transaction what belongs to them.
    public var devicesRemoved: @Sendable (WriteContext, [DeviceRecord]) throws -> Void = { _, _ in }
    /// A profile has changed: bring member events up to date. The caller of the change waits for it.
    public var profileChanged: @Sendable (ProfileChange) async throws -> Void = { _ in }
    /// An account was deactivated: make it leave its rooms.
    public var userDeactivated: @Sendable (UserRecord) async throws -> Void = { _ in }

    /// Hooks that do nothing.
    public init() {}
}
