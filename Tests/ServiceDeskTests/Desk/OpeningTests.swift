import Accounts
import Basics
import Messaging
import ServiceDesk
import Storage
import TestSupport
import Testing

/// Conversations that are opened, served and ended in the tables of a server.
@Suite("Conversations of the desk")
struct OpeningTests {
    @Test(
        "DESK-01 DESK-04 DESK-71 DESK-72 a visitor opens a conversation and the agent is in its room at once, with the reason"
    )
    func open() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna")
        let visitor = try await shop.user(nil, .visitor)
        let opened = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: "Is it still there?")
        #expect(opened.conversation.status == .open)
        #expect(opened.conversation.owner == .agent(agent.userNumber))
        #expect(try await shop.talk(agent, in: opened.room) == ["Is it still there?"])
        let lines = try await shop.desk.transitions(of: opened.conversation.number)
        #expect(lines.compactMap { $0["reason"]?.stringValue } == ["opened", "assigned"])
        #expect(lines.last?["why"]?["candidates"]?.arrayValue?.count == 1)
        #expect(try await shop.desk.check() == [])
    }

    @Test("DESK-46 opening the same topic again answers the conversation that is open")
    func again() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let visitor = try await shop.user(nil, .visitor)
        let desk = shop.desk
        let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await desk.open(visitor, scene: nil, topic: "buy", text: nil).conversation.number
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(numbers == [1])
        #expect(try await desk.open(visitor, scene: nil, topic: "repair", text: nil).conversation.number == 2)
    }

    @Test("DESK-05 entrances of one item lead to different queues, and a lost scene to the default one")
    func scenes() async throws {
        let shop = try TestDesk()
        let (sales, bargains) = (try await shop.queue("sales"), try await shop.queue("bargains"))
        try await shop.desk.setRules([
            ["if": ["entry": "item.bargain"], "then": ["queue": .int(bargains), "priority": 2]]
        ])
        let (one, other) = (try await shop.user(nil, .visitor), try await shop.user(nil, .visitor))
        let item: JSON = ["ref": "car-881", "title": "A car"]
        let book = try await shop.desk.register(Scene(["entry": "item.book", "item": item]), for: one).token
        let bargain = try await shop.desk.register(Scene(["entry": "item.bargain", "item": item]), for: one).token
        #expect(try await shop.desk.open(one, scene: book, topic: "a", text: nil).conversation.queue == sales)
        let opened = try await shop.desk.open(one, scene: bargain, topic: "b", text: nil).conversation
        #expect((opened.queue, opened.priority) == (bargains, 2))
        // Somebody else's token is no token.
        #expect(try await shop.desk.open(other, scene: bargain, topic: "b", text: nil).conversation.queue == sales)
        shop.clock.advance(milliseconds: Desk.sceneLifetime)
        #expect(try await shop.desk.open(other, scene: bargain, topic: "c", text: nil).conversation.queue == sales)
    }

    @Test("DESK-43 DESK-71 what is said moves the conversation: answered, silent, taken over")
    func turns() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let (anna, ben) = (try await shop.agent("anna"), try await shop.agent("ben"))
        let visitor = try await shop.user(nil, .visitor)
        let opened = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: "Hello?")
        let number = opened.conversation.number
        try await shop.say("Hello!", anna, in: opened.room)
        #expect(try await shop.desk.conversation(number).status == .waiting)
        try await shop.say("A question", visitor, in: opened.room)
        #expect(try await shop.desk.conversation(number).status == .open)
        shop.clock.advance(milliseconds: 600_000)
        try await shop.desk.perform(.timePassed)
        #expect(try await shop.desk.conversation(number).owner == .agent(ben.userNumber))
        // Anna is out of the room and Ben in it.
        await #expect(throws: RequestError.self) { try await shop.say("Me again", anna, in: opened.room) }
        try await shop.say("I am Ben", ben, in: opened.room)
        #expect(try await shop.talk(ben, in: opened.room) == ["Hello?", "Hello!", "A question", "I am Ben"])
        #expect(try await shop.desk.check() == [])
    }

    @Test("DESK-47 a restart changes nothing, and what came due meanwhile happens once")
    func restart() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue(mode: .offer)
        let (anna, ben) = (try await shop.agent("anna"), try await shop.agent("ben"))
        let visitor = try await shop.user(nil, .visitor)
        let number = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: nil).conversation.number
        #expect(try await shop.desk.conversation(number).owner == .agent(anna.userNumber))
        try await shop.restart()
        #expect(try await shop.desk.check() == [])
        shop.clock.advance(milliseconds: 25_000)
        let outcome = try await shop.desk.perform(.timePassed)
        #expect(outcome.transitions.map(\.reason) == [.offerTimeout, .offered])
        #expect(try await shop.desk.perform(.timePassed).transitions == [])
        #expect(try await shop.desk.conversation(number).owner == .agent(ben.userNumber))
        #expect(try await shop.desk.check() == [])
    }

    @Test("DESK-71 a deadline needs no job: the desk wakes for it by itself")
    func runner() async throws {
        var times = DeskTimes()
        (times.offer, times.exclusion) = (20, 20)
        let shop = try TestDesk(times: times, ticking: true)
        _ = try await shop.queue(mode: .offer)
        let agent = try await shop.agent("anna")
        let visitor = try await shop.user(nil, .visitor)
        let (told, teller) = AsyncStream<[DeskNotice]>.makeStream()
        shop.desk.onNotices { teller.yield($0) }
        let desk = shop.desk
        let running = Task { try await desk.run() }
        // Offered, not taken, offered again, not taken again: nobody but time does anything.
        _ = try await desk.open(visitor, scene: nil, topic: "buy", text: nil)
        for await notices in told where notices.contains(.agentSetAway(agent.userNumber)) { break }
        running.cancel()
        #expect(try await desk.check() == [])
    }

    @Test("DESK-49 DESK-52 an ended conversation comes back when its customer writes, to the same number and room")
    func reopen() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna")
        let visitor = try await shop.user(nil, .visitor)
        let opened = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: nil)
        let number = opened.conversation.number
        try await shop.desk.perform(.resolved(number, by: agent.userNumber))
        await #expect(throws: RequestError.self) { try await shop.say("Bye", agent, in: opened.room) }
        #expect(try await shop.desk.rate(number, stars: 5).rating == 5)
        try await shop.say("One more thing", visitor, in: opened.room)
        let again = try await shop.desk.conversation(number)
        #expect(again.status == .open)
        #expect(again.owner == .agent(agent.userNumber))
        try await shop.desk.perform(.resolved(number, by: agent.userNumber))
        shop.clock.advance(milliseconds: 15 * 86_400_000)
        try await shop.say("Next month", visitor, in: opened.room)
        #expect(try await shop.desk.conversation(number).status == .resolved)
        #expect(try await shop.desk.conversation(number + 1).room == again.room)
        #expect(try await shop.desk.check() == [])
    }

    @Test("DESK-70 a decision that cannot be stored leaves neither rows nor memory behind")
    func rollback() async throws {
        struct Broken: Error {}
        let shop = try TestDesk()
        _ = try await shop.queue()
        _ = try await shop.agent("anna")
        let visitor = try await shop.user(nil, .visitor)
        let opened = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: nil)
        let follower = shop.messaging.roomFollower
        struct Failing: RoomFollower {
            let inner: (any RoomFollower)?
            func roomChanged(_ room: RoomState, by events: [StoredEvent], in context: WriteContext) throws {
                try inner?.roomChanged(room, by: events, in: context)
                throw Broken()
            }
        }
        shop.messaging.roomFollower = Failing(inner: follower)
        await #expect(throws: Broken.self) { try await shop.say("lost", visitor, in: opened.room) }
        await #expect(throws: Broken.self) {
            try await shop.desk.perform(.transferred(opened.conversation.number, to: .queue(1), by: nil))
        }
        shop.messaging.roomFollower = follower
        #expect(try await shop.desk.check() == [])
        #expect(try await shop.desk.conversation(opened.conversation.number) == opened.conversation)
        try await shop.say("heard", visitor, in: opened.room)
        #expect(try await shop.talk(visitor, in: opened.room) == ["heard"])
    }
}
