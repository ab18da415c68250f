internal import Basics
internal import Storage

/// The statements on registration tokens.
extension AccountQueries {
    private static let tokenColumns = "token, uses_allowed, completed, expires_ms"

    private func token(_ row: Row) -> RegistrationToken {
        RegistrationToken(
            token: row.text(0), usesAllowed: row.intOrNil(1), completed: row.int(2), pending: 0,
            expiresMilliseconds: row.intOrNil(3))
    }

    func registrationTokens() throws -> [RegistrationToken] {
        try connection.rows("SELECT \(Self.tokenColumns) FROM acc_registration_token ORDER BY token", map: token)
    }

    func registrationToken(_ text: String) throws -> RegistrationToken? {
        try connection.first(
            "SELECT \(Self.tokenColumns) FROM acc_registration_token WHERE token = ?1", .text(text), map: token)
    }

    func insert(_ token: RegistrationToken) throws -> Bool {
        try connection.run(
            """
            INSERT INTO acc_registration_token(token, uses_allowed, completed, expires_ms) VALUES (?1, ?2, 0, ?3)
            ON CONFLICT(token) DO NOTHING
            """, .text(token.token), .optional(token.usesAllowed), .optional(token.expiresMilliseconds)) > 0
    }

    func update(_ token: RegistrationToken) throws {
        try connection.run(
            "UPDATE acc_registration_token SET uses_allowed = ?2, expires_ms = ?3 WHERE token = ?1",
            .text(token.token), .optional(token.usesAllowed), .optional(token.expiresMilliseconds))
    }

    /// Counts a use, or refuses: two registrations can never share the last use.
    func useRegistrationToken(_ text: String, at now: Int64) throws {
        let changed = try connection.run(
            """
            UPDATE acc_registration_token SET completed = completed + 1 WHERE token = ?1
              AND (uses_allowed IS NULL OR completed < uses_allowed) AND (expires_ms IS NULL OR expires_ms > ?2)
            """, .text(text), .integer(now))
        guard changed > 0 else {
            throw RequestError(status: 401, code: "M_UNAUTHORIZED", message: "The registration token is used up.")
        }
    }
}
