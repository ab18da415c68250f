import Accounts
import Basics
import Messaging
import ServiceDesk
import Storage
import Synchronization
import TestSupport
import Testing

/// A business that books, and does what it was told once for each key.
final class Bookings: Sendable {
    private struct State {
        var effects: [String: Int] = [:]
        var requests = 0
        /// What it answers next, before it answers well again.
        var faults: [AdapterReply] = []
    }
    private let state = Mutex(State())

    var effects: Int { state.withLock { $0.effects.count } }
    var requests: Int { state.withLock { $0.requests } }

    func fail(_ replies: [AdapterReply]) { state.withLock { $0.faults = replies } }

    func ask(_ key: String) -> AdapterReply {
        state.withLock { state in
            state.requests += 1
            if !state.faults.isEmpty { return state.faults.removeFirst() }
            state.effects[key, default: 0] += 1
            return .status(200, body: Array("{\"status\": \"ok\", \"text\": \"Saturday it is\"}".utf8), retryAfter: nil)
        }
    }
}

/// From the press to the answer in the card.
@Suite("Presses of cards")
struct CardProxyTests {
    private static let layout: JSONObject = [
        "body": [["type": "Input.ChoiceSet", "id": "slot", "isRequired": true, "choices": [["value": "s1"]]]],
        "actions": [["type": "Action.Execute", "verb": "book"]],
    ]

    private struct Scenery {
        let shop: TestDesk
        let agent: Session
        let visitor: Session
        let opened: OpenedConversation
        let card: String
        let business = Bookings()

        func proxy(lease: Int64 = 30_000) -> CardProxy {
            let business = business
            return CardProxy(
                desk: shop.desk, adapters: [("booking", { _, key in business.ask(key) })], leaseMilliseconds: lease)
        }

        func press(_ session: Session, rev: Int64 = 1, _ transaction: String = "t") async throws -> String {
            try await shop.desk.press(
                session, room: opened.room, card: card, verb: "book", rev: rev, data: ["slot": "s1"],
                transaction: transaction)
        }

        func state() async throws -> String? {
            try await shop.desk.card(room: opened.room, event: card)["state"]?.stringValue
        }
    }

    private func scenery(uses: Int64 = 1) async throws -> Scenery {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna")
        let visitor = try await shop.user(nil, .visitor)
        let opened = try await shop.desk.open(visitor, scene: nil, topic: "buy", text: nil)
        let draft = CardDraft(
            kind: "viewing.book", adapter: "booking", ref: "car-881", uses: uses, layout: Self.layout,
            body: "Choose a time: 1. Saturday")
        let card = try await shop.desk.send(draft, to: opened.conversation.number, by: agent)
        return Scenery(shop: shop, agent: agent, visitor: visitor, opened: opened, card: card)
    }

    @Test("DESK-10 DESK-13 DESK-73 a press comes to the business once and its answer into card and room")
    func press() async throws {
        let s = try await scenery()
        let action = try await s.press(s.visitor)
        // A reply that was lost is asked for again: the same press.
        #expect(try await s.press(s.visitor) == action)
        #expect(try await s.state() == "busy")
        let proxy = s.proxy()
        #expect(try await proxy.step())
        #expect(try await !proxy.step())
        #expect((s.business.effects, s.business.requests) == (1, 1))
        #expect(try await s.state() == "done")
        let texts = try await s.shop.talk(s.visitor, in: s.opened.room)
        #expect(texts.contains { $0.contains("Saturday it is") })
    }

    @Test("DESK-15 DESK-73 two devices that press at one moment book once")
    func race() async throws {
        let s = try await scenery()
        let (desk, visitor, room, card) = (s.shop.desk, s.visitor, s.opened.room, s.card)
        let done = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let press = try? await desk.press(
                        visitor, room: room, card: card, verb: "book", rev: 1, data: ["slot": "s1"],
                        transaction: "device-\(number)")
                    return press != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(done == 1)
        let proxy = s.proxy()
        while try await proxy.step() {}
        #expect(s.business.effects == 1)
    }

    @Test("DESK-15 DESK-73 a proxy that dies after the business has acted asks again with the same key: one effect")
    func death() async throws {
        let s = try await scenery()
        let action = try await s.press(s.visitor)
        // What a process leaves behind that is killed between the answer and its commit: a leased job.
        let jobs = Jobs(database: s.shop.database, policy: JobPolicy(leaseMilliseconds: 30_000))
        _ = try #require(try await jobs.claim(kinds: ["card.action.booking"], owner: "dead"))
        _ = s.business.ask(action)
        try await s.shop.restart()
        let proxy = s.proxy()
        #expect(try await !proxy.step())
        s.shop.clock.advance(milliseconds: 31_000)
        // The lease has run out; the job rests a while and is done again.
        for _ in 0..<3 where try await !proxy.step() { s.shop.clock.advance(milliseconds: 2_000) }
        #expect((s.business.effects, s.business.requests) == (1, 2))
        #expect(try await s.state() == "done")
    }

    @Test(
        "DESK-15 DESK-73 failures are tried again with pauses; after the last try a human is told and the card says so")
    func deadLetter() async throws {
        let s = try await scenery()
        let told = Mutex<[DeskNotice]>([])
        s.shop.desk.onNotices { notices in told.withLock { $0 += notices } }
        s.business.fail(Array(repeating: .nothing("no connection"), count: 100))
        _ = try await s.press(s.visitor)
        let proxy = s.proxy()
        for _ in 0..<40 where s.business.requests < 8 {
            _ = try await proxy.step()
            s.shop.clock.advance(milliseconds: 700_000)
        }
        #expect(s.business.requests == 8)
        #expect(try await s.state() == "failed")
        #expect(told.withLock { $0 }.contains(.cardFailed(s.opened.conversation.number)))
        #expect(s.business.effects == 0)
    }

    @Test("DESK-73 a refusal of the business is shown and gives the use back")
    func refused() async throws {
        let s = try await scenery()
        s.business.fail([.status(409, body: Array("{\"text\": \"taken\"}".utf8), retryAfter: nil)])
        _ = try await s.press(s.visitor)
        let proxy = s.proxy()
        _ = try await proxy.step()
        #expect(try await s.state() == "active")
        _ = try await s.press(s.visitor, rev: 3, "again")
        _ = try await proxy.step()
        #expect((s.business.effects, s.business.requests) == (1, 2))
        #expect(try await s.state() == "done")
    }

    @Test("DESK-20 a card that was sent to a visitor works after the login, for the account alone")
    func person() async throws {
        let s = try await scenery()
        let member = try await s.shop.user("mei", .member)
        let stranger = try await s.shop.user("tom", .member)
        let visitor = try #require(try await s.shop.accounts.user(number: s.visitor.userNumber))
        let account = try #require(try await s.shop.accounts.user(number: member.userNumber))
        await #expect(throws: RequestError.self) { try await s.press(member) }
        _ = try await s.shop.desk.merge(anonymous: visitor, into: account, by: account.number, evidence: "token")
        await #expect(throws: RequestError.self) { try await s.press(stranger) }
        await #expect(throws: RequestError.self) { try await s.press(s.agent) }
        _ = try await s.press(member)
        _ = try await s.proxy().step()
        #expect(s.business.effects == 1)
    }

    @Test("DESK-10 customers send no cards")
    func senders() async throws {
        let s = try await scenery()
        let draft = CardDraft(kind: "k", adapter: "booking", layout: Self.layout, body: "b")
        await #expect(throws: RequestError.self) {
            try await s.shop.desk.send(draft, to: s.opened.conversation.number, by: s.visitor)
        }
    }
}
