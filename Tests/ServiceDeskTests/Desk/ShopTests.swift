import Accounts
import Basics
import Foundation
import Messaging
import ServiceDesk
import Storage
import TestSupport
import Testing

/// Several shops in one process: what is one's is none of the other's.
@Suite("Several shops")
struct ShopTests {
    private static let secret = "a secret of sixteen bytes or more"

    /// A desk of two shops with a queue each: anna serves the first, ben the second, cora both.
    private struct Two {
        let test: TestDesk
        var desk: Desk { test.desk }
        var second: Int64 = 0
        var queues: [Int64: Int64] = [:]
        var staff: [String: Session] = [:]

        init() async throws {
            test = try TestDesk()
            queues[1] = try await test.queue()
            second = try await desk.addShop("Lamp & Wheel").number
            let queue = DeskQueue(number: 0, name: "sales")
            queues[second] = try await desk.setQueue(queue, number: nil, of: second, hours: nil).number
            for (name, shops) in [("anna", [1]), ("ben", [second]), ("cora", [1, second])] {
                let session = try await test.user(name, .staff)
                for shop in shops {
                    let settings = AgentSettings(capacity: 5, queues: [try #require(queues[shop])])
                    try await desk.setAgent(session.userNumber, of: shop, settings)
                }
                staff[name] = session
            }
        }

        func visitor(of shop: Int64?) async throws -> Session {
            let session = try await test.user(nil, .visitor)
            if let shop { try await desk.join(session.userNumber, to: shop) }
            return session
        }
    }

    @Test("DESK-32 a visitor is one shop's customer: its queue, its name and its sender, and no other shop takes it")
    func customers() async throws {
        let two = try await Two()
        #expect(two.second == 2 && two.queues == [1: 1, 2: 2])
        let one = try await two.visitor(of: nil)
        let other = try await two.visitor(of: 2)
        let first = try await two.desk.open(one, scene: nil, topic: "buy", text: "one")
        let second = try await two.desk.open(other, scene: nil, topic: "buy", text: "two")
        #expect(first.conversation.shop == 1 && first.conversation.queue == 1)
        #expect(second.conversation.shop == 2 && second.conversation.queue == 2)
        let creators = try await [first.room, second.room].asyncMap { room in
            try await two.test.messaging.room(room, for: room == first.room ? one : other).creator
        }
        let senders = try await ["shop", "shop-2"].asyncMap { try await two.test.accounts.user(localpart: $0)?.number }
        #expect(creators.map(Optional.init) == senders)
        // The wish of another shop's page is refused; so is the scene of one.
        let refusal = await #expect(throws: RequestError.self) {
            try await two.desk.open(one, of: 2, scene: nil, topic: "repair", text: nil)
        }
        #expect(refusal?.status == 409 && refusal?.extra["reason"] == "other_shop")
        await #expect(throws: RequestError.self) {
            try await two.desk.register(Scene(["entry": "item.page"]), for: other, of: 1)
        }
        let nowhere = await #expect(throws: RequestError.self) { try await two.visitor(of: 9) }
        #expect(nowhere?.status == 404)
        // A scene of a page says whose customer somebody without a shop becomes.
        let third = try await two.visitor(of: nil)
        let scene = try await two.desk.register(Scene(["entry": "item.page"]), for: third, of: 2).token
        let opened = try await two.desk.open(third, scene: scene, topic: "buy", text: nil).conversation
        #expect(opened.shop == 2 && opened.scene != nil)
        // An account takes visitors of its own shop alone.
        let member = try await two.test.user("mei", .member)
        _ = try await merge(two, one, into: member)
        let crossed = await #expect(throws: RequestError.self) { try await merge(two, other, into: member) }
        #expect(crossed?.extra["reason"] == "other_shop")
        #expect(try await two.desk.check() == [])
    }

