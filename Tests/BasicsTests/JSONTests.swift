import Basics
import Foundation
import Testing

@Suite struct JSONTests {
    /// A random value whose text every JSON reader must read the same way.
    private func value(_ random: inout SeededRandom, depth: Int = 0) -> JSON {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .int(Int64.random(in: -JSON.maximumInteger...JSON.maximumInteger, using: &random))
        case 3: .int(Int64.random(in: -20...20, using: &random))
        case 4: .string(text(&random))
        case 5: .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in value(&random, depth: depth + 1) })
        default: .object(object(&random, depth: depth))
        }
    }

    private func object(_ random: inout SeededRandom, depth: Int) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0..<25, using: &random) { object[text(&random)] = value(&random, depth: depth + 1) }
        return object
    }

    private func text(_ random: inout SeededRandom) -> String {
        let alphabet: [Character] = [
            "a", "Z", "0", "\"", "\\", "\n", "\u{1}", "/", "é", "预", "👍", "\u{7f}", "\u{2028}",
        ]
        return String(
            (0..<Int.random(in: 0..<8, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
    }

    @Test("what is written is read back the same, and Foundation agrees", arguments: [UInt64](1...20))
    func roundTrip(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let value = JSON.array([value(&random)])
            #expect(try JSON(parsing: value.encoded()) == value, "seed \(seed)")
            #expect(try JSON(parsing: value.canonical()) == value, "seed \(seed)")
            let theirs = try JSONSerialization.jsonObject(with: Data(value.encoded()))
            let ours = try JSONSerialization.jsonObject(with: Data(value.canonical()))
            #expect(theirs as? NSArray == ours as? NSArray, "seed \(seed)")
        }
    }

    @Test(
        "canonical JSON is that of the Matrix specification",
        arguments: [
            (#"{}"#, #"{}"#),
            (#"{ "one": 1, "two": "Two" }"#, #"{"one":1,"two":"Two"}"#),
            (#"{"b":"2","a":"1"}"#, #"{"a":"1","b":"2"}"#),
            (
                #"{"auth":{"success":true,"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"medium":"email"}]}}}"#,
                #"{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"medium":"email"}]},"success":true}}"#
            ),
            (#"{"a":"日本語"}"#, #"{"a":"日本語"}"#),
            (#"{"本":2,"日":1}"#, #"{"日":1,"本":2}"#),
            (#"{"a":"\u65E5"}"#, #"{"a":"日"}"#),
            (#"{"a":null}"#, #"{"a":null}"#),
            (#"{"a":-0,"b":"\u0001\t\/"}"#, #"{"a":0,"b":"\u0001\t/"}"#),
        ])
    func canonical(input: String, output: String) throws {
        #expect(String(decoding: try JSON(parsing: input).canonical(), as: UTF8.self) == output)
    }

    @Test(
        "text that is not acceptable JSON is refused with its reason",
        arguments: [
            ("", JSONError.Reason.syntax), ("{", .syntax), ("{}x", .syntax), ("[1,]", .syntax), ("{\"a\":1,}", .syntax),
            ("01", .syntax), ("-", .syntax), ("1.", .syntax), ("1e", .syntax), ("+1", .syntax), ("nul", .syntax),
            ("\"a", .syntax), ("\"\u{1}\"", .syntax), ("\"\\x\"", .syntax), ("'a'", .syntax), ("NaN", .syntax),
            ("\"\\ud800\"", .encoding), ("\"\\udc00\"", .encoding), ("{\"a\":1,\"a\":2}", .duplicateKey),
            ("9007199254740992", .numberRange), ("-9007199254740992", .numberRange), ("1e999", .numberRange),
            ("123456789012345678901234567890", .numberRange),
        ])
    func refused(text: String, reason: JSONError.Reason) {
        #expect { try JSON(parsing: text) } throws: { ($0 as? JSONError)?.reason == reason }
    }

    @Test("limits hold: size, depth, fractions, invalid UTF-8")
    func limits() {
        #expect { try JSON(parsing: Array("[1]".utf8), limits: JSONLimits(maximumBytes: 2)) } throws: {
            ($0 as? JSONError)?.reason == .tooLarge
        }
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect { try JSON(parsing: deep) } throws: { ($0 as? JSONError)?.reason == .tooDeep }
        #expect { try JSON(parsing: "[1.5]", limits: JSONLimits(allowsFloats: false)) } throws: {
            ($0 as? JSONError)?.reason == .float
        }
        #expect { try JSON(parsing: [0x22, 0xFF, 0x22]) } throws: { ($0 as? JSONError)?.reason == .encoding }
    }

    @Test("mutated texts never trap, and what is read is written and read again the same", arguments: [UInt64](1...10))
    func mutations(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            var bytes = value(&random).encoded()
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if let read = try? JSON(parsing: bytes) {
                #expect(try JSON(parsing: read.encoded()) == read, "seed \(seed)")
            }
        }
    }

    @Test("an object of 100,000 keys is read in linear time and finds its keys")
    func manyKeys() throws {
        let text = "{" + (0..<100_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
        let object = try #require(try JSON(parsing: text, limits: JSONLimits(maximumBytes: 1 << 24)).objectValue)
        #expect(object.count == 100_000)
        #expect(object["k77777"] == 77_777)
        #expect(object["k100000"] == nil)
    }

    @Test("keys that differ in bytes are two keys, though Swift's strings call them equal", arguments: [2, 40])
    func keysByBytes(_ size: Int) throws {
        let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
        #expect(composed == decomposed)
        let filler = (2..<size).map { "\"k\($0)\":\($0)" }
        let members = ["\"\(composed)\":0", "\"\(decomposed)\":1"] + filler
        var object = try #require(try JSON(parsing: "{\(members.joined(separator: ","))}").objectValue)
        #expect(object.count == size)
        #expect(object[composed] == 0)
        #expect(object[decomposed] == 1)
        object[decomposed] = nil
        #expect(object[composed] == 0)
        #expect(object[decomposed] == nil)
        object[decomposed] = 2
        #expect(object.count == size)
        #expect(throws: JSONError.self) { try JSON(parsing: "{\"\(composed)\":0,\"\(composed)\":1}") }
    }
}
