import Basics
import Synchronization
import TestSupport
import Testing

/// A server and a push gateway of the test on this machine.
private struct Gateway {
    let process: VitrineProcess
    let receiver: HTTPReceiver

    static func run(
        _ flags: [String] = ["--push-networks", "127.0.0.1"],
        _ answer: @escaping @Sendable (HTTPReceiver.Request) -> HTTPReceiver.Answer = { _ in
            .init(200, ["rejected": []])
        }, _ body: (Gateway) async throws -> Void
    ) async throws {
        let receiver = try HTTPReceiver(answer)
        let process = try await VitrineProcess.start(flags: ["--no-rate-limits"] + flags)
        do {
            try await body(Gateway(process: process, receiver: receiver))
        } catch {
            Issue.record("\(error)\nThe server's log:\n\(process.log.suffix(2_000))")
        }
        #expect(await process.stop() == 0)
        #expect(!process.log.contains("a secret text"))
        receiver.close()
    }

    func user(_ name: String) async throws -> MatrixClient { try await MatrixClient(process.http).register(name) }

    func pusher(_ key: String, format: String? = nil) -> JSON {
        var data: JSONObject = ["url": .string(receiver.baseURL + "/_matrix/push/v1/notify"), "brand": "x"]
        if let format { data["format"] = .string(format) }
        return [
            "app_id": "shop.app", "pushkey": .string(key), "kind": "http", "app_display_name": "Shop",
            "device_display_name": "Phone", "lang": "en", "data": .object(data),
        ]
    }

    /// How many notices were not taken so far.
    func failures() async throws -> Int {
        let text = try await process.http.send("GET", "/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix("vitrine_push_failures_total ") }
        return try #require(line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }.map { Int($0) })
    }

    func notices(_ count: Int) async -> [JSON] {
        await receiver.requests(count).map { $0.json["notification"] ?? .null }
    }
}

@Suite("Push gateways", .serialized, .timeLimit(.minutes(10)))
struct PushGatewayTests {
    private static let set = "/_matrix/client/v3/pushers/set"

    @Test("MSG-46 a pusher is told of a message with its text, its counts and the tweaks of the rule")
    func notify() async throws {
        try await Gateway.run { gateway in
            let (alice, bob) = (try await gateway.user("alice"), try await gateway.user("bob"))
            let room = try await alice.createRoom(["name": "Talk", "invite": [.string(bob.userID)]])
            try await bob.join(room)
            try await bob.call("POST", Self.set, gateway.pusher("key-1"))
            let event = try await alice.say("a secret text", in: room)
            let notice = try #require(await gateway.notices(1).first)
            #expect(notice["event_id"]?.stringValue == event)
            #expect(notice["room_id"]?.stringValue == room)
            #expect(notice["room_name"] == "Talk")
            #expect(notice["sender"]?.stringValue == alice.userID)
            #expect(notice["content"]?["body"] == "a secret text")
            #expect(notice["counts"]?["unread"] == 1)
            let device = notice["devices"]?.arrayValue?.first
            #expect(device?["pushkey"] == "key-1")
            #expect(device?["data"] == ["brand": "x"])
            #expect(device?["tweaks"]?["sound"] == "default")
            #expect(gateway.receiver.requests.first?.path == "/_matrix/push/v1/notify")
        }
    }

    @Test("MSG-46 event_id_only leaves out who said what; read, own and muted messages call nobody")
    func quiet() async throws {
        try await Gateway.run { gateway in
            let (alice, bob) = (try await gateway.user("alice"), try await gateway.user("bob"))
            let room = try await alice.createRoom(["invite": [.string(bob.userID)]])
            let muted = try await alice.createRoom(["invite": [.string(bob.userID)]])
            for place in [room, muted] { try await bob.join(place) }
            try await bob.call("POST", Self.set, gateway.pusher("key", format: "event_id_only"))
            try await bob.call(
                "PUT", MatrixClient.path("pushrules", "global", "room", muted), ["actions": []])
            try await alice.say("muted", in: muted)
            try await bob.say("my own", in: room)
            try await alice.send(["msgtype": "m.notice", "body": "by a robot"], to: room)
            let event = try await alice.say("a secret text", in: room)
            let notice = try #require(await gateway.notices(1).first)
            #expect(notice["event_id"]?.stringValue == event)
            #expect(notice["content"] == nil)
            #expect(notice["sender"] == nil)
            #expect(notice["room_name"] == nil)
            let next = try await alice.say("again", in: room)
            #expect(await gateway.notices(2).map(\.eventID) == [event, next])
        }
    }

