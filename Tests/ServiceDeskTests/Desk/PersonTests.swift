import Accounts
import Basics
import Messaging
import ServiceDesk
import TestSupport
import Testing

/// One human with several ids.
@Suite("Persons")
struct PersonTests {
    private struct Scenery {
        let shop: TestDesk
        let agent: Session
        let visitor: Session
        let member: Session
    }

    private func scenery() async throws -> Scenery {
        let shop = try TestDesk()
        _ = try await shop.queue()
        return Scenery(
            shop: shop, agent: try await shop.agent("anna", capacity: 9), visitor: try await shop.user(nil, .visitor),
            member: try await shop.user("mei", .member))
    }

    private func merge(_ s: Scenery) async throws -> Int64 {
        let visitor = try #require(try await s.shop.accounts.user(number: s.visitor.userNumber))
        let member = try #require(try await s.shop.accounts.user(number: s.member.userNumber))
        return try await s.shop.desk.merge(
            anonymous: visitor, into: member, by: member.number, evidence: "logged in with the visitor's token")
    }

    @Test("DESK-18 DESK-21 a visitor who logs in keeps number, agent and clock, and reads on as the account")
    func login() async throws {
        let s = try await scenery()
        let opened = try await s.shop.desk.open(s.visitor, scene: nil, topic: "buy", text: "before")
        let before = opened.conversation
        _ = try await merge(s)
        let after = try await s.shop.desk.conversation(before.number)
        #expect((after.owner, after.enqueued, after.deadline) == (before.owner, before.enqueued, before.deadline))
        try await s.shop.say("after", s.member, in: opened.room)
        #expect(try await s.shop.talk(s.member, in: opened.room) == ["before", "after"])
        let again = try await s.shop.desk.open(s.member, scene: nil, topic: "buy", text: nil)
        #expect(again.conversation.number == before.number)
        // The visitor's token is worth nothing any more.
        #expect(try await s.shop.accounts.devices(of: s.visitor.userNumber).isEmpty)
        #expect(try await s.shop.desk.check() == [])
    }

    @Test("DESK-19 DESK-22 two ids with two histories are one list and one card, and no message has moved")
    func existing() async throws {
        let s = try await scenery()
        let mine = try await s.shop.desk.open(s.member, scene: nil, topic: "repair", text: "as a member")
        let other = try await s.shop.desk.open(s.visitor, scene: nil, topic: "buy", text: "as a visitor")
        _ = try await merge(s)
        let list = try await s.shop.desk.conversations(ofUser: s.member.userNumber)
        #expect(list.map(\.number) == [other.conversation.number, mine.conversation.number])
        let person = try #require(try await s.shop.desk.person(of: s.member.userNumber))
        let card = try await s.shop.desk.personCard(person)
        #expect(card["users"]?.arrayValue?.compactMap { $0["user"]?.intValue }.count == 2)
        #expect(card["merges"]?.arrayValue?.count == 1)
        #expect(try await s.shop.talk(s.agent, in: other.room) == ["as a visitor"])
        #expect(try await s.shop.desk.isOwn(other.conversation, user: s.member.userNumber))
    }

    @Test("DESK-21 DESK-46 of two open conversations about one topic one goes on, with the longer wait")
    func both() async throws {
        let s = try await scenery()
        let old = try await s.shop.desk.open(s.member, scene: nil, topic: "buy", text: nil).conversation
        s.shop.clock.advance(milliseconds: 5_000)
        let new = try await s.shop.desk.open(s.visitor, scene: nil, topic: "buy", text: nil).conversation
        _ = try await merge(s)
        let (ended, kept) = (
            try await s.shop.desk.conversation(old.number), try await s.shop.desk.conversation(new.number)
        )
        #expect((ended.status, ended.successor) == (.resolved, new.number))
        #expect((kept.status, kept.enqueued) == (.open, old.enqueued))
        #expect(try await s.shop.desk.check() == [])
    }

