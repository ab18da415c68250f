import Basics
import Crypto
import Foundation
import TestSupport
import Testing

@Suite("Businesses behind cards")
struct BusinessTests {
    private static let secret = "a secret of sixteen bytes or more"
    private static let booking: JSON = [
        "kind": "viewing.book", "adapter": "booking", "ref": "car-881", "uses": 3, "body": "Viewing: choose a time",
        "layout": [
            "body": [
                ["type": "TextBlock", "text": "Viewing"],
                [
                    "type": "Input.ChoiceSet", "id": "slot", "isRequired": true,
                    "choices": [
                        ["title": "Sat 10:00", "value": "Sat 10:00"], ["title": "Sun 14:00", "value": "Sun 14:00"],
                    ],
                ],
            ],
            "actions": [["type": "Action.Execute", "title": "Book", "verb": "book"]],
        ],
    ]

    /// The example as the chat is told to ask it: nothing of it knows of chat.
    private func setUp(_ desk: DeskServer, _ business: ExampleBusiness) async throws {
        try await desk.boss.call(
            "PUT", "/api/v1/desk/adapters/booking",
            [
                "secret": .string(Self.secret),
                "config": [
                    "url": .string(business.baseURL + "/appointments"), "text": "/message",
                    "statuses": ["409": "refused"], "retry_ms": 20, "breaker_ms": 200,
                    "body": ["car": "{{ref}}", "slot": "{{data.slot}}", "customer": "{{user}}"],
                ],
            ])
    }

    /// Presses the card of a room and waits for what became of it.
    private func press(
        _ client: MatrixClient, _ room: String, _ card: String, slot: String, _ transaction: String
    ) async throws -> JSON {
        let path = "/api/v1/desk/cards/\(HTTPClient.escape(room))/\(HTTPClient.escape(card))"
        var since = try await client.sync()["next_batch"]?.stringValue
        let rev = try await client.call("GET", path)["rev"] ?? 0
        let pressed = try await client.call(
            "POST", path + "/actions",
            ["verb": "book", "rev": rev, "data": ["slot": .string(slot)], "txn": .string(transaction)])
        let key = try #require(pressed["event_id"]?.stringValue)
        while !Task.isCancelled {
            let news = try await client.sync(since: since, timeoutMilliseconds: 20_000)
            since = news["next_batch"]?.stringValue
            let events = news["rooms"]?["join"]?[room]?["timeline"]?["events"]?.arrayValue ?? []
            let result = events.first {
                $0["type"] == "shop.vitrine.card.result"
                    && $0["content"]?["m.relates_to"]?["event_id"]?.stringValue == key
            }
            if let result { return result["content"] ?? .null }
        }
        return .null
    }

