import Basics
import Server
import Testing

@Suite("Paths and queries are decoded once, segment by segment")
struct RequestPathTests {
    @Test(
        "segments are split before they are decoded",
        arguments: [
            ("/a/b", ["a", "b"]),
            ("/rooms/!abc:shop.example/state", ["rooms", "!abc:shop.example", "state"]),
            ("/rooms/%21abc%3Ashop.example", ["rooms", "!abc:shop.example"]),
            ("/state/m.type/a%2Fb%2fc", ["state", "m.type", "a/b/c"]),
            ("/user/%40anna:s?x=/y/z", ["user", "@anna:s"]),
            ("/a+b/%2B", ["a+b", "+"]),
            ("/state/m.room.name/", ["state", "m.room.name"]),
            ("/%E4%BD%A0%E5%A5%BD", ["你好"]),
            ("/%2525", ["%25"]),
            ("/", []),
        ])
    func segments(target: String, expected: [String]) throws {
        #expect(try RequestPath(target).segments == expected)
    }

    @Test(
        "broken paths are refused with a Matrix code",
        arguments: [
            ("", "M_UNRECOGNIZED"), ("x", "M_UNRECOGNIZED"), ("//", "M_UNRECOGNIZED"), ("/a//b", "M_UNRECOGNIZED"),
            ("http://h/a", "M_UNRECOGNIZED"), ("/%", "M_INVALID_PARAM"), ("/%4", "M_INVALID_PARAM"),
            ("/%zz", "M_INVALID_PARAM"), ("/%FF", "M_INVALID_PARAM"), ("/%C3", "M_INVALID_PARAM"),
            ("/%ED%A0%80", "M_INVALID_PARAM"), ("/a%00b", "M_INVALID_PARAM"),
        ])
    func broken(target: String, code: String) {
        let error = #expect(throws: RequestError.self) { try RequestPath(target) }
        #expect(error?.code == code)
    }

    @Test("random bytes never trap, and what decodes is text without zero bytes")
    func randomBytes() {
        var random = SeededRandom(seed: 7)
        var faults: [String] = []
        let alphabet = Array("/%0aF\u{0}+?é".utf8) + [0xFF, 0xC3]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let target = "/" + String(decoding: bytes, as: UTF8.self)
            let segments = (try? RequestPath(target))?.segments ?? []
            if segments.contains(where: { $0.isEmpty || $0.utf8.contains(0) }) { faults.append(target) }
            _ = try? Query(target: target)
        }
        #expect(faults.isEmpty)
    }

    @Test("a query gives first values, all values, numbers and truth values")
    func queries() throws {
        let query = try Query(target: "/s?via=a&via=b%20c&limit=900&full=true&empty=&flag&plus=a+b&eq=a=b")
        #expect(query["via"] == "a")
        #expect(query.all("via") == ["a", "b c"])
        #expect(try query.integer("limit", clampedTo: 1...100) == 100)
        #expect(try query.integer("absent", clampedTo: 1...100) == nil)
        #expect(try query.bool("full"))
        #expect(try query.bool("absent") == false)
        #expect(query["empty"] == "")
        #expect(query["flag"] == "")
        #expect(query["plus"] == "a b")
        #expect(query["eq"] == "a=b")
        #expect(query["nothing"] == nil)
    }

    @Test(
        "queries that make no sense are refused",
        arguments: ["/s?a=%", "/s?a=%FF", "/s?%0=1", "/s?" + String(repeating: "a=1&", count: 101)])
    func brokenQueries(target: String) {
        #expect(throws: RequestError.self) { try Query(target: target) }
    }

    @Test("numbers and truth values of the wrong kind are refused by name")
    func wrongKinds() throws {
        let query = try Query(target: "/s?limit=ten&full=yes&big=99999999999999999999")
        #expect(throws: RequestError.self) { try query.integer("limit", clampedTo: 1...100) }
        #expect(throws: RequestError.self) { try query.integer("big", clampedTo: 1...100) }
        let error = #expect(throws: RequestError.self) { try query.bool("full") }
        #expect(error?.message.contains("'full'") == true)
        #expect(throws: RequestError.self) { try query.require("absent") }
    }
}
