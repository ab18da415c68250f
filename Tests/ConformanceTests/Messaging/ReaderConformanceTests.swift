import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Who has read a message")
    struct ReaderTests {
        private func readers(_ event: String, in room: String, for reader: MatrixClient) async throws -> [Set<String>] {
            let path = "/api/v1/rooms/\(HTTPClient.escape(room))/events/\(HTTPClient.escape(event))/readers"
            let reply = try await reader.ask(MessagingShapes.readers, "GET", path)
            let read = Set((reply["read"]?.arrayValue ?? []).compactMap { $0["user"]?.stringValue })
            let unread = Set((reply["unread"]?.arrayValue ?? []).compactMap(\.stringValue))
            #expect(reply["read_count"]?.intValue == Int64(read.count))
            #expect(reply["unread_count"]?.intValue == Int64(unread.count))
            return [read, unread]
        }

        @Test("MSG-28 readers and those who have not read are right after each receipt")
        func receipts() async throws {
            let anna = try await Cast.user("anna")
            let (ben, cleo) = (try await Cast.user("ben"), try await Cast.user("cleo"))
            let room = try await Cast.room(anna, ben, cleo)
            let (b, c) = (ben.userID, cleo.userID)
            let (one, two) = (try await anna.say("one", in: room), try await anna.say("two", in: room))
            #expect(try await readers(one, in: room, for: anna) == [[], [b, c]])
            try await ben.read(one, in: room)
            #expect(try await readers(one, in: room, for: anna) == [[b], [c]])
            #expect(try await readers(two, in: room, for: cleo) == [[], [b, c]])
            try await cleo.read(two, in: room)
            #expect(try await readers(one, in: room, for: ben) == [[b, c], []])
            #expect(try await readers(two, in: room, for: anna) == [[c], [b]])
            // Whoever answers has read what stands above.
            try await ben.say("answer", in: room)
            #expect(try await readers(two, in: room, for: anna) == [[b, c], []])
            // A receipt never moves back.
            try await cleo.read(one, in: room)
            #expect(try await readers(two, in: room, for: anna) == [[b, c], []])
        }

        @Test("MSG-28 a private receipt makes nobody a reader in the eyes of others")
        func secret() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let event = try await anna.say("one", in: room)
            try await ben.read(event, in: room, kind: "m.read.private")
            #expect(try await readers(event, in: room, for: anna) == [[], [ben.userID]])
        }

        @Test("MSG-28 who came later and does not see a message is neither reader nor non-reader")
        func late() async throws {
            let (anna, late) = (try await Cast.user("anna"), try await Cast.user("late"))
            let rule: JSON = ["type": "m.room.history_visibility", "content": ["history_visibility": "joined"]]
            let room = try await Cast.room(anna, wish: ["initial_state": [rule]])
            let event = try await anna.say("before", in: room)
            try await anna.invite(late.userID, to: room)
            try await late.join(room)
            #expect(try await readers(event, in: room, for: anna) == [[], []])
        }

        @Test("MSG-28 readers are known after a restart")
        func restart() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let event = try await anna.say("one", in: room)
            try await ben.read(event, in: room)
            let server = try Cast.server()
            await server.kill()
            try await server.restart()
            #expect(try await readers(event, in: room, for: anna) == [[ben.userID], []])
        }
    }
}
