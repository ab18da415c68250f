import Accounts
import Basics
import Messaging
import Storage
import Testing

@Suite("Messages from device to device")
struct ToDeviceTests {
    private func bodies(_ news: PersonalNews) throws -> [Int64] {
        try news.toDevice.map { try JSON(parsing: $0)["content"]?["n"]?.intValue ?? -1 }
    }

    @Test("A message reaches the named device, or all of a user's, and nobody else")
    func addresses() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let phone = try await fixture.user("bob")
            let desk = try await fixture.device("DESK", of: phone)
            let position = fixture.database.position
            let messages: JSONObject = [
                "@bob:shop.test": ["PHONE": ["n": 1], "NONE": ["n": 9]], "@nobody:shop.test": ["*": ["n": 9]],
                "@bob:other.test": ["*": ["n": 9]], "nonsense": ["*": ["n": 9]],
            ]
            try await fixture.store.send("m.test", messages, transaction: "1", by: alice)
            try await fixture.store.send("m.test", ["@bob:shop.test": ["*": ["n": 2]]], transaction: "2", by: alice)
            #expect(try bodies(await fixture.news(phone, after: position)) == [1, 2])
            #expect(try bodies(await fixture.news(desk, after: position)) == [2])
            #expect(try bodies(await fixture.news(alice, after: position)).isEmpty)
            let event = try JSON(parsing: try #require(try await fixture.news(desk, after: nil).toDevice.first))
            #expect(event == ["type": "m.test", "sender": "@alice:shop.test", "content": ["n": 2]])
        }
    }

    @Test("The same transaction again sends nothing")
    func idempotent() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            for _ in 0..<3 {
                try await fixture.store.send("m.t", ["@bob:shop.test": ["*": ["n": 1]]], transaction: "1", by: alice)
            }
            #expect(try bodies(await fixture.news(bob, after: nil)) == [1])
        }
    }

    @Test("A message comes again until its reply is acknowledged, and never after")
    func acknowledged() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            func send(_ n: Int64) async throws {
                let messages: JSONObject = ["@bob:shop.test": ["*": ["n": .int(n)]]]
                try await fixture.store.send("m.t", messages, transaction: "\(n)", by: alice)
            }
            try await send(1)
            for _ in 0..<2 { #expect(try bodies(await fixture.news(bob, after: nil)) == [1]) }
            let position = fixture.database.position
            try await fixture.store.acknowledge(bob, upTo: position)
            #expect(try bodies(await fixture.news(bob, after: nil)).isEmpty)
            try await send(2)
            try await fixture.store.acknowledge(bob, upTo: position)
            #expect(try bodies(await fixture.news(bob, after: position)) == [2])
        }
    }

    @Test("However many wait, replies of at most a hundred bring all of them once and in order, over lost replies too")
    func many() async throws {
        for seed in UInt64(1)...3 {
            try await UserDataFixture.run { fixture in
                var random = SeededRandom(seed: seed)
                let alice = try await fixture.user("alice")
                let bob = try await fixture.user("bob")
                var sent: Int64 = 0
                var received: [Int64] = []
                var since: Int64?
                for round in 0..<40 {
                    for _ in 0..<(round < 12 ? Int.random(in: 0..<60, using: &random) : 0) {
                        sent += 1
                        let messages: JSONObject = ["@bob:shop.test": ["PHONE": ["n": .int(sent)]]]
                        try await fixture.store.send("m.t", messages, transaction: "\(sent)", by: alice)
                    }
                    if let since { try await fixture.store.acknowledge(bob, upTo: since) }
                    let now = fixture.database.position
                    let page = try bodies(try await fixture.store.news(for: bob, after: since, upTo: now))
                    #expect(page.count <= 100)
                    guard Bool.random(using: &random) else { continue }
                    received += page
                    since = now
                }
                for _ in 0..<20 where received.count < sent {
                    if let since { try await fixture.store.acknowledge(bob, upTo: since) }
                    let now = fixture.database.position
                    received += try bodies(try await fixture.store.news(for: bob, after: since, upTo: now))
                    since = now
                }
                #expect(received == Array(1...sent), "seed \(seed)")
            }
        }
    }

    @Test("Contents that are no objects, or too large, are refused and nothing is sent")
    func refused() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            let large = JSON.string(String(repeating: "a", count: 65_537))
            let bad: [(JSONObject, String)] = [
                (["@bob:shop.test": 3], "M_BAD_JSON"), (["@bob:shop.test": ["*": 3]], "M_BAD_JSON"),
                (["@bob:shop.test": ["PHONE": ["n": 1], "*": ["a": large]]], "M_TOO_LARGE"),
            ]
            for (messages, code) in bad {
                let refused = try await refusal {
                    try await fixture.store.send("m.t", messages, transaction: "1", by: alice)
                }
                #expect(refused == code)
            }
            #expect(try await fixture.news(bob, after: nil).toDevice.isEmpty)
        }
    }

    @Test("A deleted device takes its messages, keys and pushers with it")
    func deletedDevice() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            _ = try await fixture.room(alice, bob)
            try await fixture.store.send("m.t", ["@bob:shop.test": ["*": ["n": 1]]], transaction: "1", by: alice)
            _ = try await fixture.store.uploadKeys(["one_time_keys": ["a:1": "k"]], by: bob)
            let pusher = Pusher(appID: "app", key: "k", device: bob.deviceNumber, body: ["kind": "http"])
            try await fixture.store.setPusher(pusher, append: false, of: bob.userNumber)
            let position = fixture.database.position
            try await fixture.accounts.deleteDevices(of: bob.userNumber, ids: ["PHONE"])
            let again = try await fixture.device("PHONE", of: bob)
            let news = try await fixture.news(again, after: nil)
            #expect(news.toDevice.isEmpty)
            #expect(news.oneTimeKeys.isEmpty)
            #expect(try await fixture.store.pushers(of: bob.userNumber).isEmpty)
            #expect(try await fixture.news(alice, after: position).changedDevices == ["@bob:shop.test"])
        }
    }
}
