internal import Basics
internal import CArgon2

/// Argon2id through libargon2, kept as PHC strings (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`).
///
/// Both functions take tens of milliseconds and as much memory as the cost says: call them on ``PasswordPool`` only.
enum Argon2 {
    private static let saltLength = 16
    private static let hashLength = 32

    /// The PHC string of a password with a fresh salt; `nil` if the cost is impossible or memory is short.
    static func hash(_ password: String, cost: PasswordCost) -> String? {
        let secret = Array(password.utf8)
        let salt = secureRandomBytes(saltLength)
        let length = argon2_encodedlen(
            cost.passes, cost.memoryKibibytes, cost.lanes, UInt32(saltLength), UInt32(hashLength), Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        let status = argon2id_hash_encoded(
            cost.passes, cost.memoryKibibytes, cost.lanes, secret, secret.count, salt, salt.count, hashLength,
            &encoded, length)
        guard status == ARGON2_OK.rawValue else { return nil }
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether a password belongs to a PHC string.
    static func verify(_ password: String, against encoded: String) -> Bool {
        let secret = Array(password.utf8)
        return argon2id_verify(encoded, secret, secret.count) == ARGON2_OK.rawValue
    }

    /// The cost with which a PHC string was made; `nil` if it is none of Argon2id, version 19.
    static func cost(of encoded: String) -> PasswordCost? {
        let parts = encoded.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[1] == "argon2id", parts[2] == "v=19" else { return nil }
        var numbers: [Substring: UInt32] = [:]
        for pair in parts[3].split(separator: ",") {
            let sides = pair.split(separator: "=")
            guard sides.count == 2, let number = UInt32(sides[1]) else { return nil }
            numbers[sides[0]] = number
        }
        guard let memory = numbers["m"], let passes = numbers["t"], let lanes = numbers["p"] else { return nil }
        return PasswordCost(memoryKibibytes: memory, passes: passes, lanes: lanes)
    }
}
