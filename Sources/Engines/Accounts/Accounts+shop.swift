public import Storage

extension Accounts {
    /// The account in whose name the shop itself acts: made on first use, without a password, so nobody can log in.
    public func shopAccount(localpart: String, displayName: String) async throws -> UserRecord {
        if let known = try await user(localpart: localpart) { return known }
        let wish = Registration(localpart: localpart, kind: .robot, displayName: displayName)
        do {
            return try await register(wish).user
        } catch {
            // Two customers may come at the same moment: one of the two makes the account.
            guard let known = try await user(localpart: localpart) else { throw error }
            return known
        }
    }

    /// The localparts of active staff that somebody has chosen: they may tell who it is.
    public static func tellingStaff(_ connection: Connection) throws -> [String] {
        try connection.rows(
            "SELECT localpart FROM acc_user WHERE kind = ?1 AND state = 0 ORDER BY user_no",
            .int(UserKind.staff.rawValue)
        ) { $0.text(0) }.filter { !Localpart.saysNothing($0) }
    }

    /// Active users of one kind, the oldest accounts first.
    public func users(ofKind kind: UserKind, limit: Int) async throws -> [UserRecord] {
        let numbers = try await database.read { connection in
            try connection.rows(
                "SELECT user_no FROM acc_user WHERE kind = ?1 AND state = 0 ORDER BY user_no LIMIT ?2",
                .int(kind.rawValue), .int(limit)
            ) { $0.int(0) }
        }
        let found = try await users(numbers: numbers)
        return numbers.compactMap { found[$0] }
    }
}
