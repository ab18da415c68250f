import Basics
import Testing

@testable import Server

@Suite("Registration files of application services")
struct RegistrationTextTests {
    @Test("are read as JSON and as YAML with the same result")
    func forms() throws {
        let yaml = """
            ---
            id: "bridge"   # its name
            url: http://127.0.0.1:9000
            as_token: 'it''s'
            rate_limited: false
            level: 50
            nothing:
            protocols: [irc, "x:y"]
            namespaces:
              users:
                - exclusive: true
                  regex: "@irc_.*"
                -
                  exclusive: false
                  regex: '@a: b#c'
              aliases: []
              rooms:
              - regex: '!.*'
                exclusive: false
            """
        let json = """
            {"id": "bridge", "url": "http://127.0.0.1:9000", "as_token": "it's", "rate_limited": false, "level": 50,
             "nothing": null, "protocols": ["irc", "x:y"], "namespaces": {
               "users": [{"exclusive": true, "regex": "@irc_.*"}, {"exclusive": false, "regex": "@a: b#c"}],
               "aliases": [], "rooms": [{"regex": "!.*", "exclusive": false}]}}
            """
        #expect(try RegistrationText.parse(yaml) == RegistrationText.parse(json))
    }

    @Test(
        "are refused with the line where they cannot be read",
        arguments: [
            ("a: &anchor x", 1), ("a: 1\na: 2", 2), ("a: |\n  text", 1), ("a:\n\tb: 1", 2), ("a: \"open", 1),
            ("a: 1\n   b: 2", 2), ("just words", 1), ("a: 'x' y", 1), ("a: [[1]]", 1), ("a: {b: c}", 1), ("", 1),
            ("- a\nb: c", 2), ("a:\n  -", 2),
        ])
    func faults(_ text: String, _ line: Int) throws {
        let fault = #expect(throws: RegistrationText.Fault.self) { try RegistrationText.parse(text) }
        #expect(fault?.line == line)
    }

    @Test("never trap, whatever bytes they hold", arguments: 0..<200)
    func anything(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let parts = ["a", ":", " ", "\n", "- ", "'", "\"", "[", "]", "{", "}", "#", "\\", "  ", "b: c", ",", "\r", "é"]
        let text = (0..<40).map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined()
        _ = try? RegistrationText.parse(text)
    }
}
