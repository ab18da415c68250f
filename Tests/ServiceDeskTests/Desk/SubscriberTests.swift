import Accounts
import Basics
import Crypto
import Messaging
import ServiceDesk
import Storage
import Synchronization
import TestSupport
import Testing

/// What businesses tell and who is told: all of it stands in one log.
@Suite("Businesses and subscribers")
struct SubscriberTests {
    private static let secret = "a secret of sixteen bytes or more"

    private func tell(_ shop: TestDesk, _ event: JSONObject) async throws -> JSON {
        let body = JSON.object(event).canonical()
        let seconds = shop.database.now / 1_000
        let signature = RequestSignature(secret: Array(Self.secret.utf8)).sign(body, at: seconds)
        return try await shop.desk.take(body, from: "cars", signature: signature, signedAt: seconds)
    }

    private func shop() async throws -> (TestDesk, Session, Session) {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna")
        try await shop.desk.setAdapter("cars", config: ["url": "http://127.0.0.1:9/"], secret: Self.secret)
        return (shop, agent, try await shop.user("mei", .member))
    }

    @Test("DESK-27 messages, steps, cards, opinions and what businesses tell stand in one log, each at its place")
    func log() async throws {
        let (shop, agent, customer) = try await shop()
        let opened = try await shop.desk.open(customer, scene: nil, topic: "buy", text: "Hello")
        let number = opened.conversation.number
        try await shop.say("Good day", agent, in: opened.room)
        let inspected: JSONObject = [
            "key": "e1", "type": "record", "what": "appraiser.inspected", "conversation": .int(number),
            "text": "no rust", "ts": .int(TestDesk.start - 7_000),
        ]
        #expect(try await tell(shop, inspected)["status"] == "ok")
        // The same again is the same, and stands there once.
        #expect(try await tell(shop, inspected)["status"] == "ok")
        _ = try await shop.desk.send(
            CardDraft(kind: "sale", adapter: "cars", layout: ["body": [], "actions": []], body: "A card"),
            to: number, by: agent)
        _ = try await tell(shop, ["key": "e2", "type": "message", "conversation": .int(number), "text": "Sold"])
        try await shop.desk.perform(.resolved(number, by: agent.userNumber))
        _ = try await shop.desk.rate(number, stars: 5)
        var lines: [JSON] = []
        var after: Int64 = 0
        while true {
            let page = try await shop.desk.log(after: after, limit: 7)
            lines += page.lines
            if page.through == after { break }
            after = page.through
        }
        let kinds = lines.compactMap { $0["kind"]?.stringValue }
        #expect(
            kinds == [
                "queue", "presence", "step", "step", "message", "message", "step", "business", "card", "business",
                "step", "rating",
            ])
        let places = lines.compactMap { $0["pos"]?.intValue }
        #expect(places == Set(places).sorted() && places.count == lines.count)
        #expect(lines[7]["what"] == "appraiser.inspected" && lines[7]["ts"]?.intValue == TestDesk.start - 7_000)
        #expect(!JSON.array(lines.filter { $0["kind"] == "message" }).text.contains("Hello"))
    }

    @Test("DESK-28 what happened off-line stands in the person's timeline between messages and cards, in order")
    func timeline() async throws {
        let (shop, agent, customer) = try await shop()
        _ = try await shop.desk.register(try Scene(["entry": "item.page"]), for: customer)
        shop.clock.advance(milliseconds: 1_000)
        let opened = try await shop.desk.open(customer, scene: nil, topic: "buy", text: "Hello")
        for (place, what) in ["viewing.done", "inspection.done", "deal.signed", "service.visit"].enumerated() {
            shop.clock.advance(milliseconds: 1_000)
            _ = try await tell(
                shop,
                [
                    "key": .string("e\(place)"), "type": "record", "what": .string(what),
                    "user": .string(customer.user.text),
                ])
        }
        shop.clock.advance(milliseconds: 1_000)
        try await shop.say("Congratulations", agent, in: opened.room)
        let person = try #require(try await shop.desk.person(of: customer.userNumber))
        let lines = try await shop.desk.timeline(of: person, limit: 100)
        let shown = lines.compactMap { line in
            line["kind"] == "step"
                ? nil : line["what"]?.stringValue ?? line["text"]?.stringValue ?? line["kind"]?.stringValue
        }
        #expect(
            shown == [
                "scene", "Hello", "viewing.done", "inspection.done", "deal.signed", "service.visit", "Congratulations",
            ])
        for bad: JSONObject in [
            ["key": "b1", "type": "record", "user": .string(customer.user.text)],
            ["key": "b2", "type": "record", "what": "x", "user": "@nobody:shop.test"],
            ["key": "b3", "type": "record", "what": "x", "conversation": 99],
        ] {
            await #expect(throws: RequestError.self) { try await tell(shop, bad) }
        }
    }

    /// What was brought to an address.
    private final class Address: Sendable {
        private let taken = Mutex<[CourierLetter]>([])
        func take(_ letter: CourierLetter) -> Bool {
            taken.withLock { $0.append(letter) }
            return true
        }
        var letters: [CourierLetter] { taken.withLock { $0 } }
    }

    @Test("DESK-13 DESK-55 subscribers are told of steps, presses, businesses, opinions and flags, once and signed")
    func subscribers() async throws {
        let (shop, agent, customer) = try await shop()
        try await shop.desk.setHook(
            "all", url: "https://example.org/all", secret: Self.secret, kinds: Set(DeskHook.Kind.allCases))
        try await shop.desk.setHook(
            "cards", url: "https://example.org/cards", secret: Self.secret + "2", kinds: [.card])
        try await shop.desk.setPolicy(.watch, ["words": ["wechat"]], by: 1)
        let statistics = try await shop.statistics()
        let address = Address()
        let courier = AlertCourier(statistics) { address.take($0) }
        let opened = try await shop.desk.open(customer, scene: nil, topic: "buy", text: "my WeChat")
        let number = opened.conversation.number
        let card = try await shop.desk.send(
            CardDraft(
                kind: "sale", adapter: "cars", ref: "car-881",
                layout: [
                    "body": [], "actions": [["type": "Action.Execute", "verb": "buy", "title": "Buy"]],
                ], body: "A card"), to: number, by: agent)
        _ = try await shop.desk.press(
            customer, room: opened.room, card: card, verb: "buy", rev: 1, data: [:], transaction: "t")
        let proxy = CardProxy(
            desk: shop.desk,
            adapters: [
                ("cars", { _, _ in .status(200, body: Array(#"{"status":"ok","text":"Sold"}"#.utf8), retryAfter: nil) })
            ])
        while try await proxy.step() {}
        _ = try await tell(shop, ["key": "e1", "type": "record", "what": "paid", "conversation": .int(number)])
        try await shop.desk.perform(.resolved(number, by: agent.userNumber))
        _ = try await shop.desk.rate(number, stars: 4)
        while try await courier.step() {}
        let told = address.letters.filter { $0.url == "https://example.org/all" }
        let kinds = Set(told.compactMap { $0.body["kind"]?.stringValue })
        #expect(kinds == ["conversation", "card", "business", "rating", "review"])
        #expect(Set(told.map(\.key)).count == told.count)
        let press = try #require(told.first { $0.body["kind"] == "card" })
        #expect(press.body["outcome"] == "ok" && press.body["ref"] == "car-881" && press.body["text"] == "Sold")
        #expect(told.allSatisfy { $0.secret == Self.secret })
        let steps = told.filter { $0.body["kind"] == "conversation" }.compactMap { $0.body["reason"]?.stringValue }
        #expect(steps.contains("assigned") && steps.contains("resolved"))
        let cards = address.letters.filter { $0.url == "https://example.org/cards" }
        #expect(cards.count == 1 && cards[0].secret == Self.secret + "2")
        // Whoever is taken off the list hears nothing more, not even of what was under way.
        try await shop.desk.perform(.reopened(try await shop.desk.conversation(number), by: nil))
        try await shop.desk.removeHook("all")
        while try await courier.step() {}
        #expect(address.letters.count == told.count + 1)
        await #expect(throws: RequestError.self) { try await shop.desk.removeHook("all") }
        #expect(try await shop.desk.hooks().allSatisfy { $0.json["secret"] == nil })
    }

    @Test("DESK-52 numbers by tag add up to those of all conversations, which are those of the reports")
    func tags() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna", capacity: 9)
        for place in 0..<6 {
            let customer = try await shop.user("c\(place)", .member)
            let opened = try await shop.desk.open(customer, scene: nil, topic: "buy", text: "Hello")
            shop.clock.advance(milliseconds: Int64(place) * 1_000)
            try await shop.say("Good day", agent, in: opened.room)
            let number = opened.conversation.number
            let tags = [["car"], ["car", "hot"], [], ["=hot"], ["hot"], ["car"]][place]
            try await shop.desk.setTags(tags, of: number)
            guard place % 2 == 0 else { continue }
            try await shop.desk.perform(.resolved(number, by: agent.userNumber))
            _ = try await shop.desk.rate(number, stars: Int64(3 + place / 2))
        }
        shop.clock.advance(milliseconds: 60_000)
        let statistics = try await shop.statistics()
        while !(try await statistics.follow()) {}
        let (from, to) = (TestDesk.start / 60_000 * 60_000, shop.clock.now() / 60_000 * 60_000 + 60_000)
        let rows = try await statistics.tags(from: from, to: to)
        #expect(rows.map(\.tag) == ["", "=hot", "car", "hot", nil])
        #expect(rows.map(\.opened) == [1, 1, 3, 2, 6])
        #expect(rows.map(\.ended) == [1, 0, 1, 1, 3])
        #expect(rows.map(\.stars) == [4, 0, 3, 5, 12])
        let all = try #require(rows.last)
        for (metric, count, sum) in [
            (StatMetric.opened, all.opened, nil), (.firstResponse, all.firstResponse.count, all.firstResponse.sum),
            (.rating, all.ratings, all.stars),
        ] {
            let report = try await statistics.report(ReportRequest(metric: metric, from: from, to: to)).rows
            #expect(report.reduce(0) { $0 + $1.pane.count } == count, "\(metric)")
            if let sum { #expect(report.reduce(0) { $0 + $1.pane.sum } == sum, "\(metric)") }
        }
        let table = TagCSV.text(rows).split(separator: "\r\n")
        #expect(table.count == 6 && table[2].hasPrefix("'=hot,1,0,"))
    }
}
