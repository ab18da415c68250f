internal import Basics
public import Storage
internal import Synchronization

extension Accounts {
    /// The devices of a user in the order they were made.
    public func devices(of user: Int64) async throws -> [DeviceRecord] {
        let pending = activity.withLock { $0.pending }
        return try await database.read { [self] in try queries($0).devices(of: user) }.map {
            $0.with(pending[$0.number])
        }
    }

    /// A device of a user.
    public func device(of user: Int64, id: String) async throws -> DeviceRecord? {
        let pending = activity.withLock { $0.pending }
        let device = try await database.read { [self] in try queries($0).device(of: user, id: id) }
        return device.map { $0.with(pending[$0.number]) }
    }

    /// The devices of a user as a running read or write sees them.
    public func devices(of user: Int64, on connection: Connection) throws -> [DeviceRecord] {
        try queries(connection).devices(of: user)
    }

    /// The device of a number.
    public func device(number: Int64) async throws -> DeviceRecord? {
        try await database.read { [self] in try queries($0).device(number: number) }
    }

    /// Gives a device another name. Refuses with `M_NOT_FOUND`.
    public func renameDevice(of user: Int64, id: String, to name: String?) async throws {
        if let name, name.unicodeScalars.count > Self.maximumDeviceNameLength {
            throw RequestError.invalidParam("A device name has at most \(Self.maximumDeviceNameLength) characters.")
        }
        let changed = try await database.write { context in
            try context.run(
                "UPDATE acc_device SET name = ?3 WHERE user_no = ?1 AND device_id = ?2",
                .integer(user), .text(id), .optional(name))
        }
        guard changed > 0 else { throw RequestError.notFound("There is no such device.") }
    }

    /// Ends the sessions of devices and deletes the devices; unknown ids are passed over.
    public func deleteDevices(of user: Int64, ids: [String]) async throws {
        try await database.write { [self] context in
            let queries = queries(context.connection)
            try remove(try Set(ids).compactMap { try queries.device(of: user, id: $0) }, in: context)
        }
    }

    /// Logs out: ends the session and deletes its device.
    public func logout(_ session: Session) async throws {
        try await deleteDevices(of: session.userNumber, ids: [session.deviceID])
    }

    /// Logs out everywhere, but for one device if it is named.
    public func logoutAll(user: Int64, except device: Int64? = nil) async throws {
        try await database.write { [self] context in
            try removeDevices(of: user, except: device, in: context)
        }
    }

    func removeDevices(of user: Int64, except kept: Int64? = nil, in context: WriteContext) throws {
        try remove(try queries(context.connection).allDevices(of: user).filter { $0.number != kept }, in: context)
    }

    /// Deletes devices with all that belongs to them; their long polls are woken after the commit.
    func remove(_ devices: [DeviceRecord], in context: WriteContext) throws {
        guard !devices.isEmpty else { return }
        let queries = queries(context.connection)
        var hashes: [[UInt8]] = []
        for device in devices {
            hashes += try queries.deleteSessions(device: device.number)
            try context.run("DELETE FROM acc_device WHERE device_no = ?1", .integer(device.number))
        }
        try hooks.devicesRemoved(context, devices)
        forget(in: context, hashes: hashes, endedDevices: devices.map(\.number))
    }
}

extension DeviceRecord {
    /// The device with what it did lately.
    func with(_ activity: ActivityBook.Activity?) -> DeviceRecord {
        guard let activity else { return self }
        return DeviceRecord(
            number: number, userNumber: userNumber, deviceID: deviceID, displayName: displayName,
            lastSeenMilliseconds: max(lastSeenMilliseconds ?? 0, activity.seenMilliseconds),
            lastSeenAddress: activity.address ?? lastSeenAddress, lastSeenAgent: activity.agent ?? lastSeenAgent,
            createdMilliseconds: createdMilliseconds)
    }
}
