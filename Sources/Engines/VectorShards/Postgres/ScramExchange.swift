internal import Crypto
internal import Foundation

/// The proof that one knows a password, without telling it (SCRAM-SHA-256; RFC 5802, RFC 7677).
struct ScramExchange {
    static let mechanism = "SCRAM-SHA-256"
    /// A server that asks for more rounds wants to keep us busy.
    static let mostRounds = 1_000_000

    private let user: String
    private let password: String
    private let nonce: String
    private var expected: [UInt8] = []

    /// Begins a proof.
    ///
    /// - Parameter nonce: printable characters without a comma that nobody can foresee.
    init(user: String = "", password: String, nonce: String) throws {
        guard password.utf8.allSatisfy({ (32...126).contains($0) }) else {
            throw VectorStoreError.address("a password of other than ASCII characters is not supported")
        }
        (self.user, self.password, self.nonce) = (user, password, nonce)
    }

    /// Characters that nobody can foresee.
    static func freshNonce() -> String {
        SymmetricKey(size: .init(bitCount: 144)).withUnsafeBytes { Data($0).base64EncodedString() }
    }

    // PostgreSQL takes the user's name from the first message of all, and none from here.
    private var bare: String { "n=\(user),r=\(nonce)" }

    /// What we say first.
    var first: [UInt8] { Array("n,,\(bare)".utf8) }

    /// What we say to the server's first words.
    mutating func answer(to challenge: [UInt8]) throws -> [UInt8] {
        let text = String(decoding: challenge, as: UTF8.self)
        let fields = Self.fields(text)
        guard let theirs = fields["r"], theirs.hasPrefix(nonce), theirs.count > nonce.count,
            let salt = fields["s"].flatMap({ Data(base64Encoded: $0) }),
            let rounds = fields["i"].flatMap({ Int($0) }), (1...Self.mostRounds).contains(rounds)
        else { throw VectorStoreError.unreadable("the server's part of the password's proof makes no sense") }
        let salted = Self.salted(password, salt: salt, rounds: rounds)
        let end = "c=biws,r=\(theirs)"
        let said = Data("\(bare),\(text),\(end)".utf8)
        let clientKey = Self.code(salted, Data("Client Key".utf8))
        let signature = Self.code(Data(SHA256.hash(data: clientKey)), said)
        expected = Array(Self.code(Self.code(salted, Data("Server Key".utf8)), said))
        let proof = Data(zip(clientKey, signature).map { $0 ^ $1 })
        return Array("\(end),p=\(proof.base64EncodedString())".utf8)
    }

    /// Whether the server's last words show that it knows the password too.
    func isProven(by last: [UInt8]) -> Bool {
        let fields = Self.fields(String(decoding: last, as: UTF8.self))
        guard let proof = fields["v"].flatMap({ Data(base64Encoded: $0) }), !expected.isEmpty else { return false }
        return Array(proof) == expected
    }

    /// The values of `a=x,b=y`.
    private static func fields(_ text: String) -> [Character: String] {
        var fields: [Character: String] = [:]
        for part in text.split(separator: ",") where part.dropFirst().first == "=" {
            if let name = part.first { fields[name] = String(part.dropFirst(2)) }
        }
        return fields
    }

    private static func code(_ key: Data, _ message: Data) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }

    /// Hi(password, salt, rounds) of RFC 5802, section 2.2.
    private static func salted(_ password: String, salt: Data, rounds: Int) -> Data {
        let key = Data(password.utf8)
        var last = code(key, salt + [0, 0, 0, 1])
        var sum = Array(last)
        for _ in 1..<rounds {
            last = code(key, last)
            for (place, byte) in last.enumerated() { sum[place] ^= byte }
        }
        return Data(sum)
    }
}
