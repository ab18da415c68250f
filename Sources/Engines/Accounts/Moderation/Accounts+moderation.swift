internal import Basics
internal import Storage

extension Accounts {
    /// Shuts an account for ever: no password, no sessions, no profile if `erasing`; the localpart stays taken.
    public func deactivate(user number: Int64, erasing: Bool = false) async throws {
        let user = try await database.write { [self] context in
            let queries = queries(context.connection)
            try queries.setState(of: number, adding: .deactivated, removing: [])
            try context.run("UPDATE acc_user SET password = NULL, admin = 0 WHERE user_no = ?1", .integer(number))
            if erasing { try queries.eraseProfile(of: number) }
            try queries.deleteLoginTokens(of: number)
            try removeDevices(of: number, in: context)
            forget(in: context, users: [number])
            return try queries.user(number: number)
        }
        if let user { try await hooks.userDeactivated(user) }
    }

    /// Locks or unlocks an account. Sessions stay and are answered `M_USER_LOCKED`.
    public func setLocked(_ locked: Bool, user: Int64) async throws {
        try await change(user, .locked, to: locked, wakingPolls: locked)
    }

    /// Suspends an account or lifts the suspension: its user may read but not write.
    public func setSuspended(_ suspended: Bool, user: Int64) async throws {
        try await change(user, .suspended, to: suspended, wakingPolls: false)
    }

    /// Makes a user an administrator or an ordinary user again.
    public func setAdmin(_ isAdmin: Bool, user: Int64) async throws {
        try await update("UPDATE acc_user SET admin = ?2 WHERE user_no = ?1", .bool(isAdmin), user: user)
    }

    /// Changes what sort of account a user has, e.g. to make a member staff.
    public func setKind(_ kind: UserKind, user: Int64) async throws {
        try await update("UPDATE acc_user SET kind = ?2 WHERE user_no = ?1", .int(kind.rawValue), user: user)
    }

    private func update(_ sql: String, _ value: SQLValue, user: Int64) async throws {
        try await database.write { [self] context in
            guard try context.run(sql, .integer(user), value) > 0 else {
                throw RequestError.notFound("There is no such user.")
            }
            forget(in: context, users: [user])
        }
    }

    private func change(_ user: Int64, _ bit: UserState, to isSet: Bool, wakingPolls: Bool) async throws {
        try await database.write { [self] context in
            let queries = queries(context.connection)
            try queries.setState(of: user, adding: isSet ? bit : [], removing: isSet ? [] : bit)
            let devices = wakingPolls ? try queries.allDevices(of: user).map(\.number) : []
            forget(in: context, users: [user], endedDevices: devices)
        }
    }
}

extension AccountQueries {
    func setState(of number: Int64, adding: UserState, removing: UserState) throws {
        guard let user = try user(number: number) else { throw RequestError.notFound("There is no such user.") }
        let state = user.state.subtracting(removing).union(adding)
        try connection.run(
            "UPDATE acc_user SET state = ?2 WHERE user_no = ?1", .integer(number), .int(state.rawValue))
    }
}
