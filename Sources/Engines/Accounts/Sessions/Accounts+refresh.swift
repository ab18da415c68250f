internal import Basics
internal import Storage
internal import Synchronization

extension Accounts {
    /// New tokens for a refresh token.
    ///
    /// The old pair stays good until one of the new tokens is used for the first time, so a lost reply does no harm:
    /// the client refreshes again with the old token.
    public func refresh(token: String) async throws -> LoginGrant {
        let hash = SecretToken.hash(of: token)
        return try await database.write { [self] context in
            let queries = queries(context.connection)
            guard let (number, generation) = try queries.refreshable(hash: hash),
                let device = try queries.device(number: number),
                let user = try queries.user(number: device.userNumber)
            else { throw RequestError.unknownToken() }
            try Self.check(user.state)
            let replaced = try replace(around: generation, device: number, in: context)
            let tokens = try insertTokens(device: number, generation: replaced + 1, refreshable: true, in: context)
            return LoginGrant(
                user: user, deviceNumber: number, deviceID: device.deviceID, accessToken: tokens.access.text,
                refreshToken: tokens.refresh?.text, expiresInMilliseconds: tokens.lifetime)
        }
    }

    /// Ends every pair of the device but the one shown, and returns the newest generation there was.
    private func replace(around generation: Int64, device: Int64, in context: WriteContext) throws -> Int64 {
        let queries = queries(context.connection)
        let newest = max(generation, try queries.newestGeneration(device: device))
        let ended = try queries.deleteSessions(device: device, except: generation)
        try queries.markUsed(device: device, generation: generation)
        forget(in: context, hashes: ended)
        return newest
    }
}
