import Basics
import Testing

@testable import Messaging

@Suite("Event limits")
struct EventLimitsTests {
    private func refusal(
        type: String = "x.y", stateKey: String? = nil, sender: String = "@a:b", _ content: JSONObject
    ) -> RequestError? {
        do throws(RequestError) {
            _ = try EventLimits.check(type: type, stateKey: stateKey, sender: sender, content: content)
            return nil
        } catch { return error }
    }

    @Test("An ordinary message passes as canonical JSON")
    func ordinary() throws {
        let canonical = try EventLimits.check(
            type: "m.room.message", stateKey: nil, sender: "@a:b", content: ["msgtype": "m.text", "body": "你好"])
        #expect(String(decoding: canonical, as: UTF8.self) == #"{"body":"你好","msgtype":"m.text"}"#)
    }

    @Test("A message needs a kind and a body of text", arguments: ["msgtype", "body"], [JSON.null, 1, [:], []])
    func message(key: String, value: JSON) {
        var content: JSONObject = ["msgtype": "m.text", "body": "x"]
        content[key] = value
        #expect(refusal(type: "m.room.message", content)?.code == "M_BAD_JSON")
        content[key] = nil
        #expect(refusal(type: "m.room.message", content)?.status == 400)
        #expect(refusal(type: "m.sticker", content) == nil, "only messages must have both")
    }

    @Test("Type, state key and sender have at most 255 bytes")
    func identifiers() {
        let fits = String(repeating: "é", count: 127) + "x"
        #expect(refusal(type: fits, stateKey: fits, sender: fits, [:]) == nil)
        #expect(refusal(type: fits + "x", [:])?.status == 413)
        #expect(refusal(stateKey: fits + "x", [:])?.code == "M_TOO_LARGE")
        #expect(refusal(sender: fits + "x", [:])?.code == "M_TOO_LARGE")
        #expect(refusal(type: "", [:])?.code == "M_BAD_JSON")
    }

    @Test("The whole event has at most 65,536 bytes")
    func size() {
        let body =
            EventLimits.maximumEventBytes - EventLimits.envelopeBytes - "x.y@a:b".utf8.count - #"{"k":""}"#.utf8.count
        #expect(refusal(["k": .string(String(repeating: "x", count: body))]) == nil)
        #expect(refusal(["k": .string(String(repeating: "x", count: body + 1))])?.code == "M_TOO_LARGE")
    }

    @Test("No fraction and no number beyond 2^53 - 1, however deep")
    func numbers() {
        #expect(refusal(["a": .int(JSON.maximumInteger), "b": .int(-JSON.maximumInteger)]) == nil)
        #expect(refusal(["price": 1.5])?.message.contains("`price`") == true)
        #expect(refusal(["list": [[1, ["price": 2.5]]]])?.message.contains("`price`") == true)
        #expect(refusal(["n": .int(JSON.maximumInteger + 1)])?.code == "M_BAD_JSON")
        #expect(refusal(["n": .int(.min)])?.code == "M_BAD_JSON")
    }

    @Test(
        "At most 64 levels, without recursing further than that",
        arguments: [(63, true), (64, false), (100_000, false)])
    func depth(levels: Int, passes: Bool) {
        var value: JSON = 1
        for _ in 0..<levels { value = [value] }
        #expect((refusal(["a": value]) == nil) == passes)
        // A value this deep is taken apart level by level: freeing it at once would recurse once a level.
        while case .array(let inner) = value { value = inner.first ?? 1 }
    }
}
