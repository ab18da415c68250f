internal import Basics
public import Storage
internal import Synchronization

extension Accounts {
    /// The user of a number.
    public func user(number: Int64) async throws -> UserRecord? {
        try await lookUp({ $0.user(number: number) }, { try $0.user(number: number) })
    }

    /// The user of a localpart.
    public func user(localpart: String) async throws -> UserRecord? {
        try await lookUp({ $0.user(localpart: localpart) }, { try $0.user(localpart: localpart) })
    }

    /// The user who logs in under a name that is no part of the id.
    public func user(loginName: String) async throws -> UserRecord? {
        try await database.read { [self] in try queries($0).user(loginName: loginName) }
    }

    /// The user of an id; `nil` for users of other servers.
    public func user(_ identifier: UserIdentifier) async throws -> UserRecord? {
        guard identifier.serverName == serverName else { return nil }
        return try await user(localpart: identifier.localpart)
    }

    /// The users of many numbers, with one look at the database for all that are not remembered.
    public func users(numbers: some Collection<Int64>) async throws -> [Int64: UserRecord] {
        var found: [Int64: UserRecord] = [:]
        let epoch = caches.withLock { caches in
            for number in numbers { found[number] = caches.user(number: number) }
            return caches.epoch
        }
        let missing = numbers.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        let loaded = try await database.read { [self] connection in
            try missing.compactMap { try queries(connection).user(number: $0) }
        }
        caches.withLock { caches in for user in loaded { caches.remember(user, readAt: epoch) } }
        for user in loaded { found[user.number] = user }
        return found
    }

    /// The user of a number as a running read or write sees it.
    public func user(number: Int64, on connection: Connection) throws -> UserRecord? {
        try queries(connection).user(number: number)
    }

    /// The user of a localpart as a running read or write sees it.
    public func user(localpart: String, on connection: Connection) throws -> UserRecord? {
        try queries(connection).user(localpart: localpart)
    }

    /// Users in the order of their localparts, after one of them; for pages of an administrator's list.
    public func users(after localpart: String = "", limit: Int) async throws -> [UserRecord] {
        try await database.read { [self] in try queries($0).users(after: localpart, limit: limit) }
    }

    /// How many accounts there are, deactivated ones included.
    public func countOfUsers() async throws -> Int64 {
        try await database.read { [self] in try queries($0).countOfUsers() }
    }

    /// Active users whose localpart or shown name holds a text.
    public func users(holding text: String, limit: Int) async throws -> [UserRecord] {
        try await database.read { [self] in try queries($0).users(holding: text, limit: limit) }
    }

    private func lookUp(
        _ remembered: (inout AccountCaches) -> UserRecord?,
        _ read: @escaping @Sendable (AccountQueries) throws -> UserRecord?
    ) async throws -> UserRecord? {
        let (known, epoch) = caches.withLock { (remembered(&$0), $0.epoch) }
        if let known { return known }
        let user = try await database.read { [self] in try read(queries($0)) }
        if let user { caches.withLock { $0.remember(user, readAt: epoch) } }
        return user
    }
}