    @Test("MSG-46 what a gateway does not take is sent again in order, also after the server was killed")
    func retry() async throws {
        let isUp = Atomic<Bool>(false)
        try await Gateway.run(["--push-networks", "127.0.0.1"]) { _ in
            isUp.load(ordering: .relaxed) ? .init(200, ["rejected": []]) : .init(503)
        } _: { gateway in
            let (alice, bob) = (try await gateway.user("alice"), try await gateway.user("bob"))
            let room = try await alice.createRoom(["invite": [.string(bob.userID)]])
            try await bob.join(room)
            try await bob.call("POST", Self.set, gateway.pusher("key"))
            let first = try await alice.say("one", in: room)
            _ = await gateway.notices(1)
            let second = try await alice.say("two", in: room)
            await gateway.process.kill()
            let failed = gateway.receiver.requests.count
            isUp.store(true, ordering: .relaxed)
            try await gateway.process.restart()
            let notices = await gateway.notices(failed + 2).dropFirst(failed).map(\.eventID)
            #expect(notices == [first, second])
        }
    }

    @Test("MSG-46 a pushkey that the gateway rejects is removed")
    func rejected() async throws {
        try await Gateway.run(["--push-networks", "127.0.0.1"]) { _ in
            .init(200, ["rejected": ["gone"]])
        } _: { gateway in
            let (alice, bob) = (try await gateway.user("alice"), try await gateway.user("bob"))
            let room = try await alice.createRoom(["invite": [.string(bob.userID)]])
            try await bob.join(room)
            try await bob.call("POST", Self.set, gateway.pusher("gone"))
            try await bob.call("POST", Self.set, gateway.pusher("here"))
            try await alice.say("one", in: room)
            _ = await gateway.notices(2)
            try await alice.say("two", in: room)
            let third = await gateway.notices(3)[2]
            #expect(third["devices"]?.arrayValue?.first?["pushkey"] == "here")
            let pushers = try await bob.call("GET", "/_matrix/client/v3/pushers")["pushers"]?.arrayValue
            #expect(pushers?.compactMap { $0["pushkey"]?.stringValue } == ["here"])
        }
    }

    @Test("a gateway on this machine or a private network is neither taken as http nor asked as https")
    func forbidden() async throws {
        try await Gateway.run([]) { gateway in
            let (alice, bob) = (try await gateway.user("alice"), try await gateway.user("bob"))
            try await bob.isRefused(400, "M_INVALID_PARAM", "POST", Self.set, gateway.pusher("key"))
            let room = try await alice.createRoom(["invite": [.string(bob.userID)]])
            try await bob.join(room)
            for host in ["localhost", "127.0.0.1", "0x7f000001", "[::1]"] {
                let url = "https://\(host):\(gateway.receiver.port)/_matrix/push/v1/notify"
                var pusher = gateway.pusher(host).objectValue ?? [:]
                pusher["data"] = ["url": .string(url)]
                try await bob.call("POST", Self.set, .object(pusher))
            }
            try await alice.say("a secret text", in: room)
            while try await gateway.failures() < 4 {}
            #expect(gateway.receiver.requests.isEmpty)
        }
    }

    @Test("MSG-46 the list of notifications holds what notified, newest first, in pages, with what was read")
    func list() async throws {
        try await Gateway.run { gateway in
            let (alice, bob) = (try await gateway.user("alice"), try await gateway.user("bob"))
            var rooms: [String] = []
            for _ in 0..<2 {
                let room = try await alice.createRoom(["invite": [.string(bob.userID)]])
                try await bob.join(room)
                rooms.append(room)
            }
            var sent: [String] = []
            for index in 0..<45 {
                sent.append(try await alice.say(index == 7 ? "dear bob" : "m\(index)", in: rooms[index % 2]))
            }
            try await bob.read(sent[40], in: rooms[0])
            var seen: [JSON] = []
            var from: String?
            repeat {
                let query = from.map { "&from=" + $0 } ?? ""
                let page = try await bob.call("GET", MatrixClient.path("notifications") + "?limit=20" + query)
                seen += page["notifications"]?.arrayValue ?? []
                from = page["next_token"]?.stringValue
            } while from != nil
            let messages = seen.filter { $0["event"]?["type"] == "m.room.message" }
            #expect(messages.compactMap { $0["event"]?.eventID } == sent.reversed())
            let read = messages.filter { $0["read"] == true }.compactMap { $0["event"]?.eventID }
            #expect(read == stride(from: 40, through: 0, by: -2).map { sent[$0] })
            let highlights = try await bob.call("GET", MatrixClient.path("notifications") + "?only=highlight")
            #expect(highlights["notifications"]?.arrayValue?.compactMap { $0["event"]?.eventID } == [sent[7]])
        }
    }
}
