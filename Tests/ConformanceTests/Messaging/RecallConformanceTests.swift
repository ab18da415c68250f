import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Taking a message back")
    struct RecallTests {
        private static let secret = "the-secret-text"

        @Test("MSG-29 a recalled text is gone from every route at once, for every member")
        func everywhere() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let before = try await ben.news().next
            let root = try await anna.say("root", in: room)
            let event = try await anna.relate(
                "m.thread", to: root, in: room, ["msgtype": "m.text", "body": .string(Self.secret)])
            let edit = try await anna.edit(event, to: Self.secret + " edited", in: room)
            for (place, text) in try await everyRoute(room, event, root, before, for: ben) where place != "event" {
                #expect(text.contains(Self.secret) || place == "relations", "\(place) should show it first")
            }
            for taken in [edit, event] { try await anna.redact(taken, in: room, reason: "a slip") }
            for reader in [anna, ben] {
                for (place, text) in try await everyRoute(room, event, root, before, for: reader) {
                    #expect(!text.contains(Self.secret), "\(place) shows it to \(reader.userID)")
                }
            }
            let shown = try await ben.event(event, in: room)
            #expect(shown["content"] == emptyObject)
            #expect(shown["unsigned"]?["redacted_because"]?["content"]?["reason"] == "a slip")
        }

        private func everyRoute(
            _ room: String, _ event: String, _ root: String, _ since: String, for reader: MatrixClient
        ) async throws -> [(String, String)] {
            let own = "/api/v1/rooms/" + HTTPClient.escape(room)
            let relations = MatrixClient.path("rooms", room, "relations", root, version: "v1")
            let paths = [
                ("initial sync", MatrixClient.path("sync")),
                ("sync", MatrixClient.path("sync") + "?since=" + HTTPClient.escape(since)),
                ("messages", MatrixClient.path("rooms", room, "messages") + "?dir=b&limit=100"),
                ("event", MatrixClient.path("rooms", room, "event", event)),
                ("context", MatrixClient.path("rooms", room, "context", event) + "?limit=50"),
                ("relations", relations),
                ("threads", MatrixClient.path("rooms", room, "threads", version: "v1")),
                ("conversations", "/api/v1/conversations"),
                ("transcript", own + "/transcript"), ("text transcript", own + "/transcript?format=text"),
                ("page transcript", own + "/transcript?format=html"),
            ]
            var replies: [(String, String)] = []
            for (place, path) in paths {
                let reply = try await reader.reply("GET", path)
                #expect(reply.status == 200, "\(place): \(reply.text)")
                replies.append((place, reply.text))
            }
            return replies
        }

        @Test("MSG-29 after a recall the redaction names its target in the content, and the text stays gone")
        func restart() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let event = try await anna.say(Self.secret, in: room)
            let redaction = try await anna.redact(event, in: room)
            let server = try Cast.server()
            await server.kill()
            try await server.restart()
            #expect(try await anna.event(redaction, in: room)["content"]?["redacts"] == .string(event))
            #expect(try await anna.event(event, in: room)["content"] == emptyObject)
        }

        @Test("MSG-78 the original stands in an administrator's transcript only, and only when asked for")
        func audit() async throws {
            let name = Cast.unique("auditor")
            let server = try Cast.server()
            try await server.addStaff(name: name, password: Cast.password, admin: true)
            let auditor = try await MatrixClient(server.http).login(name, password: Cast.password)
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben, auditor)
            let event = try await anna.say(Self.secret, in: room)
            try await anna.redact(event, in: room)

            let path = "/api/v1/rooms/\(HTTPClient.escape(room))/transcript"
            let audited = try await auditor.ask(MessagingShapes.transcript, "GET", path, query: ["recalled": "true"])
            let entry = audited["events"]?.arrayValue?.first { $0.eventID == event }
            #expect(entry?["content"] == emptyObject)
            #expect(entry?["recalled_content"]?["body"] == .string(Self.secret))
            #expect(!(try await auditor.reply("GET", path).text.contains(Self.secret)))
            for other in [anna, ben] {
                try await other.isRefused(403, "M_FORBIDDEN", "GET", path, query: ["recalled": "true"])
            }
        }

        @Test("MSG-29 only the author and moderators take back, and only what is in the room")
        func rights() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let (room, other) = (try await Cast.room(anna, ben), try await Cast.room(ben))
            let event = try await anna.say("mine", in: room)
            let foreign = try await ben.say("elsewhere", in: other)
            let take = { (target: String) in MatrixClient.path("rooms", room, "redact", target, Cast.unique("r")) }
            try await ben.isRefused(403, "M_FORBIDDEN", "PUT", take(event), emptyObject)
            try await anna.isRefused(404, "M_NOT_FOUND", "PUT", take(foreign), emptyObject)
            #expect(try await ben.history(of: room).bodies == ["mine"])
        }
    }
}
