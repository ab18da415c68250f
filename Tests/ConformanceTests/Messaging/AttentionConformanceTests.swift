import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Typing and receipts")
    struct AttentionTests {
        private func type(_ isTyping: Bool, _ who: MatrixClient, _ room: String, timeout: Int64 = 30_000) async throws {
            let body: JSON = ["typing": .bool(isTyping), "timeout": .int(timeout)]
            let path = MatrixClient.path("rooms", room, "typing", who.userID)
            try await who.ask(MessagingShapes.empty, "PUT", path, body)
        }

        @Test("MSG-44 typing reaches those who wait, ends when told, and ends by itself")
        func typing() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let start = try await ben.news().next
            async let waiting = ben.news(since: start, timeoutMilliseconds: 30_000)
            try await type(true, anna, room)
            var view = try await waiting
            #expect(view.ephemeral("m.typing", in: room)?["user_ids"] == [.string(anna.userID)])
            try await type(false, anna, room)
            view = try await ben.news(since: view.next, timeoutMilliseconds: 30_000)
            #expect(view.ephemeral("m.typing", in: room)?["user_ids"] == [])

            // On a busy machine one second may be over before he asks; then she types for longer.
            for seconds: Int64 in [1, 4, 16] {
                try await type(true, anna, room, timeout: seconds * 1_000)
                view = try await ben.news(since: view.next, timeoutMilliseconds: 30_000)
                if view.ephemeral("m.typing", in: room)?["user_ids"] == [.string(anna.userID)] { break }
            }
            #expect(view.ephemeral("m.typing", in: room)?["user_ids"] == [.string(anna.userID)])
            view = try await ben.news(since: view.next, timeoutMilliseconds: 30_000)
            #expect(view.ephemeral("m.typing", in: room)?["user_ids"] == [])
        }

        @Test("MSG-44 nobody types for somebody else, and nobody outside of the room types")
        func foreignTyping() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna)
            let body: JSON = ["typing": true]
            try await anna.isRefused(
                403, "M_FORBIDDEN", "PUT", MatrixClient.path("rooms", room, "typing", ben.userID), body)
            try await ben.isRefused(
                403, "M_FORBIDDEN", "PUT", MatrixClient.path("rooms", room, "typing", ben.userID), body)
        }

        @Test("MSG-44 a public receipt reaches the others, a private one its owner only")
        func receipts() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let (one, two) = (try await anna.say("one", in: room), try await anna.say("two", in: room))
            let (annas, bens) = (try await anna.news().next, try await ben.news().next)
            try await ben.read(one, in: room)
            try await ben.read(two, in: room, kind: "m.read.private")
            let seen = try await anna.news(since: annas)
            let receipts = seen.ephemeral("m.receipt", in: room)
            #expect(receipts?[one]?["m.read"]?[ben.userID] != nil)
            #expect(!seen.json.text.contains("m.read.private"))
            #expect(receipts?[two] == nil)
            let own = try await ben.news(since: bens).ephemeral("m.receipt", in: room)
            #expect(own?[two]?["m.read.private"]?[ben.userID] != nil)
            #expect(!(try await anna.news().json.text.contains("m.read.private")), "an initial sync shows it")
        }

        @Test("MSG-44 a receipt in a thread names its thread and leaves the main timeline's alone")
        func threaded() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let root = try await anna.say("root", in: room)
            let reply = try await anna.relate("m.thread", to: root, in: room)
            try await ben.read(root, in: room, thread: "main")
            try await ben.read(reply, in: room, thread: root)
            let receipts = try await anna.news().ephemeral("m.receipt", in: room)
            #expect(receipts?[root]?["m.read"]?[ben.userID]?["thread_id"] == "main")
            #expect(receipts?[reply]?["m.read"]?[ben.userID]?["thread_id"] == .string(root))
            let path = MatrixClient.path("rooms", room, "receipt", "m.read", reply)
            try await ben.isRefused(400, "M_INVALID_PARAM", "POST", path, ["thread_id": "no event"])
        }

        @Test("MSG-44 the fully-read marker is its owner's, and receipts never move back")
        func markers() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let (one, two) = (try await anna.say("one", in: room), try await anna.say("two", in: room))
            let path = MatrixClient.path("rooms", room, "read_markers")
            let marks: JSON = ["m.fully_read": .string(one), "m.read": .string(two)]
            try await ben.ask(MessagingShapes.empty, "POST", path, marks)
            let view = try await ben.news()
            #expect(view.accountData("m.fully_read", in: room)?["event_id"] == .string(one))
            #expect(view.ephemeral("m.receipt", in: room)?[two]?["m.read"]?[ben.userID] != nil)
            #expect(try await anna.news().accountData("m.fully_read", in: room) == nil)
            try await ben.read(one, in: room)
            #expect(try await ben.news().ephemeral("m.receipt", in: room)?[two]?["m.read"]?[ben.userID] != nil)
            try await ben.read(two, in: room, kind: "m.fully_read")
            #expect(try await ben.news().accountData("m.fully_read", in: room)?["event_id"] == .string(two))
        }

        @Test("MSG-44 a receipt of an unknown kind, for another room's event, or from outside is refused")
        func refused() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let (room, other) = (try await Cast.room(anna), try await Cast.room(anna))
            let (event, foreign) = (try await anna.say("here", in: room), try await anna.say("there", in: other))
            let path = { (kind: String, event: String) in MatrixClient.path("rooms", room, "receipt", kind, event) }
            try await anna.isRefused(400, "M_INVALID_PARAM", "POST", path("m.seen", event), emptyObject)
            try await anna.isRefused(404, "M_NOT_FOUND", "POST", path("m.read", foreign), emptyObject)
            try await anna.isRefused(404, "M_NOT_FOUND", "POST", path("m.read", "$nothing"), emptyObject)
            try await ben.isRefused(403, "M_FORBIDDEN", "POST", path("m.read", event), emptyObject)
        }
    }
}
