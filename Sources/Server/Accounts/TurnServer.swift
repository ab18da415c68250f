import Basics
import Crypto
import Foundation

/// The TURN servers of the operator, and passwords for them that last a day.
///
/// The user name holds the end of its life, and the password is an HMAC of the user name under a secret that the TURN
/// server shares (draft-uberti-behave-turn-rest-00, as coturn's `use-auth-secret` has it).
struct TurnServer: Sendable {
    let uris: [String]
    let secret: String?
    static let lifetimeSeconds: Int64 = 86_400

    /// What `voip/turnServer` answers; an empty object where no server is set.
    func credentials(for user: String, at now: Int64) -> JSON {
        guard let secret, !uris.isEmpty else { return [:] }
        let name = "\(now / 1_000 + Self.lifetimeSeconds):\(user)"
        let key = SymmetricKey(data: Data(secret.utf8))
        let mac = HMAC<Insecure.SHA1>.authenticationCode(for: Data(name.utf8), using: key)
        return [
            "username": .string(name), "password": .string(Data(mac).base64EncodedString()),
            "ttl": .int(Self.lifetimeSeconds), "uris": .array(uris.map(JSON.string)),
        ]
    }
}
