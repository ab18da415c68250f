import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Saying a thing again")
    struct RetryTests {
        @Test("MSG-42 a retry answers the same event and stores nothing, also after a restart and a new session")
        func retry() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let event = try await anna.say("once", in: room, transaction: "x")
            #expect(try await anna.say("once", in: room, transaction: "x") == event)
            #expect(try await anna.say("another text", in: room, transaction: "x") == event)

            let server = try Cast.server()
            await server.kill()
            try await server.restart()
            #expect(try await anna.say("once", in: room, transaction: "x") == event)

            let name = String(anna.userID.dropFirst().prefix { $0 != ":" })
            let again = try await MatrixClient(server.http).login(
                name, password: Cast.password, deviceID: anna.deviceID)
            #expect(again.token != anna.token)
            #expect(try await again.say("once", in: room, transaction: "x") == event)
            #expect(try await ben.history(of: room).bodies == ["once"])
        }

        @Test("MSG-42 a transaction id holds for one device, one room and one type only")
        func scope() async throws {
            let anna = try await Cast.user("anna")
            let name = String(anna.userID.dropFirst().prefix { $0 != ":" })
            let phone = try await MatrixClient(Cast.server().http).login(name, password: Cast.password)
            let (room, other) = (try await Cast.room(anna), try await Cast.room(anna))
            let events = [
                try await anna.say("a", in: room, transaction: "x"),
                try await phone.say("b", in: room, transaction: "x"),
                try await anna.say("c", in: other, transaction: "x"),
                try await anna.send(["key": 1], to: room, type: "shop.vitrine.note", transaction: "x"),
            ]
            #expect(Set(events).count == 4)
        }

        @Test("MSG-42 taking back twice with one transaction id makes one redaction")
        func redaction() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let event = try await anna.say("oops", in: room)
            let path = MatrixClient.path("rooms", room, "redact", event, "r")
            let first = try await anna.ask(MessagingShapes.eventID, "PUT", path, emptyObject)
            #expect(try await anna.ask(MessagingShapes.eventID, "PUT", path, emptyObject) == first)
            let redactions = try await anna.history(of: room).filter { $0["type"] == "m.room.redaction" }
            #expect(redactions.count == 1)
        }

        @Test("MSG-42 twenty retries at once make one event")
        func race() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let events = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await anna.say("once", in: room, transaction: "race") } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(events.count == 1)
            #expect(try await anna.history(of: room).bodies == ["once"])
        }

        @Test("MSG-42 the sender's own device finds its transaction id in the event, others do not")
        func echo() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            try await anna.say("hello", in: room, transaction: "echo-1")
            let own = try await anna.news().timeline(room).last
            #expect(own?["unsigned"]?["transaction_id"] == "echo-1")
            let foreign = try await ben.news().timeline(room).last
            #expect(foreign?.bodyText == "hello")
            #expect(foreign?["unsigned"]?["transaction_id"] == nil)
        }
    }
}
