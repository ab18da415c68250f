internal import Basics
internal import Storage

extension Accounts {
    /// Sets a user's password; with `endingOthers` every device but the caller's is logged out.
    public func setPassword(
        _ password: String, of user: Int64, endingOthers: Bool = true, keeping device: Int64? = nil
    ) async throws {
        try PasswordRules.check(password, minimum: policy.minimumPasswordLength)
        let hashed = try await passwords.hash(password)
        try await database.write { [self] context in
            let changed = try context.run(
                "UPDATE acc_user SET password = ?2 WHERE user_no = ?1", .integer(user), .text(hashed))
            guard changed > 0 else { throw RequestError.notFound("There is no such user.") }
            if endingOthers { try removeDevices(of: user, except: device, in: context) }
            try queries(context.connection).deleteLoginTokens(of: user)
            forget(in: context, users: [user])
        }
    }

    /// Whether a password is the user's; failures count as failed logins do.
    public func verifyPassword(_ password: String, of user: UserRecord, address: String? = nil) async throws {
        try await checkPassword(password, of: user.identifier.localpart, address: address)
    }
}
