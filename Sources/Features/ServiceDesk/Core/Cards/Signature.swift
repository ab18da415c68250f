import Basics
import Crypto
import Foundation

/// How requests between the shop's chat and its businesses prove who sent them: `v1=` and the hex HMAC-SHA256 (RFC 2104)
/// of the time, a dot and the body, under a secret that both know.
package struct RequestSignature: Sendable {
    private let key: SymmetricKey

    /// How old or early a request may be, in seconds.
    package static let tolerance: Int64 = 300

    package init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

    /// - Parameter seconds: the time that is sent along, in seconds since 1970.
    package func sign(_ body: [UInt8], at seconds: Int64) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.signed(body, seconds), using: key)
        return "v1=" + Hex.encode(Array(code))
    }

    /// Whether a request came from somebody who knows the secret, and lately. Compares in constant time.
    package func accepts(_ signature: String, _ body: [UInt8], at seconds: Int64, now: Int64) -> Bool {
        guard seconds >= now - Self.tolerance, seconds <= now + Self.tolerance, signature.hasPrefix("v1="),
            let code = Hex.decode(String(signature.dropFirst(3))), code.count == 32
        else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Self.signed(body, seconds), using: key)
    }

    private static func signed(_ body: [UInt8], _ seconds: Int64) -> Data { Data("\(seconds).".utf8) + Data(body) }
}
