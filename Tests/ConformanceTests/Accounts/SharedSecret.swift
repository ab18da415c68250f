import Basics
import Crypto
import Foundation

/// What a tool computes that registers users by the server's shared secret.
enum SharedSecret {
    /// HMAC-SHA1 of the parts with zero bytes between, in hexadecimal.
    static func mac(of parts: [String], secret: String) -> String { Hex.encode(bytes(of: parts, secret: secret)) }

    /// The same in base64, as TURN servers want it.
    static func base64(of parts: [String], secret: String) -> String {
        Data(bytes(of: parts, secret: secret)).base64EncodedString()
    }

    private static func bytes(of parts: [String], secret: String) -> [UInt8] {
        let bytes = Array(parts.map { Array($0.utf8) }.joined(separator: [0]))
        let key = SymmetricKey(data: Array(secret.utf8))
        return Array(HMAC<Insecure.SHA1>.authenticationCode(for: bytes, using: key))
    }
}
