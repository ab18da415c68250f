import Accounts
import Basics
import Messaging
import ServiceDesk
import TestSupport
import Testing

/// Visitors who have not spoken yet.
@Suite("Visitors before they speak")
struct VisitorTests {
    private static let item: JSON = ["ref": "car-881", "title": "A car", "category": "car"]

    private func scene(_ entry: String, _ item: JSON? = nil) throws -> Scene {
        var body: JSONObject = ["entry": .string(entry)]
        body["item"] = item
        return try Scene(body)
    }

    @Test("DESK-06 intent follows from rules over what is known of the visitor, and rules for queues may ask for it")
    func rules() async throws {
        let shop = try TestDesk()
        let (sales, service) = (try await shop.queue("sales"), try await shop.queue("service"))
        #expect(sales == 1)
        try await shop.desk.setPolicy(
            .intent,
            [
                "rules": [
                    ["if": ["entry": "item.page"], "points": 100, "label": "looks"],
                    ["if": ["item.visits": 2], "points": 500, "label": "comes back to it"],
                    ["if": ["returning": true], "points": 700, "label": "knows us"],
                    ["if": ["language": "de"], "points": -1_000],
                ]
            ], by: 1)
        try await shop.desk.setRules([["if": ["intent": 600], "then": ["queue": .int(service)]]])
        let visitor = try await shop.user(nil, .visitor)
        let first = try await shop.desk.register(scene("item.page", Self.item), for: visitor)
        #expect(first.intent == Intent(score: 100, label: "looks"))
        let second = try await shop.desk.register(scene("item.page", Self.item), for: visitor)
        #expect(second.intent == Intent(score: 600, label: "comes back to it"))
        let opened = try await shop.desk.open(visitor, scene: second.token, topic: "buy", text: nil)
        #expect(opened.conversation.queue == service)
        // Somebody who has talked before is known, and no more than a thousand comes out.
        let third = try await shop.desk.register(scene("item.page", Self.item), for: visitor)
        #expect(third.intent == Intent(score: 1_000, label: "knows us"))
        // Another visitor who came by an older scene goes where no rule says otherwise.
        let other = try await shop.user(nil, .visitor)
        let plain = try await shop.desk.register(scene("home"), for: other)
        #expect(plain.intent.score == 0)
        let low = try await shop.desk.open(other, scene: plain.token, topic: "buy", text: nil)
        #expect(low.conversation.queue == sales)
    }

