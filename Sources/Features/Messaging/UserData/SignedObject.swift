import Basics
import Crypto
import Foundation

/// A JSON object with signatures, as keys are exchanged (Matrix appendices, "Signing JSON").
struct SignedObject: Sendable {
    let object: JSONObject

    /// What is signed: the canonical form without `signatures` and `unsigned`.
    var signedBytes: [UInt8] {
        var rest = object
        rest["signatures"] = nil
        rest["unsigned"] = nil
        return JSON.object(rest).canonical()
    }

    /// The signature of a user's key, e.g. `ed25519:DEVICE`.
    func signature(of user: String, key: String) -> String? {
        object["signatures"]?[user]?[key]?.stringValue
    }

    /// The signatures of a user, by key.
    func signatures(of user: String) -> [(key: String, text: String)] {
        (object["signatures"]?[user]?.objectValue ?? [:]).compactMap { entry in
            entry.value.stringValue.map { (entry.key, $0) }
        }
    }

    /// The only public key of a cross-signing key.
    var publicKey: String? {
        guard let keys = object["keys"]?.objectValue, keys.count == 1 else { return nil }
        return keys.first { _ in true }?.value.stringValue
    }

    /// Whether a signature was made with the secret of an Ed25519 public key; both as unpadded base64.
    func isSigned(_ signature: String, by publicKey: String) -> Bool {
        guard let key = Self.bytes(publicKey), let signed = Self.bytes(signature),
            let verifier = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
        else { return false }
        return verifier.isValidSignature(signed, for: signedBytes)
    }

    private static func bytes(_ text: String) -> Data? {
        let bare = text.prefix { $0 != "=" }
        return Data(base64Encoded: bare + String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4))
    }
}
