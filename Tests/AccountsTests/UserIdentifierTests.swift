import Basics
import Testing

@testable import Accounts

@Suite("User ids and server names")
struct UserIdentifierTests {
    @Test(
        "An id splits at its first colon and is written back as it came",
        arguments: [
            ("@alice:shop.example", "alice", "shop.example"), ("@a:b:8448", "a", "b:8448"),
            ("@v.abcdefgh234567zz:10.0.0.1", "v.abcdefgh234567zz", "10.0.0.1"),
            ("@x:[::1]:8008", "x", "[::1]:8008"), ("@Old Name!:shop", "Old Name!", "shop"),
            ("@größe:shop", "größe", "shop"), ("@:shop", "", "shop"),
        ])
    func splits(text: String, localpart: String, server: String) throws {
        let id = try UserIdentifier(parsing: text)
        #expect(id.localpart == localpart)
        #expect(id.serverName == server)
        #expect(id.text == text)
    }

    @Test(
        "What is no user id is refused",
        arguments: [
            "", "@", "alice", "alice:shop", "@alice", "@alice:", "@alice:sh op", "@a:b:", "@a:b:123456", "@a:b:c",
            "@a:[::1", "@a:[]", "@a:[x::]", "@a\u{0}b:shop", "!room:shop",
            "@\(String(repeating: "a", count: 250)):shop",
        ])
    func refuses(text: String) {
        #expect(throws: RequestError.self) { try UserIdentifier(parsing: text) }
    }

    @Test("New localparts hold only the letters of the specification")
    func strictLocalparts() {
        for good in ["a", "alice", "a.b_c=d-e/f+1"] { #expect(Localpart.isValid(good, serverName: "shop")) }
        for bad in ["", "Alice", "al ice", "é", "a:b", "a@b", "a%20", String(repeating: "a", count: 250)] {
            #expect(!Localpart.isValid(bad, serverName: "shop"), "\(bad)")
        }
    }

    @Test("People cannot choose names that look like the server's own")
    func reserved() {
        for name in ["v.me", "s.boss", "r.bot", "g.x", "_svc", "12345", "shop", "shop-2"] {
            #expect(!Localpart.isChoosable(name))
        }
        for name in ["vera", "s", "12a", "robot", "shopper"] { #expect(Localpart.isChoosable(name)) }
    }

    @Test("Generated localparts have the form of their kind, are valid and differ", arguments: UserKind.allCases)
    func generated(kind: UserKind) {
        let names = (0..<200).map { _ in Localpart.generated(for: kind) }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { Localpart.isValid($0, serverName: "shop.example") })
        let lengths: [UserKind: Int] = [.visitor: 18, .staff: 12, .robot: 18, .guest: 18, .member: 17]
        #expect(names.allSatisfy { $0.utf8.count == lengths[kind] })
    }

    @Test("Random bytes never make the parser trap, and what it takes it gives back")
    func randomTexts() {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("@:[]a.0-\u{0}é ".unicodeScalars)
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...12, using: &random)
            var text = ""
            for _ in 0..<count { text.unicodeScalars.append(alphabet.randomElement(using: &random) ?? "a") }
            guard let id = try? UserIdentifier(parsing: text) else { continue }
            #expect(id.text == text)
        }
    }
}