    @Test("DESK-32 the names in which shops write are nobody's, and who has one already does not become a shop")
    func senders() async throws {
        let test = try TestDesk()
        for name in ["shop", "shop-2"] {
            for kind in [UserKind.member, .staff] {
                await #expect(throws: RequestError.self, "\(name)") {
                    try await test.accounts.register(Registration(localpart: name, kind: kind))
                }
            }
        }
        // Other names that begin so are people's, and dispatch hears them.
        _ = try await test.queue()
        let customer = try await test.user("shop-fan", .member)
        let agent = try await test.agent("shop-anna")
        let opened = try await test.desk.open(customer, scene: nil, topic: "buy", text: "Hello")
        try await test.say("Good day", agent, in: opened.room)
        #expect(try await test.desk.conversation(opened.conversation.number).status == .waiting)
    }

    private func merge(_ two: Two, _ visitor: Session, into member: Session) async throws -> Int64 {
        let anonymous = try #require(try await two.test.accounts.user(number: visitor.userNumber))
        let account = try #require(try await two.test.accounts.user(number: member.userNumber))
        return try await two.desk.merge(anonymous: anonymous, into: account, by: account.number, evidence: "token")
    }

    @Test("DESK-32 conversations stay in their shop: no queue, agent, rule, macro or robot of another one takes them")
    func walls() async throws {
        let two = try await Two()
        let visitor = try await two.visitor(of: 2)
        let number = try await two.desk.open(visitor, scene: nil, topic: "buy", text: nil).conversation.number
        for event: DeskEvent in [
            .transferred(number, to: .queue(1), by: nil),
            .transferred(number, to: .agent(two.staff["anna"]?.userNumber ?? 0), by: nil),
            .forced(number, agent: two.staff["anna"]?.userNumber ?? 0, by: 1),
        ] {
            await #expect(throws: RequestError.self, "\(event)") { try await two.desk.perform(event) }
        }
        try await two.desk.perform(.forced(number, agent: two.staff["cora"]?.userNumber ?? 0, by: 1))
        // What names a queue of another shop is refused when it is set up.
        await #expect(throws: RequestError.self) {
            try await two.desk.setRules([["if": [:], "then": ["queue": 1]]], of: 2)
        }
        await #expect(throws: RequestError.self) {
            try await two.desk.setMacro("over", of: 2, steps: [["do": "transfer", "queue": 1]], by: 1)
        }
        await #expect(throws: RequestError.self) {
            try await two.desk.setQueue(DeskQueue(number: 0, name: "x", overflow: 1), number: nil, of: 2, hours: nil)
        }
        await #expect(throws: RequestError.self) {
            try await two.desk.setQueue(DeskQueue(number: 0, name: "x"), number: 1, of: 2, hours: nil)
        }
        await #expect(throws: RequestError.self) {
            try await two.desk.setAgent(two.staff["ben"]?.userNumber ?? 0, of: 2, .init(capacity: 1, queues: [1]))
        }
        let robot = try await two.test.accounts.register(Registration(localpart: "r.bot", kind: .robot)).user
        try await two.desk.setRobot("bot", of: 1, ["id": "bot", "sender_localpart": "r.bot"])
        let sender = try #require(try await two.test.accounts.user(localpart: "shop-2")).number
        for named: JSON in [.string(robot.identifier.text), .int(robot.number), .int(sender)] {
            let rule: JSON = ["if": [:], "then": ["queue": 2, "robot": named]]
            await #expect(throws: RequestError.self, "\(named)") { try await two.desk.setRules([rule], of: 2) }
        }
        #expect(try await two.desk.rules(of: 2) == [])
        // An agent of two shops keeps its place in the one when the other changes it.
        let cora = try #require(two.staff["cora"]?.userNumber)
        try await two.desk.setAgent(cora, of: 2, AgentSettings(capacity: 5, queues: [], isSupervisor: true))
        let membership = try #require(try await two.desk.membership(cora))
        #expect(membership.agent.queues == [1] && membership.shops == [1, 2] && membership.supervised == [2])
        // Who serves a conversation of the shop leaves it afterwards, and then has no right there any more.
        let busy = await #expect(throws: RequestError.self) { try await two.desk.removeAgent(cora, of: 2) }
        #expect(busy?.status == 409)
        try await two.desk.perform(.resolved(number, by: cora))
        try await two.desk.removeAgent(cora, of: 2)
        let left = try #require(try await two.desk.membership(cora))
        #expect(left.shops == [1] && left.supervised.isEmpty && left.agent.queues == [1])
        #expect(try await two.desk.check() == [])
    }

    @Test("DESK-32 names, words to watch, replies, businesses, subscribers and blocks are each shop's own")
    func settings() async throws {
        let two = try await Two()
        let desk = two.desk
        for (shop, word) in [(1, "wechat"), (2, "alipay")] as [(Int64, String)] {
            try await desk.setPolicy(.watch, of: shop, ["words": [.string(word)]], by: 1)
            try await desk.setCanned("hello", of: shop, text: word, by: 1)
            try await desk.setMacro("done", of: shop, steps: [["do": "tag", "tag": .string(word)]], by: 1)
            try await desk.setHook(
                "all", of: shop, url: "https://\(word).example/", secret: Self.secret, kinds: [.conversation])
        }
        #expect(try await desk.cannedReplies(of: 2) == [["name": "hello", "text": "alipay"]])
        #expect(try await desk.macros(of: 1).first?["steps"]?.text.contains("wechat") == true)
        #expect(try await desk.hooks(of: 2).map(\.url) == ["https://alipay.example/"])
        try await desk.removeHook("all", of: 1)
        #expect(try await desk.hooks(of: 1).isEmpty)
        #expect(try await desk.hooks(of: 2).count == 1)
        let visitor = try await two.visitor(of: 2)
        let opened = try await desk.open(visitor, scene: nil, topic: "buy", text: "by alipay or wechat?")
        #expect(try await desk.flags(of: 1, before: nil, state: nil, conversation: nil, limit: 10).isEmpty)
        let flag = try #require(
            try await desk.flags(of: 2, before: nil, state: nil, conversation: nil, limit: 10).first)
        #expect(flag["found"]?.text.contains("alipay") == true && flag["found"]?.text.contains("wechat") == false)
        let number = try #require(flag["flag"]?.intValue)
        await #expect(throws: RequestError.self) { try await desk.review(number, of: 1, .cleared, note: nil, by: 1) }
        // A business calls in for its own shop, and its cards go to that one's conversations.
        try await desk.setAdapter("cars", of: 1, config: ["url": "http://127.0.0.1:9/"], secret: Self.secret)
        let taken = await #expect(throws: RequestError.self) {
            try await desk.setAdapter("cars", of: 2, config: ["url": "http://127.0.0.1:9/"], secret: Self.secret)
        }
        #expect(taken?.status == 409)
        let told: JSONObject = [
            "key": "e1", "type": "message", "conversation": .int(opened.conversation.number), "text": "Sold",
        ]
        let body = JSON.object(told).canonical()
        let seconds = two.test.database.now / 1_000
        let signature = RequestSignature(secret: Array(Self.secret.utf8)).sign(body, at: seconds)
        let lost = await #expect(throws: RequestError.self) {
            try await desk.take(body, from: "cars", signature: signature, signedAt: seconds)
        }
        #expect(lost?.status == 404)
        // Not even the end of a matter is noted with another shop's customer.
        let other: JSONObject = [
            "key": "e2", "type": "card.result", "ref": "x", "status": "ok", "text": "yours",
            "conversation": .int(opened.conversation.number),
        ]
        let second = JSON.object(other).canonical()
        let signed = RequestSignature(secret: Array(Self.secret.utf8)).sign(second, at: seconds)
        await #expect(throws: RequestError.self) {
            try await desk.take(second, from: "cars", signature: signed, signedAt: seconds)
        }
        let card = CardDraft(kind: "sale", adapter: "cars", layout: ["body": [], "actions": []], body: "A card")
        await #expect(throws: RequestError.self) {
            try await desk.send(card, to: opened.conversation.number, by: try #require(two.staff["ben"]))
        }
        let person = try #require(try await desk.person(of: visitor.userNumber))
        try await desk.block(person, reason: "spam", by: 1)
        #expect(try await desk.blocks(of: 1).isEmpty)
        #expect(try await desk.blocks(of: 2).count == 1)
        // Names are each shop's own, and no two the same.
        #expect(try await desk.renameShop(2, "Thread & Needle").name == "Thread & Needle")
        #expect(try await two.test.accounts.user(localpart: "shop-2")?.displayName == "Thread & Needle")
        for name in ["", "Thread & Needle", "Vitrine", "a\u{7}b"] {
            await #expect(throws: RequestError.self, "\(name)") { try await desk.addShop(name) }
        }
        await #expect(throws: RequestError.self) { try await desk.renameShop(1, "other") }
    }

    @Test("DESK-32 numbers, alerts and the log are each shop's own, and together they are the server's")
    func numbers() async throws {
        let two = try await Two()
        let statistics = try await two.test.statistics()
        for (shop, count) in [(1, 2), (2, 3)] as [(Int64, Int)] {
            for _ in 0..<count {
                let visitor = try await two.visitor(of: shop)
                _ = try await two.desk.open(visitor, of: shop, scene: nil, topic: "buy", text: "Hello")
            }
            let above: JSONObject = ["source": "waiting", "when": "above", "threshold": .double(Double(shop) + 0.5)]
            try await statistics.setAlert(AlertRule(name: "queue", .object(above)), of: shop)
        }
        try await two.desk.perform(.agentStatus(try #require(two.staff["ben"]?.userNumber), .away))
        two.test.clock.advance(milliseconds: 120_000)
        #expect(try await statistics.follow())
        try await statistics.lookAtAlerts()
        for (shop, count) in [(1, 2), (2, 3)] as [(Int64, Int64)] {
            let board = try await statistics.live(of: shop)
            #expect(board["day"]?["opened"]?.intValue == count)
            #expect(board["queues"]?.arrayValue?.map { $0["queue"]?.intValue } == [two.queues[shop]])
            #expect(board["queues"]?.arrayValue?.first?["waiting"]?.intValue == count)
            #expect(board["alerts"]?.arrayValue?.map { $0["value"]?.doubleValue } == [Double(count)])
            let to = two.test.clock.now() + 60_000
            let request = try ReportRequest(metric: .opened, from: TestDesk.start, to: to, step: 60)
            #expect(try await statistics.report(request, of: shop).rows.map(\.pane.count).reduce(0, +) == count)
            #expect(try await statistics.tags(of: shop, from: TestDesk.start, to: to).last?.opened == count)
            let log = try await two.desk.log(of: shop, after: 0, limit: 500).lines
            #expect(log.filter { $0["kind"] == "message" }.count == Int(count))
            #expect(log.filter { $0["kind"] == "presence" }.count == (shop == 2 ? 1 : 0))
            #expect(
                try await statistics.breaches(of: shop, from: TestDesk.start, to: to, limit: 10).count == Int(count))
        }
        let there = try await statistics.live(of: 1)["presence"]?.arrayValue ?? []
        #expect(there.isEmpty, "ben works in the second shop alone")
        // Two alerts of one name, each fires for its own shop.
        #expect(try await statistics.alertNotices(of: 1, limit: 10).count == 1)
        try await statistics.removeAlert("queue", of: 1)
        #expect(try await statistics.alertStates(of: 2).count == 1)
        await statistics.close()
    }

    @Test(
        "DESK-32 a desk of one shop keeps its people, replies, macros and subscribers as the first of several")
    func migration() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-shops-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/vitrine.db"
        let base = Accounts.migrations + MessagingEngine.migrations + UserDataStore.migrations
        let before = try Database.open(
            path: path, migrations: base + Desk.migrations.dropLast(), clock: SystemWallClock())
        try await before.write { context in
            for row in [
                "INSERT INTO desk_shop VALUES (1, 'Old shop', 4)",
                "INSERT INTO desk_agent(user_no, status, capacity, skills, supervisor, role) VALUES (7, 0, 3, '', 1, 'a')",
                "INSERT INTO desk_canned VALUES ('hello', 'Hello!', 7, 1)",
                "INSERT INTO desk_macro(name, steps, by_no, at_ms) VALUES ('done', '[]', 7, 1)",
                "INSERT INTO desk_hook VALUES ('all', 'https://example.org/', 'secret', 'card', 1)",
                "INSERT INTO desk_person(person_no, created_ms, profile) VALUES (3, 1, '{}')",
            ] { try context.run(row) }
        }
        await before.close()
        let database = try Database.open(path: path, migrations: base + Desk.migrations, clock: SystemWallClock())
        let accounts = Accounts(database: database, serverName: "shop.test", clock: SystemWallClock())
        let messaging = MessagingEngine(database: database, accounts: accounts, clock: SystemWallClock())
        let desk = Desk(database: database, messaging: messaging, accounts: accounts)
        let membership = try #require(try await desk.membership(7))
        #expect(membership.shops == [1] && membership.supervised == [1] && membership.agent.capacity == 3)
        #expect(try await desk.agentSettings()[7]?.role == "a")
        #expect(try await desk.cannedReplies() == [["name": "hello", "text": "Hello!"]])
        #expect(try await desk.macros().count == 1)
        #expect(try await desk.hooks().map(\.name) == ["all"])
        #expect(try await desk.shop(ofPerson: 3) == 1)
        #expect(try await desk.shops().map(\.isOpen) == [true])
        messaging.closePolls()
        await database.close()
    }
}

extension Sequence {
    fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
        var made: [T] = []
        for element in self { made.append(try await body(element)) }
        return made
    }
}
