internal import Basics
internal import Crypto

/// A secret that its owner shows to be let in. Only the SHA-256 of it is ever stored.
struct SecretToken: Sendable {
    let text: String
    var hash: [UInt8] { Self.hash(of: text) }

    /// A new secret of 256 random bits.
    static func fresh() -> SecretToken { SecretToken(text: "vit_" + Base64URL.encode(secureRandomBytes(32))) }

    static func hash(of text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }
}

/// Compares two byte strings in a time that does not tell where they differ.
func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
