import Accounts
import Basics
import Messaging
import Storage
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
