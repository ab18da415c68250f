import Accounts
import Basics
import Messaging
import Storage
import Testing

@Suite struct BusyRoomTests {
    private func say(_ text: String, _ fixture: UserDataFixture, _ user: Session, _ room: String) async throws -> String
    {
        try await fixture.engine.send(
            user, room: room, type: EventType.message, transaction: "t-" + text,
            content: ["msgtype": "m.text", "body": .string(text)])
    }

    private func sync(_ fixture: UserDataFixture, _ user: Session, since: String?) async throws -> JSON {
        var request = SyncRequest()
        request.since = try since.map { try SyncToken(parsing: $0) }
        return try JSON(parsing: try await fixture.engine.sync(user, request), limits: .stored)
    }

    @Test("MSG-09 a flooded group does not push a private message out of the next delta")
    func flood() async throws {
        let flood = TestScale.pick(2_000, full: 100_000)
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            let group = try await fixture.room(alice, bob)
            let talk = try await fixture.room(alice, bob)
            let token = try #require(try await sync(fixture, bob, since: nil)["next_batch"]?.stringValue)
            let secret = try await say("only for you", fixture, alice, talk)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for index in 0..<flood {
                    // The queue of the writer is bounded: no more at once than it takes.
                    if index >= 1_000 { try await tasks.next() }
                    tasks.addTask { _ = try await say("flood \(index)", fixture, alice, group) }
                }
                try await tasks.waitForAll()
            }
            let delta = try await sync(fixture, bob, since: token)
            let rooms = delta["rooms"]?["join"]
            let events = rooms?[talk]?["timeline"]?["events"]?.arrayValue ?? []
            #expect(events.compactMap { $0["event_id"]?.stringValue } == [secret])
            #expect(rooms?[talk]?["timeline"]?["limited"] == false)
            #expect(rooms?[group]?["timeline"]?["limited"] == true)
            #expect(rooms?[group]?["unread_notifications"]?["notification_count"]?.intValue == Int64(flood))
        }
    }

    @Test("MSG-07 what is meant for the first device is held back from the second and stays in the history")
    func deliverFirst() async throws {
        try await UserDataFixture.run { fixture in
            let shop = try await fixture.user("shop1")
            let phone = try await fixture.user("carol")
            let desk = try await fixture.device("DESK", of: phone)
            let room = try await fixture.room(shop, phone)
            let phoneToken = try #require(try await sync(fixture, phone, since: nil)["next_batch"]?.stringValue)
            let deskToken = try #require(try await sync(fixture, desk, since: nil)["next_batch"]?.stringValue)
            let first = try await fixture.engine.send(
                shop, room: room, type: EventType.message, transaction: "1",
                content: ["msgtype": "m.text", "body": "one device", "shop.vitrine.deliver": "first"])
            let all = try await say("all devices", fixture, shop, room)
            let onPhone = try await sync(fixture, phone, since: phoneToken)
            #expect(ids(onPhone, room) == [first, all])
            // Only the token that comes back tells that the phone has it.
            let next = try #require(onPhone["next_batch"]?.stringValue)
            _ = try await sync(fixture, phone, since: next)
            let onDesk = try await sync(fixture, desk, since: deskToken)
            #expect(ids(onDesk, room) == [all])
            let skipped = onDesk["rooms"]?["join"]?[room]?["shop.vitrine.skipped"]?.arrayValue
            #expect(skipped == [.string(first)])
            let client = ModelClient(desk, engine: fixture.engine)
            #expect(try await client.history(room, pageSize: 50, isForwards: true).contains(first))
        }
    }

    private func ids(_ reply: JSON, _ room: String) -> [String] {
        (reply["rooms"]?["join"]?[room]?["timeline"]?["events"]?.arrayValue ?? []).compactMap {
            $0["event_id"]?.stringValue
        }
    }

    @Test("MSG-32 the log of events, read from the beginning in any steps, is the whole store in one order")
    func replay() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let rooms = [try await fixture.room(alice), try await fixture.room(alice)]
            for index in 0..<60 { _ = try await say("m\(index)", fixture, alice, rooms[index % 2]) }
            let queries = fixture.engine.events
            let whole = try await fixture.database.read { try queries.log(after: 0, limit: 10_000, in: $0) }
            var steps: [Int64] = []
            var place: Int64 = 0
            while true {
                let from = place
                let part = try await fixture.database.read { try queries.log(after: from, limit: 7, in: $0) }
                guard let last = part.last else { break }
                steps += part.map(\.pos)
                place = last.pos
            }
            #expect(steps == whole.map(\.pos))
            #expect(whole.filter { $0.type == EventType.message }.count == 60)
        }
    }

    @Test("MSG-02 sending reads and writes nothing about devices")
    func sendTouchesNoDevice() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let room = try await fixture.room(alice)
            for index in 0..<30 { _ = try await fixture.device("D\(index)", of: alice) }
            func rows() async throws -> [Int64] {
                try await fixture.database.read { connection in
                    try ["msg_to_device", "msg_receipt", "acc_device"].map { table in
                        try connection.first("SELECT COUNT(*) FROM \(table)") { $0.int(0) } ?? 0
                    }
                }
            }
            _ = try await say("first", fixture, alice, room)
            let before = try await rows()
            for index in 0..<20 { _ = try await say("m\(index)", fixture, alice, room) }
            #expect(try await rows() == before)
        }
    }

    @Test("MSG-06 the positions of devices, the furthest and the newest can be asked for")
    func positions() async throws {
        try await UserDataFixture.run { fixture in
            let phone = try await fixture.user("alice")
            let desk = try await fixture.device("DESK", of: phone)
            let room = try await fixture.room(phone)
            let token = try #require(try await sync(fixture, phone, since: nil)["next_batch"]?.stringValue)
            _ = try await say("later", fixture, phone, room)
            _ = try await sync(fixture, phone, since: token)
            let positions = try await fixture.engine.positions(phone)
            let head = try #require(positions["head"]?.intValue)
            let cursors = (positions["devices"]?.arrayValue ?? []).reduce(into: [String: Int64]()) { cursors, device in
                if let id = device["device_id"]?.stringValue { cursors[id] = device["cursor"]?.intValue }
            }
            let phoneCursor = try #require(cursors["PHONE"])
            #expect(phoneCursor == (try SyncToken(parsing: token)).position)
            #expect(cursors[desk.deviceID] == 0)
            #expect(positions["furthest"]?.intValue == phoneCursor)
            #expect(head > phoneCursor)
        }
    }

    @Test("MSG-76 a token of another generation or from beyond the head starts afresh with limited timelines")
    func otherGeneration() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let room = try await fixture.room(alice)
            for token in [
                SyncToken(generation: fixture.database.generation &+ 1, position: 1),
                SyncToken(generation: fixture.database.generation, position: 1_000_000),
            ] {
                let reply = try await sync(fixture, alice, since: token.text)
                let part = reply["rooms"]?["join"]?[room]
                #expect(part?["timeline"]?["limited"] == true)
                #expect((part?["timeline"]?["events"]?.arrayValue ?? []).count > 0)
            }
        }
    }

    @Test("MSG-10 a delta looks at what has changed, not at every conversation")
    func deltaCost() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            var rooms: [String] = []
            for _ in 0..<150 { rooms.append(try await fixture.room(alice)) }
            let token = try #require(try await sync(fixture, alice, since: nil)["next_batch"]?.stringValue)
            _ = try await say("one", fixture, alice, rooms[77])
            let reply = try await sync(fixture, alice, since: token)
            #expect(reply["rooms"]?["join"]?.objectValue?.keys == [rooms[77]])
        }
    }
}
