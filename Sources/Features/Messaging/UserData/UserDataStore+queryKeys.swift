package import Accounts
package import Basics
import Storage

/// Keys as others see them.
extension UserDataStore {
    /// The answer to `keys/query`: the devices and cross-signing keys of users of this server.
    package func queryKeys(_ wishes: JSONObject, by session: Session) async throws -> JSON {
        guard let users = wishes["device_keys"]?.objectValue else {
            throw RequestError.badJSON("'device_keys' must be an object.")
        }
        var wanted: [(user: String, devices: Set<String>)] = []
        for (user, devices) in users {
            guard let ids = devices.arrayValue?.compactMap(\.stringValue) else {
                throw RequestError.badJSON("'device_keys' holds a list of device ids a user.")
            }
            wanted.append((user, Set(ids)))
        }
        let wishes = wanted
        return try await database.read { [self] connection in
            var reply = KeyReply()
            for wish in wishes { try add(wish.user, only: wish.devices, to: &reply, for: session, in: connection) }
            return reply.json
        }
    }

    private struct KeyReply {
        var devices: JSONObject = [:]
        var crossSigning: [String: JSONObject] = [:]
        var failures: JSONObject = [:]

        var json: JSON {
            var object: JSONObject = ["device_keys": .object(devices), "failures": .object(failures)]
            for kind in CrossSigningKind.allCases {
                object["\(kind.rawValue)_keys"] = .object(crossSigning[kind.rawValue] ?? [:])
            }
            return .object(object)
        }
    }

    private func add(
        _ name: String, only ids: Set<String>, to reply: inout KeyReply, for session: Session,
        in connection: Connection
    ) throws {
        guard let identifier = try? UserIdentifier(parsing: name) else { return }
        guard identifier.serverName == accounts.serverName else {
            reply.failures[identifier.serverName] = [:]
            return
        }
        guard let user = try accounts.user(localpart: identifier.localpart, on: connection)?.number else { return }
        let viewer = session.userNumber
        let signatures = try SignatureQueries.signatures(on: user, seenBy: viewer, in: connection)
        let names = try accounts.devices(of: user, on: connection).reduce(into: [:]) {
            $0[$1.deviceID] = $1.displayName
        }
        var devices: JSONObject = [:]
        for key in try KeyQueries.keys(of: user, kind: .device, in: connection)
        where ids.isEmpty || ids.contains(key.device) {
            var body = try signed(key.body, signatures.filter { $0.target == key.device }, in: connection)
            if user == viewer || session.kind == .member || session.kind == .staff, let name = names[key.device] {
                body["unsigned"] = ["device_display_name": .string(name)]
            }
            devices[key.device] = .object(body)
        }
        reply.devices[name] = .object(devices)
        for kind in CrossSigningKind.allCases where kind != .userSigning || user == viewer {
            guard let body = try crossSigningKey(kind, of: user, in: connection) else { continue }
            let target = SignedObject(object: body).publicKey ?? ""
            let added = signatures.filter { $0.target == target }
            let complete = try signed(JSON.object(body).encoded(), added, in: connection)
            reply.crossSigning[kind.rawValue, default: [:]][name] = .object(complete)
        }
    }

    /// A key with signatures that were added later.
    private func signed(
        _ body: [UInt8], _ added: [SignatureQueries.Signature], in connection: Connection
    ) throws -> JSONObject {
        var object = try JSON(parsing: body, limits: .stored).objectValue ?? [:]
        guard !added.isEmpty else { return object }
        var all = object["signatures"]?.objectValue ?? [:]
        for signature in added {
            guard let signer = try accounts.user(number: signature.signer, on: connection)?.identifier.text else {
                continue
            }
            var ofSigner = all[signer]?.objectValue ?? [:]
            ofSigner[signature.keyID] = .string(signature.text)
            all[signer] = .object(ofSigner)
        }
        object["signatures"] = .object(all)
        return object
    }
}
