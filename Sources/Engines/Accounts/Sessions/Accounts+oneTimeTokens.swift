internal import Basics
internal import Storage

/// A short-lived token with one purpose.
public struct PassingToken: Sendable, Hashable {
    /// The token.
    public let text: String
    /// How long it is good.
    public let expiresInMilliseconds: Int64
}

extension Accounts {
    enum TokenPurpose: Int, Sendable {
        case login = 0
        case openID = 1
    }

    /// A token with which another client of the same user may log in once.
    public func makeLoginToken(for user: Int64) async throws -> PassingToken {
        try await makeToken(for: user, purpose: .login, lifetime: policy.loginTokenMilliseconds)
    }

    /// Logs in with a token of ``makeLoginToken(for:)``, which is used up thereby.
    public func login(loginToken: String, device: DeviceRequest) async throws -> LoginGrant {
        let hash = SecretToken.hash(of: loginToken)
        return try await database.write { [self] context in
            let queries = queries(context.connection)
            guard let number = try queries.takeLoginToken(hash, at: context.now),
                let user = try queries.user(number: number)
            else { throw RequestError.forbidden("The login token is not known or has run out.") }
            try Self.check(user.state)
            return try openSession(of: user, device: device, in: context)
        }
    }

    /// A token that proves to others who somebody is (`openid/request_token`).
    public func makeOpenIDToken(for user: Int64) async throws -> PassingToken {
        try await makeToken(for: user, purpose: .openID, lifetime: policy.openIDTokenMilliseconds)
    }

    /// The user whom a token of ``makeOpenIDToken(for:)`` proves.
    public func user(openIDToken: String) async throws -> UserRecord? {
        let hash = SecretToken.hash(of: openIDToken)
        let now = clock.now()
        let number = try await database.read { [self] in try queries($0).openIDUser(hash, at: now) }
        guard let number, let user = try await user(number: number), user.state.isEmpty else { return nil }
        return user
    }

    private func makeToken(for user: Int64, purpose: TokenPurpose, lifetime: Int64) async throws -> PassingToken {
        let token = SecretToken.fresh()
        _ = try await database.write { context in
            try context.run(
                "INSERT INTO acc_login_token(hash, user_no, purpose, expires_ms) VALUES (?1, ?2, ?3, ?4)",
                .blob(token.hash), .integer(user), .int(purpose.rawValue), .integer(context.now + lifetime))
        }
        return PassingToken(text: token.text, expiresInMilliseconds: lifetime)
    }
}

extension AccountQueries {
    func takeLoginToken(_ hash: [UInt8], at now: Int64) throws -> Int64? {
        let found = try connection.rows(
            "DELETE FROM acc_login_token WHERE hash = ?1 AND purpose = ?2 RETURNING user_no, expires_ms",
            .blob(hash), .int(Accounts.TokenPurpose.login.rawValue)
        ) { (user: $0.int(0), expires: $0.int(1)) }
        return found.first { $0.expires > now }?.user
    }

    func openIDUser(_ hash: [UInt8], at now: Int64) throws -> Int64? {
        try connection.first(
            "SELECT user_no FROM acc_login_token WHERE hash = ?1 AND purpose = ?2 AND expires_ms > ?3",
            .blob(hash), .int(Accounts.TokenPurpose.openID.rawValue), .integer(now)
        ) { $0.int(0) }
    }

    func deleteLoginTokens(expiredAt now: Int64) throws {
        try connection.run("DELETE FROM acc_login_token WHERE expires_ms <= ?1", .integer(now))
    }

    func deleteLoginTokens(of user: Int64) throws {
        try connection.run("DELETE FROM acc_login_token WHERE user_no = ?1", .integer(user))
    }
}
