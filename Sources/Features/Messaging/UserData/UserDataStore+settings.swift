package import Basics
import Crypto
import Storage
import Synchronization

/// A way to tell a user's phone about messages, as a client registers it.
package struct Pusher: Sendable {
    package let appID: String
    package let key: String
    package let device: Int64
    package let body: JSON

    package init(appID: String, key: String, device: Int64, body: JSON) {
        self.appID = appID
        self.key = key
        self.device = device
        self.body = body
    }
}

/// Whether somebody is there.
package struct Presence: Sendable, Hashable {
    package enum State: String, Sendable { case online, offline, unavailable }
    package var state: State
    package var message: String?
    package var atMilliseconds: Int64

    package init(state: State, message: String?, atMilliseconds: Int64) {
        self.state = state
        self.message = message
        self.atMilliseconds = atMilliseconds
    }
}

/// Filters, pushers and presence.
extension UserDataStore {
    static let maximumFilterBytes = 65_536
    /// How many pushers a user may have.
    static let maximumPushers = 100

    /// Stores a filter and returns its id; the same filter again has the same id.
    package func addFilter(_ filter: JSONObject, of user: Int64) async throws -> String {
        _ = try SyncFilter(.object(filter))
        let bytes = JSON.object(filter).canonical()
        guard bytes.count <= Self.maximumFilterBytes else {
            throw RequestError.tooLarge("A filter has at most \(Self.maximumFilterBytes) bytes.")
        }
        let hash = Array(SHA256.hash(data: bytes))
        let number = try await database.write { context in
            try SettingQueries.addFilter(
                String(decoding: bytes, as: UTF8.self), hash: hash, of: user, in: context.connection)
        }
        return String(number)
    }

    /// A stored filter as JSON text. Refuses with `M_NOT_FOUND`.
    package func filterText(_ id: String, of user: Int64) async throws -> [UInt8] {
        let number = Int64(id)
        let body = try await database.read { connection in
            try number.flatMap { try SettingQueries.filter($0, of: user, in: connection) }
        }
        guard let body else { throw RequestError.notFound("There is no such filter.") }
        return body
    }

    /// The filter of a sync: the id of a stored one, or a filter as JSON.
    package func filter(_ text: String, of user: Int64) async throws -> SyncFilter {
        let bytes = text.first == "{" ? Array(text.utf8) : try await filterText(text, of: user)
        do {
            return try SyncFilter(try JSON(parsing: bytes))
        } catch let error as JSONError {
            throw RequestError(error)
        }
    }

    /// Sets a pusher; without `append` other users' pushers with the same key go.
    package func setPusher(_ pusher: Pusher, append: Bool, of user: Int64) async throws {
        try await database.write { [self] context in
            if !append {
                try SettingQueries.deletePushers(
                    appID: pusher.appID, key: pusher.key, exceptOf: user, in: context.connection)
            }
            try SettingQueries.setPusher(pusher, of: user, in: context.connection)
            guard try SettingQueries.pushers(of: user, in: context.connection).count <= Self.maximumPushers else {
                throw RequestError.forbidden("There are \(Self.maximumPushers) pushers already.")
            }
            context.afterCommit { [self] in pushAudience.withLock { $0.add(pusherOf: user) } }
        }
    }

    /// Deletes a pusher, if it is there.
    package func deletePusher(appID: String, key: String, of user: Int64) async throws {
        try await database.write { context in
            try SettingQueries.deletePusher(appID: appID, key: key, of: user, in: context.connection)
        }
    }

    /// The pushers of a user, each as JSON text.
    package func pushers(of user: Int64) async throws -> [[UInt8]] {
        try await database.read { try SettingQueries.pushers(of: user, in: $0) }
    }

    /// Stores what a user says about being there.
    package func setPresence(_ state: Presence.State, message: String?, of user: Int64) async throws {
        guard (message?.utf8.count ?? 0) <= 1_000 else {
            throw RequestError.invalidParam("'status_msg' has at most 1000 bytes.")
        }
        let audience = try await sharing(with: user).union([user])
        try await database.write { [self] context in
            let presence = Presence(state: state, message: message, atMilliseconds: context.now)
            let position = publish(to: audience.sorted(), in: context)
            try SettingQueries.setPresence(presence, of: user, at: position, in: context.connection)
        }
    }

    /// What a user said about being there.
    package func presence(of user: Int64) async throws -> Presence? {
        try await database.read { try SettingQueries.presence(of: user, in: $0) }
    }

    /// Whether two users may know of each other's presence and keys: they are one, or share a room.
    package func isSharing(_ user: Int64, with other: Int64) async throws -> Bool {
        if user == other { return true }
        return try await database.read { try DeviceListQueries.isSharing(user, with: other, in: $0) }
    }

    /// Everybody who is in a room with a user.
    package func sharing(with user: Int64) async throws -> Set<Int64> {
        try await database.read { try DeviceListQueries.sharing(with: user, in: $0) }
    }
}