    @Test(
        "DESK-10 DESK-12 DESK-13 DESK-16 DESK-20 a card books with a service that knows nothing of chat, by configuration alone, before and after the login"
    )
    func proxy() async throws {
        try await DeskServer.run { desk in
            let business = try await ExampleBusiness.start(flags: ["--secret", Self.secret])
            try await setUp(desk, business)
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "May I see it?")
            let (number, room) = (
                try #require(opened["number"]?.intValue), try #require(opened["room_id"]?.stringValue)
            )
            #expect(try await visitor.status("POST", "/api/v1/desk/conversations/\(number)/cards", Self.booking) == 403)
            let card = try #require(try await anna.command(number, "cards", Self.booking)["event_id"]?.stringValue)
            let first = try await press(visitor, room, card, slot: "Sat 10:00", "one")
            #expect(first["outcome"] == "ok")
            #expect(first["text"] == "Booked: Sat 10:00. See you then!")
            // The business's own refusal is shown, and nothing of it is the customer's fault.
            let second = try await press(visitor, room, card, slot: "Sat 10:00", "two")
            #expect(second["outcome"] == "refused")
            // After the login the same card goes on.
            let mei = try await MatrixClient(desk.http).register("customer")
            try await mei.call(
                "POST", "/api/v1/desk/persons/merge", ["anonymous_token": .string(visitor.token ?? "")])
            #expect(try await press(mei, room, card, slot: "Sun 14:00", "three")["outcome"] == "ok")
            #expect(try await business.ask("/appointments")["appointments"]?.arrayValue?.count == 2)
            let path = "/api/v1/desk/cards/\(HTTPClient.escape(room))/\(HTTPClient.escape(card))/actions"
            let chain = try await anna.call("GET", path)["actions"]?.arrayValue ?? []
            #expect(chain.compactMap { $0["outcome"]?.stringValue } == ["ok", "refused", "ok"])
            // A choice that the card does not offer is refused with its field.
            let wrong = try await mei.reply(
                "POST", path, ["verb": "book", "rev": 7, "data": ["slot": "Mon"], "txn": "four"])
            #expect(wrong.status == 422 || wrong.status == 409)
        }
    }

    @Test("DESK-14 DESK-16 while the chat is down the business goes on, and what it tells arrives later, once")
    func outbox() async throws {
        try await DeskServer.run { desk in
            let business = try await ExampleBusiness.start(
                flags: ["--chat", desk.process.baseURL, "--secret", Self.secret])
            try await setUp(desk, business)
            _ = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "hello")
            let (number, room) = (
                try #require(opened["number"]?.intValue), try #require(opened["room_id"]?.stringValue)
            )
            await desk.process.kill()
            for hour in 10..<15 {
                let event: JSON = [
                    "type": "message", "conversation": .int(number), "text": .string("Booked by telephone: \(hour):00"),
                ]
                #expect(try await business.book("tel-\(hour)", slot: "\(hour):00", event: event) == 200)
            }
            #expect(try await business.ask("/outbox")["waiting"] == 5)
            try await desk.process.restart()
            let wanted = (10..<15).map { "Booked by telephone: \($0):00" }
            var since: String?
            var heard: [String] = []
            while heard.count < 5, !Task.isCancelled {
                let news = try await visitor.sync(since: since, timeoutMilliseconds: 20_000)
                since = news["next_batch"]?.stringValue
                let events = news["rooms"]?["join"]?[room]?["timeline"]?["events"]?.arrayValue ?? []
                heard += events.compactMap { $0["content"]?["body"]?.stringValue }.filter(wanted.contains)
            }
            #expect(heard == wanted)
            #expect(await drained(business))
        }
    }

    private func drained(_ business: ExampleBusiness) async -> Bool {
        while !Task.isCancelled {
            if (try? await business.ask("/outbox"))?["waiting"] == 0 { return true }
            await Task.yield()
        }
        return false
    }

    // MARK: Events

    private func tell(
        _ desk: DeskServer, _ event: JSON, secret: String = secret, at shift: Int64 = 0, adapter: String = "booking"
    ) async throws -> HTTPReply {
        let body = event.encoded()
        let seconds = Int64(Date.now.timeIntervalSince1970) + shift
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(seconds).".utf8) + Data(body), using: SymmetricKey(data: Data(secret.utf8)))
        return try await desk.http.send(
            "POST", "/api/v1/business/\(adapter)/events",
            headers: [
                "X-Vitrine-Timestamp": "\(seconds)", "X-Vitrine-Signature": "v1=" + Hex.encode(Array(code)),
                "Content-Type": "application/json",
            ], body: body)
    }

    @Test(
        "DESK-14 DESK-73 signed events are carried out once: messages, cards, results, new conversations; others are refused"
    )
    func events() async throws {
        try await DeskServer.run { desk in
            let business = try await ExampleBusiness.start()
            try await setUp(desk, business)
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let opening: JSON = [
                "key": "e1", "type": "conversation", "user": .string(visitor.userID), "topic": "viewing",
                "scene": ["entry": "branch.visit", "item": ["ref": "car-881", "title": "A car"]],
                "text": "You have seen the car today. Any questions?",
            ]
            let first = try await tell(desk, opening)
            #expect(first.status == 200)
            #expect(try await tell(desk, opening).json == first.json)
            let number = try #require(first.json["conversation"]?.intValue)
            let room = try #require(first.json["room_id"]?.stringValue)
            #expect(try await anna.conversation(number)["entry"] == "branch.visit")
            // The same key with another body is no repetition.
            #expect(try await tell(desk, ["key": "e1", "type": "message"]).status == 409)
            var card = try #require(Self.booking.objectValue)
            card["adapter"] = "another"
            let sent = try await tell(
                desk, ["key": "e2", "type": "card", "conversation": .int(number), "card": .object(card)])
            let event = try #require(sent.json["card"]?.stringValue)
            let done: JSON = ["key": "e3", "type": "card.result", "ref": "car-881", "status": "ok", "text": "Booked"]
            #expect(try await tell(desk, done).json["cards"] == 1)
            #expect(try await tell(desk, done).json["cards"] == 1)
            let path = "/api/v1/desk/cards/\(HTTPClient.escape(room))/\(HTTPClient.escape(event))"
            #expect(try await visitor.call("GET", path)["state"] == "done")
            // Whoever signs wrongly, late or for a business that is not there learns nothing else.
            let message: JSON = ["key": "e4", "type": "message", "conversation": .int(number), "text": "x"]
            #expect(try await tell(desk, message, secret: "another secret, as long").status == 401)
            #expect(try await tell(desk, message, at: -301).status == 401)
            #expect(try await tell(desk, message, adapter: "nobody").status == 401)
            let page = try await visitor.messages(in: room)
            let said = page["chunk"]?.arrayValue?.compactMap { $0["content"]?["body"]?.stringValue } ?? []
            #expect(said.filter { $0.hasPrefix("You have seen") }.count == 1)
            #expect(!said.contains("x"))
        }
    }

    @Test("DESK-15 DESK-73 a press that reaches nobody becomes a dead letter, which is sent again or closed with words")
    func deadLetters() async throws {
        try await DeskServer.run { desk in
            let business = try HTTPReceiver { _ in .init(503) }
            try await desk.boss.call(
                "PUT", "/api/v1/desk/adapters/booking",
                [
                    "secret": .string(Self.secret),
                    "config": [
                        "kind": "http", "url": .string(business.baseURL + "/press"), "retry_ms": 10, "breaker_ms": 100,
                    ],
                ])
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "hello")
            let (number, room) = (
                try #require(opened["number"]?.intValue), try #require(opened["room_id"]?.stringValue)
            )
            let card = try #require(try await anna.command(number, "cards", Self.booking)["event_id"]?.stringValue)
            #expect(try await press(visitor, room, card, slot: "Sat 10:00", "one")["outcome"] == "dead")
            #expect(business.requests.count == 8)
            #expect(Set(business.requests.compactMap { $0.headers["idempotency-key"] }).count == 1)
            #expect(business.requests.allSatisfy { $0.headers["x-vitrine-signature"]?.hasPrefix("v1=") == true })
            let notes = try await anna.conversation(number)["notes"]?.arrayValue ?? []
            #expect(notes.contains { $0["text"]?.stringValue?.contains("dead letters") == true })
            let letters = try await desk.boss.call("GET", "/api/v1/desk/dead-letters")["dead_letters"]
            let letter = try #require(letters?.arrayValue?.first)
            #expect(letter["tries"]?.arrayValue?.count == 8)
            let key = HTTPClient.escape(try #require(letter["press"]?.stringValue))
            try await desk.boss.call("POST", "/api/v1/desk/dead-letters/\(key)/replay", .object([:]))
            #expect(try await desk.boss.status("POST", "/api/v1/desk/dead-letters/\(key)/replay", .object([:])) == 404)
            _ = await business.requests(16)
            try await ended(key, desk)
            try await desk.boss.call(
                "POST", "/api/v1/desk/dead-letters/\(key)/close", ["text": "We have called you instead."])
            #expect(try await desk.boss.call("GET", "/api/v1/desk/dead-letters")["dead_letters"] == [])
            business.close()
        }
    }

    /// Waits until the press is a dead letter again.
    private func ended(_ key: String, _ desk: DeskServer) async throws {
        while !Task.isCancelled {
            let letters = try await desk.boss.call("GET", "/api/v1/desk/dead-letters")["dead_letters"]
            if letters?.arrayValue?.isEmpty == false { return }
        }
    }
}
