internal import Basics
internal import Storage
internal import Synchronization

extension Accounts {
    static let maximumDeviceIDLength = 255
    static let maximumDeviceNameLength = 255

    /// Makes or takes over a device and gives it new tokens; the tokens it had before are over.
    func openSession(of user: UserRecord, device: DeviceRequest, in context: WriteContext) throws -> LoginGrant {
        let queries = queries(context.connection)
        let id = try Self.deviceID(wished: device.deviceID)
        let number: Int64
        if let known = try queries.device(of: user.number, id: id) {
            number = known.number
            let ended = try queries.deleteSessions(device: number)
            forget(in: context, hashes: ended, endedDevices: ended.isEmpty ? [] : [number])
        } else {
            try makeRoomForDevice(of: user.number, in: context)
            let name = device.displayName.map { $0.firstScalars(Self.maximumDeviceNameLength) }
            number = try queries.insertDevice(user: user.number, id: id, name: name, at: context.now)
        }
        let (now, trace) = (context.now, device.trace)
        context.afterCommit { [self] in activity.withLock { $0.seen(device: number, at: now, trace) } }
        let tokens = try insertTokens(device: number, generation: 1, refreshable: device.wantsRefreshToken, in: context)
        return LoginGrant(
            user: user, deviceNumber: number, deviceID: id, accessToken: tokens.access.text,
            refreshToken: tokens.refresh?.text, expiresInMilliseconds: tokens.lifetime)
    }

    /// Tokens about to be handed out.
    struct Tokens {
        let access: SecretToken
        let refresh: SecretToken?
        let lifetime: Int64?
    }

    func insertTokens(
        device: Int64, generation: Int64, refreshable: Bool, in context: WriteContext
    ) throws -> Tokens {
        let tokens = Tokens(
            access: .fresh(), refresh: refreshable ? .fresh() : nil,
            lifetime: refreshable ? policy.accessTokenMilliseconds : nil)
        try queries(context.connection).insertSession(
            NewSession(
                device: device, generation: generation, accessHash: tokens.access.hash,
                refreshHash: tokens.refresh?.hash, expiresMilliseconds: tokens.lifetime.map { context.now + $0 },
                isUsed: generation == 1))
        return tokens
    }

    private static func deviceID(wished: String?) throws(RequestError) -> String {
        guard let wished else { return randomDeviceID() }
        guard !wished.isEmpty, wished.utf8.count <= maximumDeviceIDLength, !wished.utf8.contains(0) else {
            throw .invalidParam("A device id has 1 to \(maximumDeviceIDLength) bytes.")
        }
        return wished
    }

    private static func randomDeviceID() -> String {
        String(Base32.encode(secureRandomBytes(7)).prefix(10)).uppercased()
    }

    /// Ends the device that was unused for longest when a user has as many as the rules allow.
    private func makeRoomForDevice(of user: Int64, in context: WriteContext) throws {
        let devices = try queries(context.connection).devices(of: user)
        guard devices.count >= policy.maximumDevices else { return }
        let oldest = devices.min {
            ($0.lastSeenMilliseconds ?? $0.createdMilliseconds) < ($1.lastSeenMilliseconds ?? $1.createdMilliseconds)
        }
        if let oldest { try remove([oldest], in: context) }
    }
}
