import Accounts
import Basics
import Messaging
import Storage
import Synchronization
import TestSupport
import Testing

@Suite struct RetentionTests {
    private func say(_ text: String, _ fixture: UserDataFixture, _ user: Session, _ room: String) async throws {
        _ = try await fixture.engine.send(
            user, room: room, type: EventType.message, transaction: "t-" + text,
            content: ["msgtype": "m.text", "body": .string(text)])
    }

    private func bodies(_ fixture: UserDataFixture, _ user: Session, _ room: String) async throws -> [String] {
        var request = HistoryRequest()
        request.isForwards = true
        request.limit = 500
        let page = try JSON(parsing: try await fixture.engine.messages(user, room: room, request), limits: .stored)
        return (page["chunk"]?.arrayValue ?? []).compactMap { $0["content"]?["body"]?.stringValue }
    }

    @Test("MSG-52 what a retention rule lets go is removed in small steps; the rest, the state and a hold stay")
    func purge() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let room = try await fixture.room(alice)
            let held = try await fixture.room(alice)
            for index in 0..<25 {
                try await say("old \(index)", fixture, alice, room)
                try await say("held \(index)", fixture, alice, held)
            }
            fixture.clock.advance(milliseconds: 40 * 86_400_000)
            for index in 0..<5 { try await say("new \(index)", fixture, alice, room) }
            try await fixture.engine.setRetention(alice, room: room, days: 30, hold: false)
            try await fixture.engine.setRetention(alice, room: held, days: 30, hold: true)
            var steps = 0
            while try await fixture.engine.purgeStep(limit: 10) { steps += 1 }
            #expect(steps >= 3)
            #expect(try await bodies(fixture, alice, room) == (0..<5).map { "new \($0)" })
            #expect(try await bodies(fixture, alice, held).count == 25)
            let rows = try await fixture.database.read { connection in
                try connection.first("SELECT COUNT(*) FROM msg_event WHERE content LIKE '%old %'") { $0.int(0) }
            }
            #expect(rows == 0)
            let state = try JSON(parsing: try await fixture.engine.state(alice, room: room), limits: .stored)
            #expect((state.arrayValue ?? []).contains { $0["type"]?.stringValue == EventType.create })
            try await say("after", fixture, alice, room)
            #expect(try await bodies(fixture, alice, room).last == "after")
        }
    }

    @Test("MSG-52 senders go on while a rule removes many messages: each waits for one small step at most")
    func purgeWhileSending() async throws {
        let count = TestScale.pick(20_000, full: 1_000_000)
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let (room, busy) = (try await fixture.room(alice), try await fixture.room(alice))
            try await fixture.fill(room, with: count)
            fixture.clock.advance(milliseconds: 40 * 86_400_000)
            try await say("kept", fixture, alice, room)
            try await fixture.engine.setRetention(alice, room: room, days: 30, hold: false)
            let before = try await sendTimes(fixture, alice, busy, "before") { $0 < 200 }
            let isDone = Flag()
            async let steps = purge(fixture, isDone)
            let during = try await sendTimes(fixture, alice, busy, "during") { _ in !isDone.isSet }
            #expect(try await steps >= count / 500)
            #expect(during.count > 10)
            let left = try await fixture.database.read { connection in
                try connection.first("SELECT COUNT(*) FROM msg_event WHERE content LIKE '%filled%'") { $0.int(0) }
            }
            #expect(left == 0)
            #expect(try await bodies(fixture, alice, room) == ["kept"])
            print(
                "a send while \(count) messages are removed:", "p50 \(during[during.count / 2]),",
                "max \(during.last ?? .zero); before: p50 \(before[before.count / 2]), max \(before.last ?? .zero)")
        }
    }

    private func purge(_ fixture: UserDataFixture, _ isDone: Flag) async throws -> Int {
        defer { isDone.set() }
        var steps = 0
        while try await fixture.engine.purgeStep() { steps += 1 }
        return steps
    }

    /// How long sends took, one after the other, in ascending order.
    private func sendTimes(
        _ fixture: UserDataFixture, _ user: Session, _ room: String, _ name: String, while goesOn: (Int) -> Bool
    ) async throws -> [Duration] {
        var times: [Duration] = []
        while goesOn(times.count) {
            let began = ContinuousClock.now
            try await say("\(name) \(times.count)", fixture, user, room)
            times.append(ContinuousClock.now - began)
        }
        return times.sorted()
    }

    @Test("MSG-78 the original of a recalled message is shown to an auditor only, noted each time, and expires")
    func recalledOriginal() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let room = try await fixture.room(alice)
            let event = try await fixture.engine.send(
                alice, room: room, type: EventType.message, transaction: "1",
                content: ["msgtype": "m.text", "body": "a rude word"])
            _ = try await fixture.engine.redact(alice, room: room, event: event, transaction: "2", reason: "sorry")
            let auditor = Session(
                userNumber: alice.userNumber, user: alice.user, deviceNumber: alice.deviceNumber,
                deviceID: alice.deviceID, isAdmin: true)
            func transcript(_ session: Session) async throws -> String {
                let bytes = try await fixture.engine.transcript(
                    session, room: room, format: .json, includesRecalled: true)
                return String(decoding: bytes, as: UTF8.self)
            }
            await #expect(throws: RequestError.self) { try await transcript(alice) }
            #expect(try await transcript(auditor).contains("a rude word"))
            let looks = try await fixture.database.read { connection in
                try connection.first("SELECT COUNT(*) FROM msg_audit") { $0.int(0) }
            }
            #expect(looks == 1)
            fixture.clock.advance(milliseconds: 91 * 86_400_000)
            try await fixture.engine.sweep()
            #expect(try await !transcript(auditor).contains("a rude word"))
        }
    }
}

/// Set once, by another task.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

extension UserDataFixture {
    /// Puts many old messages into a room at once, as rows.
    fileprivate func fill(_ room: String, with count: Int) async throws {
        let number = try #require(RoomIdentifier.number(room, server: "shop.test"))
        let head = try #require(try await engine.room(number)).headSeq
        let queries = engine.events
        let template = try #require(
            try await database.read { try queries.event(EventAddress(room: number, seq: 1), in: $0) })
        for start in stride(from: 0, to: count, by: 10_000) {
            try await database.write { context in
                for index in start..<min(count, start + 10_000) {
                    var event = template
                    event.pos = context.nextPosition()
                    event.seq = head + Int64(index) + 1
                    event.type = EventType.message
                    event.stateKey = nil
                    event.counted = Int64(index) + 1
                    event.flags = .counted
                    event.content = Array(#"{"body":"filled","msgtype":"m.text"}"#.utf8)
                    try queries.insert(event, in: context)
                }
            }
        }
        let (last, position) = (head + Int64(count), database.position)
        try await database.write { context in
            try context.run(
                "UPDATE msg_room SET head_seq = ?2, head_pos = ?3, counted = ?4, last_seq = ?2 WHERE room_no = ?1",
                .integer(number.value), .integer(last), .integer(position), .integer(Int64(count)))
        }
        engine.dropRooms()
    }
}
