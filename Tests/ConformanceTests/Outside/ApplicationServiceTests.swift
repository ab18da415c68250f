import Basics
import Synchronization
import TestSupport
import Testing

@Suite("Application services over HTTP", .serialized, .timeLimit(.minutes(10)))
struct ApplicationServiceTests {
    @Test("MSG-48 a service gets the events of its rooms in order, with the server's token, and no others")
    func order() async throws {
        try await BridgedServer.run { bridged in
            let alice = try await MatrixClient(bridged.process.http).register("alice")
            let other = try await alice.createRoom()
            try await alice.say("not for you", in: other)
            let room = try await alice.createRoom(["invite": ["@bridge:localhost"]])
            try await bridged.bot.join(room)
            var sent: [String] = []
            for index in 0..<250 { sent.append(try await alice.say("m\(index)", in: room)) }
            let events = await bridged.events(until: try #require(sent.last))
            #expect(events.filter { $0["type"] == "m.room.message" }.eventIDs == sent)
            #expect(Set(events.compactMap { $0["room_id"]?.stringValue }) == [room])
            let transactions = await bridged.transactions(1)
            #expect(transactions.allSatisfy { $0.events.count <= 100 })
            #expect(Set(transactions.map(\.id)).count == transactions.count)
            for request in bridged.service.requests {
                #expect(request.headers["authorization"] == "Bearer " + BridgedServer.serverToken)
                #expect(request.path.hasPrefix("/_matrix/app/v1/transactions/"))
            }
        }
    }

    @Test("MSG-48 what a service did not take is sent again with the same events, before anything later")
    func retry() async throws {
        let refusals = Atomic<Int>(0)
        try await BridgedServer.run({ _ in
            refusals.add(1, ordering: .relaxed).oldValue < 2 ? .init(503) : .init(200)
        }) { bridged in
            let room = try await bridged.bot.createRoom(["name": "bridged"])
            let alice = try await MatrixClient(bridged.process.http).register("alice")
            try await bridged.bot.invite(alice.userID, to: room)
            try await alice.join(room)
            let last = try await alice.say("after the fault", in: room)
            let events = await bridged.events(until: last)
            let transactions = await bridged.transactions(3)
            #expect(transactions.prefix(3).map(\.id) == Array(repeating: transactions[0].id, count: 3))
            #expect(transactions[0].events.eventIDs == transactions[2].events.eventIDs)
            #expect(events.map(\.eventID) == uniqued(events.map(\.eventID)))
            #expect(events.last?.eventID == last)
        }
    }

    @Test("MSG-48 neither side's restart loses, doubles or reorders an event")
    func restart() async throws {
        try await BridgedServer.run { bridged in
            let room = try await bridged.bot.createRoom(["name": "bridged"])
            let alice = try await MatrixClient(bridged.process.http).register("alice")
            try await bridged.bot.invite(alice.userID, to: room)
            try await alice.join(room)
            var sent = [try await alice.say("both are there", in: room)]
            _ = await bridged.events(until: sent[0])
            bridged.service.close()
            for index in 0..<120 { sent.append(try await alice.say("service away \(index)", in: room)) }
            await bridged.process.kill()
            try await bridged.process.restart()
            sent.append(try await alice.say("server was away", in: room))
            try bridged.service.open()
            let reply = try await bridged.bot.call(
                "POST", "/_matrix/client/v1/appservice/bridge/ping", ["transaction_id": "hello"])
            #expect((reply["duration_ms"]?.intValue ?? -1) >= 0)
            let events = await bridged.events(until: try #require(sent.last))
            #expect(events.filter { $0["type"] == "m.room.message" }.eventIDs == sent)
            let ping = bridged.service.requests.first { $0.path == "/_matrix/app/v1/ping" }
            #expect(ping?.json["transaction_id"] == "hello")
        }
    }

    @Test("MSG-48 a service acts for the users it has claimed, and nobody else makes them")
    func namespaces() async throws {
        try await BridgedServer.run { bridged in
            let nobody = MatrixClient(bridged.process.http)
            try await nobody.isRefused(
                400, "M_EXCLUSIVE", "POST", "/_matrix/client/v3/register",
                ["username": "b_ghost", "password": "correct horse battery", "auth": ["type": "m.login.dummy"]])
            try await bridged.bot.call(
                "POST", "/_matrix/client/v3/register",
                ["type": "m.login.application_service", "username": "b_ghost", "inhibit_login": true])
            let room = try await bridged.bot.createRoom()
            try await bridged.bot.invite("@b_ghost:localhost", to: room)
            let ghost: KeyValuePairs<String, String> = ["user_id": "@b_ghost:localhost"]
            try await bridged.bot.call("POST", MatrixClient.path("join", room), .object([:]), query: ghost)
            let sent =
                try await bridged.bot.call(
                    "PUT", MatrixClient.path("rooms", room, "send", "m.room.message", "1"),
                    ["msgtype": "m.text", "body": "as a ghost"], query: ghost)["event_id"]?.stringValue ?? ""
            let events = await bridged.events(until: sent)
            #expect(events.last?["sender"] == "@b_ghost:localhost")
            try await bridged.bot.isRefused(
                403, "M_FORBIDDEN", "GET", "/_matrix/client/v3/account/whoami", nil,
                query: ["user_id": "@alice:localhost"])
        }
    }

    @Test("MSG-48 a ping tells whether the service answers, and only the service may ask")
    func ping() async throws {
        try await BridgedServer.run({ request in request.path.hasSuffix("ping") ? .init(500) : .init(200) }) {
            bridged in
            let path = "/_matrix/client/v1/appservice/bridge/ping"
            try await bridged.bot.isRefused(502, "M_BAD_STATUS", "POST", path, .object([:]))
            let alice = try await MatrixClient(bridged.process.http).register("alice")
            try await alice.isRefused(403, "M_FORBIDDEN", "POST", path, .object([:]))
            bridged.service.close()
            try await bridged.bot.isRefused(502, "M_CONNECTION_FAILED", "POST", path, .object([:]))
        }
    }

    private func uniqued(_ list: [String]) -> [String] {
        var seen: Set<String> = []
        return list.filter { seen.insert($0).inserted }
    }
}
