package import Accounts
package import Basics
import Storage

/// Keys of devices: upload and claim.
extension UserDataStore {
    /// How many one-time keys a device may leave here.
    static let maximumOneTimeKeys: Int64 = 1_000
    private static let maximumKeyBytes = 65_536
    /// How many keys one request may claim.
    private static let maximumClaims = 5_000

    /// Stores keys of a device and returns how many one-time keys it has left.
    package func uploadKeys(_ body: JSONObject, by session: Session) async throws -> JSON {
        let device = try body["device_keys"].map { try Self.deviceKeys($0, session) }
        let oneTime = try Self.keys(in: body, "one_time_keys")
        let fallback = try Self.keys(in: body, "fallback_keys")
        let counts = try await database.write { [self] context in
            let (user, id, connection) = (session.userNumber, session.deviceID, context.connection)
            if let device { try storeDeviceKeys(device, session, in: context) }
            for key in oneTime { try storeOneTimeKey(key, session, in: context) }
            for algorithm in Set(fallback.map { KeyQueries.algorithm(of: $0.id) }) {
                try KeyQueries.deleteFallbackKeys(of: user, device: id, algorithm: algorithm, in: connection)
            }
            for key in fallback {
                try KeyQueries.set(key.body, of: user, device: id, kind: .fallback, id: key.id, in: connection)
            }
            let counts = try KeyQueries.oneTimeKeyCounts(of: user, device: id, in: connection)
            guard counts.values.reduce(0, +) <= Self.maximumOneTimeKeys else {
                throw RequestError.forbidden("A device has at most \(Self.maximumOneTimeKeys) one-time keys.")
            }
            return counts
        }
        let sorted = counts.sorted { $0.key < $1.key }
        return ["one_time_key_counts": .object(sorted.reduce(into: [:]) { $0[$1.key] = .int($1.value) })]
    }

    private static func deviceKeys(_ json: JSON, _ session: Session) throws(RequestError) -> String {
        guard json.objectValue != nil, json["keys"]?.objectValue != nil, json["algorithms"]?.arrayValue != nil else {
            throw .badJSON("'device_keys' needs 'algorithms' and 'keys'.")
        }
        guard json["user_id"]?.stringValue == session.user.text, json["device_id"]?.stringValue == session.deviceID
        else { throw .invalidParam("'device_keys' must be those of the device that sends them.") }
        let text = String(decoding: json.canonical(), as: UTF8.self)
        guard text.utf8.count <= maximumKeyBytes else { throw .tooLarge("'device_keys' is too large.") }
        return text
    }

    private static func keys(in body: JSONObject, _ name: String) throws(RequestError) -> [(id: String, body: String)] {
        guard let value = body[name], !value.isNull else { return [] }
        guard let object = value.objectValue else { throw .badJSON("'\(name)' must be an object.") }
        guard object.count <= maximumOneTimeKeys else {
            throw .forbidden("A device has at most \(maximumOneTimeKeys) one-time keys.")
        }
        var keys: [(id: String, body: String)] = []
        for (id, key) in object {
            guard id.contains(":"), id.utf8.count <= 255, key.stringValue != nil || key.objectValue != nil else {
                throw .badJSON("'\(name)' holds texts or objects under 'algorithm:id'.")
            }
            let text = String(decoding: key.canonical(), as: UTF8.self)
            guard text.utf8.count <= maximumKeyBytes else { throw .tooLarge("The key \(id) is too large.") }
            keys.append((id, text))
        }
        return keys
    }

    private func storeDeviceKeys(_ body: String, _ session: Session, in context: WriteContext) throws {
        let (user, id) = (session.userNumber, session.deviceID)
        let known = try KeyQueries.key(of: user, device: id, kind: .device, id: "", in: context.connection)
        if known.map({ $0 == Array(body.utf8) }) ?? false { return }
        try KeyQueries.set(body, of: user, device: id, kind: .device, id: "", in: context.connection)
        try noteKeyChange(of: user, in: context)
    }

    private func storeOneTimeKey(
        _ key: (id: String, body: String), _ session: Session, in context: WriteContext
    ) throws {
        let (user, device, connection) = (session.userNumber, session.deviceID, context.connection)
        if let known = try KeyQueries.key(of: user, device: device, kind: .oneTime, id: key.id, in: connection) {
            guard known == Array(key.body.utf8) else {
                throw RequestError.invalidParam("There is another one-time key \(key.id) already.")
            }
            return
        }
        try KeyQueries.set(key.body, of: user, device: device, kind: .oneTime, id: key.id, in: connection)
    }

    /// Takes one key of each wished device; each one-time key is given out once, then the fallback key serves.
    package func claimKeys(_ wishes: JSONObject) async throws -> JSON {
        let wanted = try Self.claims(in: wishes)
        let found = try await database.write { [self] context -> [(Claim, KeyQueries.Key)] in
            var found: [(Claim, KeyQueries.Key)] = []
            var owners: Set<Int64> = []
            for claim in wanted {
                guard let user = try localUser(claim.user, in: context.connection) else { continue }
                guard let key = try take(claim, of: user, in: context.connection) else { continue }
                owners.insert(user)
                found.append((claim, key))
            }
            // The owners' devices hear how many keys are left.
            if !owners.isEmpty { publish(to: owners.sorted(), in: context) }
            return found
        }
        var users: JSONObject = [:]
        for (claim, key) in found {
            var devices = users[claim.user]?.objectValue ?? [:]
            devices[claim.device] = .object([key.id: try JSON(parsing: key.body, limits: .stored)])
            users[claim.user] = .object(devices)
        }
        return ["one_time_keys": .object(users), "failures": [:]]
    }

    private struct Claim: Sendable {
        let user: String
        let device: String
        let algorithm: String
    }

    private static func claims(in wishes: JSONObject) throws(RequestError) -> [Claim] {
        guard let users = wishes["one_time_keys"]?.objectValue else {
            throw .badJSON("'one_time_keys' must be an object.")
        }
        var claims: [Claim] = []
        for (user, devices) in users {
            guard let devices = devices.objectValue else { throw .badJSON("'one_time_keys' holds an object a user.") }
            for (device, algorithm) in devices {
                guard let algorithm = algorithm.stringValue else { throw .badJSON("An algorithm must be a string.") }
                claims.append(Claim(user: user, device: device, algorithm: algorithm))
                guard claims.count <= maximumClaims else {
                    throw .tooLarge("One request claims at most \(maximumClaims) keys.")
                }
            }
        }
        return claims
    }

    private func take(_ claim: Claim, of user: Int64, in connection: Connection) throws -> KeyQueries.Key? {
        let algorithm = claim.algorithm
        if let key = try KeyQueries.takeOneTimeKey(
            of: user, device: claim.device, algorithm: algorithm, in: connection)
        {
            return key
        }
        return try KeyQueries.useFallbackKey(of: user, device: claim.device, algorithm: algorithm, in: connection)
    }
}