    @Test("DESK-06 a service that knows more is asked, and rules alone count when it does not answer")
    func scorer() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let rules: JSON = [["if": ["entry": "item.page"], "points": 100, "label": "looks"]]
        try await shop.desk.setPolicy(
            .intent, ["rules": rules, "scorer": ["url": "http://scorer.test/"]], by: 1)
        let visitor = try await shop.user(nil, .visitor)
        // Nobody can be asked yet.
        #expect(try await shop.desk.register(scene("item.page"), for: visitor).intent.score == 100)
        shop.desk.useScorer(
            IntentScorer { url, body in
                guard url == "http://scorer.test/", body["entry"] == "item.page" else { return nil }
                return Intent(score: body["visits"] == 2 ? 900 : 9_999)
            })
        let told = try await shop.desk.register(scene("item.page"), for: visitor).intent
        #expect(told == Intent(score: 900, label: "looks"))
        #expect(try await shop.desk.register(scene("item.page"), for: visitor).intent.score == 1_000)
        #expect(try await shop.desk.register(scene("home"), for: visitor).intent.score == 0)
    }

    @Test(
        "DESK-06 DESK-07 policies with a fault are refused and change nothing",
        arguments: [
            (DeskPolicy.intent, #"{"rules": [{"if": {"weather": "fine"}, "points": 1}]}"#),
            (.intent, #"{"rules": [{"if": {"intent": 5}, "points": 1}]}"#), (.intent, #"{"rules": [{"if": {}}]}"#),
            (.intent, #"{"rules": [], "scorer": {"url": "ftp://x"}}"#),
            (.greetings, #"{"rules": [{"if": {}, "text": ""}]}"#),
            (.greetings, #"{"rules": [{"if": {}, "after_s": 0, "text": "a"}]}"#),
            (.watch, #"{"patterns": ["weather"]}"#), (.watch, #"{"words": ["..."]}"#),
        ])
    func faults(policy: DeskPolicy, body: String) async throws {
        let shop = try TestDesk()
        let object = try #require(try JSON(parsing: Array(body.utf8)).objectValue)
        await #expect(throws: RequestError.self) { try await shop.desk.setPolicy(policy, object, by: 1) }
        #expect(try await shop.desk.policy(policy) == .object([:]))
    }

    @Test("DESK-07 who looks at an item for forty seconds without a word is greeted, once per person and day")
    func greeting() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna")
        try await shop.desk.setPolicy(
            .greetings,
            ["rules": [["if": ["entry": "item.page"], "after_s": 40, "text": "Shall we look at it together?"]]], by: 1)
        let visitor = try await shop.user(nil, .visitor)
        let token = try await shop.desk.register(scene("item.page", Self.item), for: visitor).token
        #expect(try await shop.desk.greet(visitor, scene: token) == .later(milliseconds: 40_000))
        shop.clock.advance(milliseconds: 39_000)
        #expect(try await shop.desk.greet(visitor, scene: token) == .later(milliseconds: 1_000))
        shop.clock.advance(milliseconds: 1_000)
        // Another's scene says nothing about this visitor.
        let other = try await shop.user(nil, .visitor)
        #expect(try await shop.desk.greet(other, scene: token) == VisitorGreeting.none)
        #expect(try await shop.desk.greet(visitor, scene: token) == .said("Shall we look at it together?"))
        #expect(try await shop.desk.greet(visitor, scene: token) == VisitorGreeting.none)
        let later = try await shop.desk.register(scene("item.page"), for: visitor).token
        shop.clock.advance(milliseconds: 60_000)
        #expect(try await shop.desk.greet(visitor, scene: later) == VisitorGreeting.none)
        // What was said stands at the beginning of the conversation, once.
        let opened = try await shop.desk.open(visitor, scene: token, topic: "buy", text: "Yes")
        #expect(try await shop.talk(agent, in: opened.room) == ["Shall we look at it together?", "Yes"])
        _ = try await shop.desk.open(visitor, scene: token, topic: "buy", text: nil)
        #expect(try await shop.talk(agent, in: opened.room).count == 2)
        // A day later there may be another, once the conversation has ended.
        shop.clock.advance(milliseconds: 86_400_000)
        let again = try await shop.desk.register(scene("item.page"), for: visitor).token
        shop.clock.advance(milliseconds: 40_000)
        _ = try? await shop.desk.perform(.resolved(opened.conversation.number, by: nil))
        #expect(try await shop.desk.greet(visitor, scene: again) == .said("Shall we look at it together?"))
        // Who talks needs no greeting, whichever of the person's ids is looking.
        let talking = try await shop.user(nil, .visitor)
        _ = try await shop.desk.open(talking, scene: nil, topic: "buy", text: "hello")
        let seen = try await shop.desk.register(scene("item.page"), for: talking).token
        shop.clock.advance(milliseconds: 50_000)
        #expect(try await shop.desk.greet(talking, scene: seen) == VisitorGreeting.none)
    }

    @Test("DESK-33 each stage is a topic of its own: one conversation of a person is open for each, and no second one")
    func topics() async throws {
        let shop = try TestDesk()
        let queue = try await shop.queue()
        let stages = ["consult", "browse", "book", "in-store", "after-sales", "complaint"]
        let care = try await shop.queue("care")
        try await shop.desk.setRules([["if": ["topic": "complaint"], "then": ["queue": .int(care), "priority": 5]]])
        let visitor = try await shop.user(nil, .visitor)
        var numbers: [Int64] = []
        for stage in stages {
            let opened = try await shop.desk.open(visitor, scene: nil, topic: stage, text: stage).conversation
            #expect(opened.topic == stage)
            #expect((opened.queue, opened.priority) == (stage == "complaint" ? (care, 5) : (queue, 0)))
            numbers.append(opened.number)
        }
        #expect(Set(numbers).count == stages.count)
        for (stage, number) in zip(stages, numbers) {
            let again = try await shop.desk.open(visitor, scene: nil, topic: stage, text: "more").conversation
            #expect(again.number == number)
        }
        // One that has ended comes back; the person's others are as they were.
        try await shop.desk.perform(.resolved(numbers[2], by: nil))
        #expect(
            try await shop.desk.open(visitor, scene: nil, topic: "book", text: nil).conversation.number == numbers[2])
        #expect(try await shop.desk.conversations(ofUser: visitor.userNumber).count == stages.count)
        #expect(try await shop.desk.check() == [])
    }
}
