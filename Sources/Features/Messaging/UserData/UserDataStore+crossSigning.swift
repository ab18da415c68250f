package import Accounts
package import Basics
import Storage

/// The three keys with which users vouch for devices and each other.
package enum CrossSigningKind: String, Sendable, CaseIterable {
    case master
    case selfSigning = "self_signing"
    case userSigning = "user_signing"
}

extension UserDataStore {
    /// Whether a user has a master key, so that replacing it needs the password.
    package func hasMasterKey(_ user: Int64) async throws -> Bool {
        try await database.read { [self] in try crossSigningKey(.master, of: user, in: $0) != nil }
    }

    /// Stores cross-signing keys. Refuses with `M_INVALID_SIGNATURE`, `M_MISSING_PARAM` or `M_BAD_JSON`.
    package func uploadCrossSigningKeys(_ body: JSONObject, by session: Session) async throws {
        let user = session.user.text
        var keys: [(kind: CrossSigningKind, object: SignedObject)] = []
        for kind in CrossSigningKind.allCases {
            guard let value = body["\(kind.rawValue)_key"], !value.isNull else { continue }
            keys.append((kind, try Self.crossSigningKey(value, kind, of: user)))
        }
        let uploaded = keys
        try await database.write { [self] context in
            try store(uploaded, of: session.userNumber, named: user, in: context)
        }
    }

    private static func crossSigningKey(
        _ json: JSON, _ kind: CrossSigningKind, of user: String
    ) throws(RequestError) -> SignedObject {
        guard let object = json.objectValue, object["user_id"]?.stringValue == user,
            object["usage"]?.arrayValue?.contains(.string(kind.rawValue)) == true,
            SignedObject(object: object).publicKey != nil
        else { throw .badJSON("'\(kind.rawValue)_key' needs 'user_id', 'usage' and exactly one key.") }
        return SignedObject(object: object)
    }

    private func store(
        _ keys: [(kind: CrossSigningKind, object: SignedObject)], of user: Int64, named name: String,
        in context: WriteContext
    ) throws {
        let stored = try crossSigningKey(.master, of: user, in: context.connection).map(SignedObject.init)
        let master = keys.first { $0.kind == .master }?.object ?? stored
        guard let masterKey = master?.publicKey else {
            throw RequestError.missingParam("A master key is needed before the other keys.")
        }
        var isNew = false
        for (kind, key) in keys {
            if kind != .master {
                guard let signature = key.signature(of: name, key: "ed25519:\(masterKey)"),
                    key.isSigned(signature, by: masterKey)
                else { throw Self.invalidSignature("The \(kind.rawValue) key is not signed by the master key.") }
            }
            let known = try crossSigningKey(kind, of: user, in: context.connection)
            guard known != key.object else { continue }
            isNew = true
            let text = String(decoding: JSON.object(key.object).canonical(), as: UTF8.self)
            try KeyQueries.set(
                text, of: user, device: "", kind: .crossSigning, id: kind.rawValue, in: context.connection)
        }
        if isNew { try noteKeyChange(of: user, in: context) }
    }

    func crossSigningKey(
        _ kind: CrossSigningKind, of user: Int64, in connection: Connection
    ) throws -> JSONObject? {
        let body = try KeyQueries.key(of: user, device: "", kind: .crossSigning, id: kind.rawValue, in: connection)
        return try body.flatMap { try JSON(parsing: $0, limits: .stored).objectValue }
    }

    static func invalidSignature(_ message: String) -> RequestError {
        RequestError(status: 400, code: "M_INVALID_SIGNATURE", message: message)
    }
}

/// Signatures that are added to keys.
extension UserDataStore {
    /// Stores signatures by the caller on keys of users; returns what was refused, by user and key.
    package func uploadSignatures(_ body: JSONObject, by session: Session) async throws -> JSON {
        var entries: [(user: String, target: String, object: SignedObject)] = []
        for (user, targets) in body {
            guard let targets = targets.objectValue else { throw RequestError.badJSON("Signatures stand by user.") }
            for (target, object) in targets {
                guard let object = object.objectValue else { throw RequestError.badJSON("A key is an object.") }
                entries.append((user, target, SignedObject(object: object)))
            }
        }
        let uploaded = entries
        let failures = try await database.write { [self] context -> JSONObject in
            var failures: JSONObject = [:]
            var signed: Set<Int64> = []
            for entry in uploaded {
                do {
                    signed.insert(try add(entry.object, on: entry.user, entry.target, session, in: context))
                } catch let error as RequestError {
                    var ofUser = failures[entry.user]?.objectValue ?? [:]
                    ofUser[entry.target] = ["errcode": .string(error.code), "error": .string(error.message)]
                    failures[entry.user] = .object(ofUser)
                }
            }
            for user in signed.sorted() { try noteKeyChange(of: user, in: context) }
            return failures
        }
        return ["failures": .object(failures)]
    }

    private func add(
        _ object: SignedObject, on name: String, _ target: String, _ session: Session, in context: WriteContext
    ) throws -> Int64 {
        guard let user = try localUser(name, in: context.connection),
            let stored = try storedKey(target, of: user, in: context.connection)
        else { throw RequestError.notFound("There is no such key.") }
        guard object.signedBytes == stored.signedBytes else {
            throw Self.invalidSignature("What was signed is not the key that is stored.")
        }
        let signatures = object.signatures(of: session.user.text)
        guard !signatures.isEmpty else { throw Self.invalidSignature("There is no signature by the sender.") }
        for (keyID, text) in signatures {
            guard let publicKey = try signingKey(keyID, of: session, in: context.connection),
                object.isSigned(text, by: publicKey)
            else { throw Self.invalidSignature("The signature by \(keyID) is not valid.") }
            try SignatureQueries.set(
                .init(target: target, signer: session.userNumber, keyID: keyID, text: text), on: user,
                in: context.connection)
        }
        return user
    }

    /// The key of a user that is named by a device id or by the public key of a cross-signing key.
    private func storedKey(_ target: String, of user: Int64, in connection: Connection) throws -> SignedObject? {
        if let body = try KeyQueries.key(of: user, device: target, kind: .device, id: "", in: connection) {
            return try JSON(parsing: body, limits: .stored).objectValue.map(SignedObject.init)
        }
        for kind in CrossSigningKind.allCases {
            guard let object = try crossSigningKey(kind, of: user, in: connection) else { continue }
            let key = SignedObject(object: object)
            if key.publicKey == target { return key }
        }
        return nil
    }

    /// The public key behind a key id of the caller: a device's or a cross-signing one.
    private func signingKey(_ keyID: String, of session: Session, in connection: Connection) throws -> String? {
        guard keyID.hasPrefix("ed25519:") else { return nil }
        let name = String(keyID.dropFirst("ed25519:".count))
        let user = session.userNumber
        if let body = try KeyQueries.key(of: user, device: name, kind: .device, id: "", in: connection) {
            return try JSON(parsing: body, limits: .stored)["keys"]?[keyID]?.stringValue
        }
        for kind in CrossSigningKind.allCases {
            let key = try crossSigningKey(kind, of: user, in: connection).map(SignedObject.init)
            if key?.publicKey == name { return name }
        }
        return nil
    }
}