    @Test("DESK-74 a merge that is taken back leaves persons and conversations as they were")
    func undo() async throws {
        let s = try await scenery()
        let mine = try await s.shop.desk.open(s.member, scene: nil, topic: "repair", text: nil)
        let other = try await s.shop.desk.open(s.visitor, scene: nil, topic: "buy", text: nil)
        let persons = (
            try await s.shop.desk.person(of: s.member.userNumber),
            try await s.shop.desk.person(of: s.visitor.userNumber)
        )
        let merge = try await merge(s)
        try await s.shop.desk.undoMerge(merge, reason: "two people")
        try await s.shop.desk.undoMerge(merge, reason: "twice is once")
        #expect(try await s.shop.desk.person(of: s.member.userNumber) == persons.0)
        #expect(try await s.shop.desk.person(of: s.visitor.userNumber) == persons.1)
        #expect(try await s.shop.desk.conversation(mine.conversation.number) == mine.conversation)
        #expect(try await s.shop.desk.conversation(other.conversation.number) == other.conversation)
        #expect(try await !s.shop.desk.isOwn(other.conversation, user: s.member.userNumber))
        await #expect(throws: RequestError.self) { try await s.shop.say("again", s.member, in: other.room) }
        #expect(try await s.shop.desk.check() == [])
    }

    @Test("DESK-74 what a merge had ended comes back to its agent as it was, and the other waits as long as before")
    func restored() async throws {
        let s = try await scenery()
        let (desk, clock) = (s.shop.desk, s.shop.clock)
        let account = try await desk.open(s.member, scene: nil, topic: "buy", text: "as a member")
        try await s.shop.say("yes?", s.agent, in: account.room)
        clock.advance(milliseconds: 5_000)
        let visitor = try await desk.open(s.visitor, scene: nil, topic: "buy", text: "as a visitor")
        let before = (
            try await desk.conversation(account.conversation.number),
            try await desk.conversation(visitor.conversation.number)
        )
        #expect(before.0.status == .waiting && before.1.status == .open)
        let lists = (
            try await desk.conversations(ofUser: s.member.userNumber).map(\.number),
            try await desk.conversations(ofUser: s.visitor.userNumber).map(\.number)
        )
        let merge = try await merge(s)
        #expect(try await desk.conversation(before.0.number).status == .resolved)
        clock.advance(milliseconds: 5_000)
        try await desk.undoMerge(merge, reason: "two people")
        let after = (try await desk.conversation(before.0.number), try await desk.conversation(before.1.number))
        for (was, now) in [(before.0, after.0), (before.1, after.1)] {
            var plain = now
            // Only the history is longer: it tells of the merge and of its end.
            plain.n = was.n
            #expect(plain == was)
        }
        #expect(try await desk.conversations(ofUser: s.member.userNumber).map(\.number) == lists.0)
        #expect(try await desk.conversations(ofUser: s.visitor.userNumber).map(\.number) == lists.1)
        #expect(try await desk.agents().first?.load == 2)
        let reasons = try await desk.transitions(of: before.0.number).compactMap { $0["reason"]?.stringValue }
        #expect(reasons.suffix(2) == ["superseded", "restored"])
        // An agent who is gone meanwhile gets nothing back: then it waits, since when it waited before.
        let second = try await self.scenery()
        let old = try await second.shop.desk.open(second.member, scene: nil, topic: "buy", text: nil).conversation
        second.shop.clock.advance(milliseconds: 5_000)
        _ = try await second.shop.desk.open(second.visitor, scene: nil, topic: "buy", text: nil)
        let again = try await self.merge(second)
        try await second.shop.desk.perform(.agentStatus(second.agent.userNumber, .offline))
        try await second.shop.desk.undoMerge(again, reason: "two people")
        let waiting = try await second.shop.desk.conversation(old.number)
        #expect((waiting.status, waiting.enqueued) == (.queued, old.enqueued))
        #expect(try await second.shop.desk.check() == [])
    }

    @Test("DESK-19 a visitor who belongs to an account goes to no second one, staff to none")
    func refused() async throws {
        let s = try await scenery()
        _ = try await merge(s)
        let visitor = try #require(try await s.shop.accounts.user(number: s.visitor.userNumber))
        let second = try #require(
            try await s.shop.accounts.user(number: try await s.shop.user("tom", .member).userNumber))
        let agent = try #require(try await s.shop.accounts.user(number: s.agent.userNumber))
        for target in [second, agent] {
            await #expect(throws: RequestError.self) {
                try await s.shop.desk.merge(anonymous: visitor, into: target, by: target.number, evidence: "")
            }
        }
    }
}
