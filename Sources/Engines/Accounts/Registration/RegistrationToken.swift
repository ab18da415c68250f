internal import Basics
internal import Storage
internal import Synchronization

/// A token that lets its holders register.
public struct RegistrationToken: Sendable, Hashable {
    /// The token itself: 1 to 64 characters of `A-Z a-z 0-9 . _ ~ -`.
    public var token: String
    /// How many accounts it is good for; any number without.
    public var usesAllowed: Int64?
    /// How many accounts were made with it.
    public var completed: Int64
    /// How many registrations have shown it and are not finished.
    public var pending: Int64
    /// Until when it is good, in milliseconds since 1970.
    public var expiresMilliseconds: Int64?

    func isValid(at now: Int64) -> Bool {
        if let expiresMilliseconds, expiresMilliseconds <= now { return false }
        guard let usesAllowed else { return true }
        return completed + pending < usesAllowed
    }
}

extension Accounts {
    /// All registration tokens; with `valid` only those that are, or are not, good now.
    public func registrationTokens(valid: Bool? = nil) async throws -> [RegistrationToken] {
        let now = clock.now()
        let all = try await database.read { [self] in try queries($0).registrationTokens() }.map(withPending)
        return all.filter { valid == nil || $0.isValid(at: now) == valid }
    }

    /// A registration token.
    public func registrationToken(_ token: String) async throws -> RegistrationToken? {
        try await database.read { [self] in try queries($0).registrationToken(token) }.map(withPending)
    }

    /// Whether a registration token would be accepted now.
    public func isRegistrationTokenValid(_ token: String) async throws -> Bool {
        try await registrationToken(token)?.isValid(at: clock.now()) ?? false
    }

    /// Makes a registration token, with a random text if none is given.
    public func createRegistrationToken(
        _ text: String? = nil, length: Int = 16, usesAllowed: Int64? = nil, expiresMilliseconds: Int64? = nil
    ) async throws -> RegistrationToken {
        guard (1...64).contains(length) else { throw RequestError.invalidParam("length must be 1 to 64.") }
        let random = String(Base64URL.encode(secureRandomBytes(48)).prefix(length))
        let token = RegistrationToken(
            token: text ?? random, usesAllowed: usesAllowed, completed: 0, pending: 0,
            expiresMilliseconds: expiresMilliseconds)
        try check(token)
        let inserted = try await database.write { [self] context in
            try queries(context.connection).insert(token)
        }
        guard inserted else { throw RequestError.invalidParam("There is such a token already.") }
        return token
    }

    /// Changes the uses and the end of a token. Refuses with `M_NOT_FOUND`.
    public func updateRegistrationToken(
        _ text: String, change: @escaping @Sendable (inout RegistrationToken) -> Void
    ) async throws -> RegistrationToken {
        let changed = try await database.write { [self] context in
            let queries = queries(context.connection)
            guard var token = try queries.registrationToken(text) else {
                throw RequestError.notFound("There is no such registration token.")
            }
            change(&token)
            token.token = text
            try check(token)
            try queries.update(token)
            return token
        }
        return withPending(changed)
    }

    /// Deletes a token. Refuses with `M_NOT_FOUND`.
    public func deleteRegistrationToken(_ text: String) async throws {
        let deleted = try await database.write { context in
            try context.run("DELETE FROM acc_registration_token WHERE token = ?1", .text(text))
        }
        guard deleted > 0 else { throw RequestError.notFound("There is no such registration token.") }
    }

    private func withPending(_ token: RegistrationToken) -> RegistrationToken {
        var token = token
        token.pending = Int64(interactive.withLock { $0.pendingUses(of: token.token, at: clock.now()) })
        return token
    }

    private func check(_ token: RegistrationToken) throws(RequestError) {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-".utf8)
        guard (1...64).contains(token.token.utf8.count), token.token.utf8.allSatisfy(allowed.contains) else {
            throw .invalidParam("A token has 1 to 64 characters of A-Z a-z 0-9 . _ ~ -")
        }
        guard (token.usesAllowed ?? 0) >= 0 else { throw .invalidParam("uses_allowed must not be negative.") }
        if let expires = token.expiresMilliseconds, expires < clock.now() {
            throw .invalidParam("expiry_time lies in the past.")
        }
    }
}
