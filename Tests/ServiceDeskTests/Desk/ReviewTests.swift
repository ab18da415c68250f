import Accounts
import Basics
import Messaging
import ServiceDesk
import TestSupport
import Testing

/// What is to be looked at again, and by whom.
@Suite("Reviews")
struct ReviewTests {
    private static func list() throws -> WatchList {
        try WatchList([
            "words": ["WeChat", "outside the shop", "微信"], "patterns": ["phone", "link", "mail"],
            "hosts": ["shop.example"],
        ])
    }

    @Test(
        "DESK-30 words and patterns are found however they are written",
        arguments: [
            ("Add me on we-chat", ["WeChat"]), ("W E C H A T me", ["WeChat"]), ("加我微信吧", ["微信"]),
            ("We deal OUTSIDE THE SHOP", ["outside the shop"]), ("call 0170 12 34 567", ["phone"]),
            ("(139) 1234-5678", ["phone"]), ("打我电话 一三九一二三四五六七八", ["phone"]), ("１３９１２３４５６７８", ["phone"]),
            ("see https://cheap.example/x", ["link"]), ("look: www.cheap.example", ["link"]),
            ("write to me@mail.example", ["mail"]),
        ])
    func found(text: String, expected: [String]) throws { #expect(try Self.list().findings(in: text) == expected) }

    @Test(
        "DESK-30 prices, times and the shop's own pages are no findings",
        arguments: [
            "It costs 86,000 or 1 234 567", "Sat 10:00, 2027-10-01", "https://www.shop.example/car-881",
            "https://shop.example", "@anna has it", "a wechselt", "e.g. that one", "",
        ])
    func plain(text: String) throws {
        #expect(
            try WatchList(["words": ["taxi"], "patterns": ["phone", "link", "mail"], "hosts": ["shop.example"]])
                .findings(in: text) == [])
    }

    @Test(
        "DESK-30 a flag is raised beside the message, which is delivered as any other; it ends with a word of a manager"
    )
    func flags() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna")
        let visitor = try await shop.user(nil, .visitor)
        try await shop.desk.setPolicy(.watch, ["words": ["wechat"], "patterns": ["phone"]], by: 1)
        let opened = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: "Hello")
        try await shop.say("my WeChat is open", agent, in: opened.room)
        try await shop.say("mine is 139 1234 5678", visitor, in: opened.room)
        // The words of an edit count, too.
        _ = try await shop.messaging.send(
            visitor, room: opened.room, type: "m.room.message", transaction: "edit",
            content: [
                "msgtype": "m.text", "body": "* x", "m.new_content": ["msgtype": "m.text", "body": "we chat?"],
            ])
        #expect(try await shop.talk(visitor, in: opened.room).count == 4)
        let all = try await shop.desk.flags(before: nil, state: .open, conversation: nil, limit: 10)
        #expect(all.map { $0["found"] } == [["wechat"], ["phone"], ["wechat"]])
        #expect(all.last?["user_id"]?.stringValue == agent.user.text)
        #expect(all.allSatisfy { $0["event_id"]?.stringValue != nil })
        let number = try #require(all.last?["flag"]?.intValue)
        try await shop.desk.review(number, .confirmed, note: "talked to her", by: agent.userNumber)
        #expect(try await shop.desk.flags(before: nil, state: .open, conversation: nil, limit: 10).count == 2)
        let by = try await shop.desk.flag(opened.conversation.number, note: "look at this", by: agent.userNumber)
        #expect(by > number)
        // Once nothing is watched for, nothing is found.
        try await shop.desk.setPolicy(.watch, [:], by: 1)
        try await shop.say("wechat", agent, in: opened.room)
        #expect(try await shop.desk.flags(before: nil, state: nil, conversation: nil, limit: 10).count == 4)
    }

    @Test("DESK-29 an auditor reads what was said, recalled or not, with history, notes and looks; nobody else does")
    func audit() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna")
        let visitor = try await shop.user(nil, .visitor)
        let opened = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: "Hello")
        let number = opened.conversation.number
        let said = try await shop.messaging.send(
            agent, room: opened.room, type: "m.room.message", transaction: "rude",
            content: ["msgtype": "m.text", "body": "something rude"])
        _ = try await shop.messaging.redact(
            agent, room: opened.room, event: said, transaction: "recall", reason: nil)
        try await shop.desk.addNote("she was tired", on: number, by: agent.userNumber)
        await #expect(throws: RequestError.self) { try await shop.desk.audit(number, by: agent) }
        let boss = try await shop.user("boss", .staff)
        let admin = Session(
            userNumber: boss.userNumber, user: boss.user, deviceNumber: boss.deviceNumber, deviceID: boss.deviceID,
            kind: .staff, isAdmin: true)
        let page = try await shop.desk.audit(number, by: admin)
        #expect(page["transcript"]?.text.contains("something rude") == true)
        #expect(page["notes"]?.text.contains("she was tired") == true)
        #expect(page["transitions"]?.arrayValue?.isEmpty == false)
        // The look itself is on the record before anything is shown.
        #expect(page["accesses"]?.arrayValue?.first?["user_id"]?.stringValue == boss.user.text)
        let looks = try await shop.messaging.auditAccesses(admin, before: nil, limit: 10)
        #expect(looks["accesses"]?.arrayValue?.count == 1)
        #expect(try await !shop.talk(visitor, in: opened.room).contains("something rude"))
    }
}
