internal import Basics
internal import Storage
internal import Synchronization

/// How far a device has come, see ``Accounts/positions(of:)``.
public struct DevicePosition: Sendable, Hashable {
    /// The device.
    public let device: DeviceRecord
    /// Everything up to this position has reached the device.
    public let position: Int64
}

extension Accounts {
    /// Notes that a device has everything up to a position; written down by ``flushActivity()``.
    public func acknowledge(device: Int64, position: Int64) {
        activity.withLock { $0.acknowledged(device: device, position: position) }
    }

    /// How far each device of a user has come, the newest knowledge included. Positions never go back.
    public func positions(of user: Int64) async throws -> [DevicePosition] {
        // The book is read first: what is flushed in between shows in the database then.
        let pending = activity.withLock { $0.pending }
        return try await database.read { [self] connection in
            let queries = queries(connection)
            return try queries.devices(of: user).map { device in
                let stored = try queries.acknowledged(device: device.number)
                return DevicePosition(device: device, position: max(stored, pending[device.number]?.position ?? 0))
            }
        }
    }

    /// Writes down what devices did since the last time. To be called every few seconds and before the end.
    public func flushActivity() async throws {
        let batch = activity.withLock { $0.pending }
        guard !batch.isEmpty else { return }
        try await database.write { [self] context in
            let queries = queries(context.connection)
            for (device, activity) in batch { try queries.note(activity, device: device) }
        }
        activity.withLock { $0.written(batch) }
    }

    /// Logs out visitors and guests that did nothing for as long as the rules allow; returns how many devices ended.
    @discardableResult
    public func endIdleSessions(limit: Int = 500) async throws -> Int {
        try await flushActivity()
        let oldest = clock.now() - policy.anonymousIdleMilliseconds
        return try await database.write { [self] context in
            let idle = try queries(context.connection).idleAnonymousDevices(seenBefore: oldest, limit: limit)
            try remove(idle, in: context)
            try queries(context.connection).deleteLoginTokens(expiredAt: context.now)
            return idle.count
        }
    }
}

extension AccountQueries {
    func acknowledged(device: Int64) throws -> Int64 {
        try connection.first("SELECT ack_pos FROM acc_device WHERE device_no = ?1", .integer(device)) { $0.int(0) } ?? 0
    }

    func note(_ activity: ActivityBook.Activity, device: Int64) throws {
        try connection.run(
            """
            UPDATE acc_device SET
              seen_ms = CASE WHEN ?2 > COALESCE(seen_ms, 0) THEN ?2 ELSE seen_ms END,
              seen_ip = COALESCE(?3, seen_ip), seen_agent = COALESCE(?4, seen_agent),
              ack_pos = CASE WHEN ?5 > ack_pos THEN ?5 ELSE ack_pos END
            WHERE device_no = ?1
            """, .integer(device), .integer(activity.seenMilliseconds), .optional(activity.address),
            .optional(activity.agent), .integer(activity.position))
    }

    func idleAnonymousDevices(seenBefore oldest: Int64, limit: Int) throws -> [DeviceRecord] {
        let numbers = try connection.rows(
            """
            SELECT d.device_no FROM acc_device d JOIN acc_user u ON u.user_no = d.user_no
            WHERE u.kind IN (2, 4) AND COALESCE(d.seen_ms, d.created_ms) < ?1 ORDER BY d.device_no LIMIT ?2
            """, .integer(oldest), .int(limit)
        ) { $0.int(0) }
        return try numbers.compactMap(device(number:))
    }
}
