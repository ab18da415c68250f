import Accounts
import Basics
import Foundation
import Messaging
import Storage
import TestSupport
import Testing

@Suite struct RandomHistoryTests {
    /// `VITRINE_HISTORIES` asks for more stories than the usual ones.
    static let seeds: [UInt64] = {
        let wanted = ProcessInfo.processInfo.environment["VITRINE_HISTORIES"].flatMap { UInt64($0) } ?? 6
        return Array(1...max(1, wanted))
    }()

    /// Users who talk, come, go, recall and read at random, each with several devices that sync when they please.
    struct Story {
        let fixture: UserDataFixture
        var random: SeededRandom
        var users: [Session] = []
        var devices: [ModelClient] = []
        var rooms: [String] = []
        var sent: [(room: String, transaction: String, by: Session, event: String)] = []

        init(_ fixture: UserDataFixture, seed: UInt64) async throws {
            self.fixture = fixture
            random = SeededRandom(seed: seed)
            fixture.engine.userData = fixture.store
            for index in 0..<4 {
                let phone = try await fixture.user("user\(index)")
                users.append(phone)
                devices.append(ModelClient(phone, engine: fixture.engine))
                let desk = try await fixture.device("DESK", of: phone)
                devices.append(ModelClient(desk, engine: fixture.engine))
            }
            for owner in users.prefix(2) {
                rooms.append(try await fixture.engine.createRoom(owner, try RoomCreation(["preset": "public_chat"])))
            }
        }

        mutating func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &random)] }

        mutating func step(_ number: Int) async throws {
            let (user, room, engine) = (pick(users), pick(rooms), fixture.engine)
            let dice = Int.random(in: 0..<100, using: &random)
            do {
                switch dice {
                case 0..<40: try await say("message \(number)", by: user, in: room, transaction: "t\(number)")
                case 40..<45: try await retry()
                case 45..<55: _ = try await engine.join(user, roomOrAlias: room)
                case 55..<60: try await leave(user, room)
                case 60..<65:
                    try await engine.setMembership(pick(users), room: room, userID: user.user.text, to: .invite)
                case 65..<67: try await setVisibility(pick(users), room)
                case 67..<70: try await recall(user)
                case 70..<78: try await read(user, room)
                case 78: engine.dropIndex()
                case 79: try await fixture.accountData(user, room, number)
                default: try await pick(devices).sync(limit: 1 + number % 5, pageSize: 1 + number % 7)
                }
            } catch let error as RequestError where [403, 404].contains(error.status) {
                // Users try what they may not: that must change nothing, which the end shows.
            }
        }

        private mutating func say(_ text: String, by user: Session, in room: String, transaction: String) async throws {
            let content: JSONObject = ["msgtype": "m.text", "body": .string(text)]
            let event = try await fixture.engine.send(
                user, room: room, type: EventType.message, transaction: transaction, content: content)
            sent.append((room, transaction, user, event))
        }

        /// The same request again, as after a lost reply, even if its sender may no longer speak.
        private mutating func retry() async throws {
            guard !sent.isEmpty else { return }
            let old = pick(sent)
            let again = try await fixture.engine.send(
                old.by, room: old.room, type: EventType.message, transaction: old.transaction,
                content: ["msgtype": "m.text", "body": "again"])
            #expect(again == old.event)
        }

        private func leave(_ user: Session, _ room: String) async throws {
            try await fixture.engine.setMembership(user, room: room, userID: user.user.text, to: .leave)
        }

        private mutating func setVisibility(_ user: Session, _ room: String) async throws {
            let mode = pick(["shared", "joined", "invited", "world_readable"])
            _ = try await fixture.engine.setState(
                user, room: room, type: EventType.historyVisibility, key: "",
                content: ["history_visibility": .string(mode)])
        }

        private mutating func recall(_ user: Session) async throws {
            guard !sent.isEmpty else { return }
            let target = pick(sent)
            _ = try await fixture.engine.redact(
                target.by, room: target.room, event: target.event, transaction: "r" + target.event, reason: nil)
        }

        private mutating func read(_ user: Session, _ room: String) async throws {
            let mine = sent.filter { $0.room == room }
            guard !mine.isEmpty else { return }
            try await fixture.engine.markRead(user, room: room, marks: [(.read, pick(mine).event)])
        }
    }

    @Test(
        "MSG-04 MSG-05 MSG-71 MSG-75 each device gets exactly what follows its position; sync and history agree with the plain rule",
        arguments: seeds)
    func everyDeviceGetsEverything(seed: UInt64) async throws {
        try await UserDataFixture.run { fixture in
            var story = try await Story(fixture, seed: seed)
            for number in 0..<220 { try await story.step(number) }
            for device in story.devices { try await device.sync(limit: 3, pageSize: 4) }
            for room in story.rooms { try await check(room, story, seed: seed) }
            for device in story.devices { #expect(device.repeats == [], "seed \(seed)") }
        }
    }

    private func check(_ roomID: String, _ story: Story, seed: UInt64) async throws {
        let engine = story.fixture.engine
        let number = try #require(RoomIdentifier.number(roomID, server: engine.serverName))
        let all = try await story.fixture.database.read { connection in
            try engine.events.forwards(room: number, from: 1, upTo: .max, limit: 100_000, in: connection)
        }
        #expect(all.map(\.seq) == Array(1...Int64(all.count)), "seed \(seed): seqs have gaps")
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.pos < $1.pos }, "seed \(seed): positions go back")
        let names = Dictionary(uniqueKeysWithValues: story.users.map { ($0.userNumber, $0.user.text) })
        let slow = SlowRoom(events: all, names: names)
        let room = try #require(try await engine.room(number))
        for device in story.devices {
            let user = device.session.user.text
            let visible = slow.visible(to: user)
            let ranges = room.visible(to: device.session.userNumber)
            let byRanges = all.filter { ranges.contains($0.seq) }.map(\.address.text)
            #expect(byRanges == visible, "seed \(seed), \(user)")
            guard slow.membership(of: user, before: all.count) == "join" else { continue }
            let known = (device.timeline[roomID] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            #expect(known == visible, "seed \(seed), \(user) \(device.session.deviceID)")
            #expect(device.state[roomID] == slow.state, "seed \(seed), \(user): state")
            let pages = try await device.history(roomID, pageSize: 1 + Int(seed) % 9, isForwards: false)
            #expect(pages == visible, "seed \(seed), \(user): backwards")
            #expect(try await device.history(roomID, pageSize: 7, isForwards: true) == visible, "seed \(seed), \(user)")
            let mark = room.marks[ReadMarkKey(user: device.session.userNumber, kind: ReadMarkKind.read.rawValue)]
            let unread = slow.unread(of: user, readSeq: mark?.seq ?? 0)
            #expect(room.attention(of: device.session.userNumber).unread == unread, "seed \(seed), \(user): unread")
            #expect(device.unread[roomID] ?? 0 == unread, "seed \(seed), \(user): unread as told")
        }
    }
}

extension UserDataFixture {
    /// Changes account data of a room.
    func accountData(_ user: Session, _ room: String, _ number: Int) async throws {
        let roomNumber = RoomIdentifier.number(room, server: engine.serverName)
        try await store.setAccountData("shop.test", ["n": .int(Int64(number))], room: roomNumber, of: user.userNumber)
    }
}
