import Accounts
import Basics
import Messaging
import ServiceDesk
import Storage
import TestSupport
import Testing

/// What is said beside a conversation.
@Suite("Beside the conversation")
struct AsideTests {
    private struct Scenery {
        let shop: TestDesk
        let agent: Session
        let visitor: Session
        let opened: OpenedConversation
    }

    private func scenery(hours: JSON? = nil) async throws -> Scenery {
        let shop = try TestDesk()
        _ = try await shop.desk.setQueue(DeskQueue(number: 0, name: "sales"), number: nil, hours: hours)
        let agent = try await shop.agent("anna")
        let visitor = try await shop.user(nil, .visitor)
        let opened = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: "Hello")
        return Scenery(shop: shop, agent: agent, visitor: visitor, opened: opened)
    }

    private func reasons(_ s: Scenery) async throws -> [String] {
        try await s.shop.desk.transitions(of: s.opened.conversation.number).compactMap { $0["reason"]?.stringValue }
    }

    @Test("DESK-53 a whisper is read by the agent alone, stands in the history, and leaves the conversation as it is")
    func whisper() async throws {
        let s = try await scenery()
        let (desk, number) = (s.shop.desk, s.opened.conversation.number)
        let boss = try await s.shop.user("boss", .staff)
        let other = try await s.shop.agent("ben")
        let before = try await desk.conversation(number)
        try await desk.whisper("offer her the warranty", on: number, by: boss.userNumber)
        let mine = try await desk.notes(of: number, for: s.agent.userNumber)
        #expect(mine.map { $0["text"] } == ["offer her the warranty"] && mine[0]["whisper"] == true)
        #expect(try await desk.notes(of: number, for: other.userNumber).isEmpty)
        #expect(try await desk.notes(of: number, for: nil).count == 1)
        #expect(try await reasons(s) == ["opened", "assigned", "whispered"])
        let after = try await desk.conversation(number)
        #expect((after.status, after.owner, after.deadline) == (before.status, before.owner, before.deadline))
        // Who has seen the state before has seen the newest: nothing has moved.
        try await desk.perform(.resolved(number, by: s.agent.userNumber), seen: (number, before.n))
        #expect(try await desk.check() == [])
        await #expect(throws: RequestError.self) { try await desk.whisper("late", on: number, by: boss.userNumber) }
        // No number knows of it, live or recomputed.
        let statistics = try await s.shop.statistics()
        while !(try await statistics.follow()) {}
        let day = s.shop.clock.now() / 86_400_000
        #expect(try await statistics.check(day: day).differences == [])
    }

    @Test(
        "DESK-53 who listens in silence is kept, once in the history for as long as it lasts, and the room hears nothing"
    )
    func listening() async throws {
        let s = try await scenery()
        let (desk, conversation) = (s.shop.desk, s.opened.conversation)
        let boss = try await s.shop.user("boss", .staff)
        let events = s.shop.database.position
        for _ in 0..<3 { _ = try await desk.messages(of: conversation, by: boss.userNumber, HistoryRequest()) }
        #expect(s.shop.database.position == events + 1)
        #expect(try await desk.accesses(of: conversation.number).count == 3)
        #expect(try await reasons(s) == ["opened", "assigned", "listened"])
        _ = try await desk.messages(of: conversation, by: s.agent.userNumber, HistoryRequest())
        s.shop.clock.advance(milliseconds: 601_000)
        try await s.shop.say("yes", s.agent, in: s.opened.room)
        let again = try await desk.conversation(conversation.number)
        _ = try await desk.messages(of: again, by: boss.userNumber, HistoryRequest())
        #expect(try await reasons(s).count { $0 == "listened" } == 2)
        #expect(try await desk.check() == [])
    }

    @Test("DESK-09 a robot drafts answers for the agent that the customer never sees, only where it is in the room")
    func drafts() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna")
        let (robot, stranger) = (try await shop.user("r.helper", .robot), try await shop.user("r.other", .robot))
        try await shop.desk.setRules([["if": [:], "then": ["queue": 1, "robot": .string(robot.user.text)]]])
        let visitor = try await shop.user(nil, .visitor)
        let opened = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: "Hello")
        let number = opened.conversation.number
        try await shop.desk.perform(.handover(number, queue: nil, by: robot.userNumber))
        _ = try await shop.desk.draft("It is still there.", on: number, by: robot)
        #expect(try await shop.desk.drafts(of: number).map { $0["text"] } == ["It is still there."])
        #expect(try await shop.talk(agent, in: opened.room) == ["Hello"])
        for other in [stranger, agent, visitor] {
            await #expect(throws: RequestError.self) { try await shop.desk.draft("x", on: number, by: other) }
        }
        #expect(try await shop.desk.drafts(of: number).count == 1)
    }

    @Test("DESK-09 a robot sends the kinds of cards that its registration names, and no others")
    func kinds() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let (robot, free) = (try await shop.user("r.helper", .robot), try await shop.user("r.free", .robot))
        let name = robot.user.text
        shop.desk.limitRobots(RobotLimits { $0 == name ? ["viewing.book"] : nil })
        let visitor = try await shop.user(nil, .visitor)
        let number = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: nil).conversation.number
        func card(_ kind: String) -> CardDraft {
            CardDraft(kind: kind, adapter: "booking", layout: ["body": [], "actions": []], body: "A card")
        }
        _ = try await shop.desk.send(card("viewing.book"), to: number, by: robot)
        await #expect(throws: RequestError.self) {
            try await shop.desk.send(card("price.offer"), to: number, by: robot)
        }
        _ = try await shop.desk.send(card("price.offer"), to: number, by: free)
        let registration = try ServiceRegistration([
            "id": "r", "as_token": "a", "hs_token": "b", "sender_localpart": "r", "url": .null, "namespaces": [:],
            "shop.vitrine.robot": ["may_send": ["viewing.book"]],
        ])
        #expect(registration.cardKinds == ["viewing.book"])
    }

    @Test("DESK-48 while the shop is closed a customer learns when it opens, and leaves word and how to be reached")
    func closed() async throws {
        // 2027-01-15 08:00 UTC is a Friday; the shop opens at nine.
        let s = try await scenery(hours: ["zone": "UTC", "spans": [[4, 540, 1_080]]])
        let (desk, number) = (s.shop.desk, s.opened.conversation.number)
        let opens = TestDesk.start / 86_400_000 * 86_400_000 + 9 * 3_600_000
        #expect(TestDesk.start < opens)
        #expect(try await desk.customerView(try await desk.conversation(number))["opens_ts"]?.intValue == opens)
        try await desk.leaveWord(
            "Please call me back", name: "Mei", contact: "mei@example.org",
            on: try await desk.conversation(number), by: s.visitor)
        #expect(try await s.shop.talk(s.visitor, in: s.opened.room) == ["Hello", "Please call me back"])
        let note = try await desk.notes(of: number, for: nil).first?["text"]?.stringValue
        #expect(note == "To be reached: mei@example.org (Mei)")
        s.shop.clock.advance(milliseconds: opens - TestDesk.start)
        try await desk.perform(.timePassed)
        let served = try await desk.conversation(number)
        #expect(served.owner == .agent(s.agent.userNumber))
        #expect(try await desk.customerView(served)["opens_ts"] == nil)
        await #expect(throws: RequestError.self) {
            try await desk.leaveWord("x", name: nil, contact: "y", on: served, by: s.visitor)
        }
    }
}
