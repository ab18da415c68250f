internal import Basics
internal import Storage
internal import Synchronization

/// Where a request came from, for the list of a user's sessions.
public struct ClientTrace: Sendable, Hashable {
    /// The network address.
    public var address: String?
    /// The `User-Agent`.
    public var agent: String?

    /// A trace.
    public init(address: String? = nil, agent: String? = nil) {
        self.address = address
        self.agent = agent
    }
}

extension Accounts {
    /// Tokens are borne so much longer than they live, because the clock may jump.
    static let expiryMarginMilliseconds: Int64 = 60_000

    /// The session that an access token opens.
    ///
    /// Throws `M_UNKNOWN_TOKEN` (with `soft_logout` if the token has run out), `M_USER_LOCKED` or `M_USER_DEACTIVATED`.
    /// Locked users may still log out: pass `allowingLocked` there. `trace` goes into the list of sessions.
    public func session(
        token: String, allowingLocked: Bool = false, trace: ClientTrace? = nil
    ) async throws -> Session {
        let hash = SecretToken.hash(of: token)
        if let service = service(tokenHash: hash) { return try await session(of: service, acting: .init()) }
        guard let (entry, user) = try await opened(hash) else { throw RequestError.unknownToken() }
        let now = clock.now()
        try check(entry, user, at: now, allowingLocked: allowingLocked)
        if !entry.isUsed { try await retire(before: entry, hash: hash) }
        caches.withLock { $0.touch(hash: hash, at: now) }
        activity.withLock { $0.seen(device: entry.deviceNumber, at: now, trace) }
        return Session(entry, user)
    }

    private func opened(_ hash: [UInt8]) async throws -> (AccountCaches.Entry, UserRecord)? {
        let (entry, user, epoch) = caches.withLock { caches in
            let entry = caches.entry(hash: hash)
            return (entry, entry.flatMap { caches.user(number: $0.userNumber) }, caches.epoch)
        }
        if let entry, let user { return (entry, user) }
        let found = try await database.read { [self] connection -> (AccountCaches.Entry, UserRecord)? in
            let queries = queries(connection)
            guard let entry = try queries.entry(accessHash: hash),
                let user = try queries.user(number: entry.userNumber)
            else { return nil }
            return (entry, user)
        }
        guard let found else { return nil }
        caches.withLock { caches in
            caches.remember(found.0, hash: hash, readAt: epoch)
            caches.remember(found.1, readAt: epoch)
        }
        return found
    }

    func check(
        _ entry: AccountCaches.Entry, _ user: UserRecord, at now: Int64, allowingLocked: Bool
    ) throws(RequestError) {
        if let expires = entry.expiresMilliseconds, now - expires > Self.expiryMarginMilliseconds {
            throw .unknownToken(softLogout: true)
        }
        if user.kind == .visitor || user.kind == .guest {
            let seen = max(entry.lastUsedMilliseconds, activity.withLock { $0.lastSeen(of: entry.deviceNumber) })
            guard now - seen <= policy.anonymousIdleMilliseconds else { throw .unknownToken() }
        }
        try Self.check(user.state, allowingLocked: allowingLocked)
    }

    static func check(_ state: UserState, allowingLocked: Bool = false) throws(RequestError) {
        if state.contains(.deactivated) {
            throw RequestError(
                status: 403, code: "M_USER_DEACTIVATED", message: "This account has been deactivated.")
        }
        if state.contains(.locked), !allowingLocked {
            throw RequestError(
                status: 401, code: "M_USER_LOCKED", message: "This account is locked. Ask the shop's administrator.",
                extra: ["soft_logout": true])
        }
    }

    /// The first use of refreshed tokens ends the tokens that they replace.
    private func retire(before entry: AccountCaches.Entry, hash: [UInt8]) async throws {
        try await database.write { [self] context in
            let queries = queries(context.connection)
            guard try queries.markUsed(device: entry.deviceNumber, generation: entry.generation) else {
                throw RequestError.unknownToken()
            }
            let ended = try queries.deleteSessions(device: entry.deviceNumber, before: entry.generation)
            forget(in: context, hashes: ended + [hash])
        }
    }
}

extension Session {
    init(_ entry: AccountCaches.Entry, _ user: UserRecord) {
        self.init(
            userNumber: user.number, user: user.identifier, deviceNumber: entry.deviceNumber, deviceID: entry.deviceID,
            kind: user.kind, isAdmin: user.isAdmin, isSuspended: user.state.contains(.suspended),
            service: user.service)
    }
}
