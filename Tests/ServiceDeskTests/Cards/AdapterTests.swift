import Basics
import Messaging
import Testing

@testable import ServiceDesk

/// Requests to businesses that know nothing of chat.
@Suite("Adapters")
struct AdapterTests {
    private static let press: JSON = [
        "key": "$event", "verb": "book", "ref": "car-881", "user": "@v:shop.test",
        "data": ["slot": "s1/../2?x=1", "people": 2, "note": "\"}, {\"admin\": true"],
    ]

    @Test("DESK-12 a press becomes a request by configuration alone, and nothing filled in changes its form")
    func request() throws {
        let config = try AdapterConfig([
            "method": "PUT", "url": "https://dealer.example/cars/{{ref}}/viewings/{{data.slot}}",
            "headers": ["X-Note": "n {{data.note}}"],
            "body": ["people": "{{data.people}}", "note": "said: {{data.note}}", "gone": "{{data.none}}"],
        ])
        let request = config.request(Self.press)
        #expect(request.url == "https://dealer.example/cars/car-881/viewings/s1%2F..%2F2%3Fx%3D1")
        #expect(request.headers["Idempotency-Key"] == "$event")
        let body = try JSON(parsing: request.body, limits: .stored)
        #expect(body == ["people": 2, "note": "said: \"}, {\"admin\": true", "gone": .null])
        let split = config.request(["data": ["note": "a\r\nHost: b"]])
        #expect(split.headers["X-Note"] == "n aHost: b")
    }

    @Test("DESK-12 an answer becomes a result by a table of statuses and a pointer")
    func reply() throws {
        let config = try AdapterConfig([
            "url": "http://dealer.example/", "text": "/result/messages/0",
            "statuses": ["204": "refused", "404": "retry"],
        ])
        let body = Array("{\"result\": {\"messages\": [\"Saturday\"]}}".utf8)
        #expect(config.reply(status: 200, body: body, retryAfter: nil).verdict == .ok(text: "Saturday"))
        #expect(config.reply(status: 204, body: body, retryAfter: nil).verdict == .refused(text: "Saturday"))
        #expect(config.reply(status: 404, body: body, retryAfter: nil).verdict == .again(why: "status 503", wish: nil))
        #expect(config.reply(status: 200, body: [], retryAfter: nil).verdict == .ok(text: nil))
    }

    @Test(
        "DESK-12 a host cannot be chosen by a press",
        arguments: [
            "https://{{data.host}}/a", "https://a{{ref}}.example/", "ftp://a.example/", "https:///x", "file",
        ])
    func hosts(url: String) {
        #expect(throws: RequestError.self) { try AdapterConfig(["url": .string(url)]) }
    }

    @Test("DESK-12 a signature is good for its body, its time and its secret alone")
    func signature() {
        let signature = RequestSignature(secret: Array("secret".utf8))
        let body = Array("{}".utf8)
        let text = signature.sign(body, at: 1_000)
        #expect(text.count == 3 + 64)
        #expect(signature.accepts(text, body, at: 1_000, now: 1_300))
        #expect(!signature.accepts(text, body, at: 1_000, now: 1_301))
        #expect(!signature.accepts(text, body, at: 1_001, now: 1_000))
        #expect(!signature.accepts(text, body + [32], at: 1_000, now: 1_000))
        #expect(!RequestSignature(secret: [1]).accepts(text, body, at: 1_000, now: 1_000))
        #expect(!signature.accepts("v1=zz", body, at: 1_000, now: 1_000))
        // Times that overflow are no times.
        #expect(!signature.accepts(text, body, at: .max, now: 0))
    }
}
