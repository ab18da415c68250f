import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Identifiers and tokens that are forged")
    struct ForgedInputTests {
        @Test("an event id of another room, a damaged one and an invented one lead nowhere")
        func eventIDs() async throws {
            let anna = try await Cast.user("anna")
            let (room, other) = (try await Cast.room(anna), try await Cast.room(anna))
            let foreign = try await anna.say("other room", in: other)
            let own = try await anna.say("this room", in: room)
            let forged = [
                foreign, String(own.dropLast()), own + "A", "$", "", "$AAAAAAAAAAAAAAAAAAAA",
                "$" + String(repeating: "A", count: 5_000), own.replacing("$", with: "!"), "$..", "$%00", "$字",
                own + ":localhost",
            ]
            for id in forged {
                for path in [
                    MatrixClient.path("rooms", room, "event", id), MatrixClient.path("rooms", room, "context", id),
                    MatrixClient.path("rooms", room, "relations", id, version: "v1"),
                ] {
                    let reply = try await anna.reply("GET", path)
                    #expect((400..<500).contains(reply.status), "\(path.suffix(60)): \(reply.status) \(reply.text)")
                    #expect(!reply.text.contains("other room"))
                }
            }
            #expect(try await anna.event(own, in: room).bodyText == "this room")
        }

        @Test("room ids that are damaged, foreign or no ids are refused like rooms that are not mine")
        func roomIDs() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let hidden = try await Cast.room(ben)
            let own = try await Cast.room(anna)
            let body: JSON = ["msgtype": "m.text", "body": "x"]
            for id in [
                hidden, "!AAAAAAAAAAAA:localhost", "!:", "!", "x", String(own.prefix(8)) + ":localhost",
                own.replacing(":localhost", with: ":elsewhere.example"), "!" + String(repeating: "A", count: 3_000),
                "!%2F..",
            ] {
                let send = MatrixClient.path("rooms", id, "send", "m.room.message", Cast.unique("t"))
                for (method, path, body) in [
                    ("PUT", send, body), ("GET", MatrixClient.path("rooms", id, "messages") + "?dir=b", nil),
                    ("GET", MatrixClient.path("rooms", id, "state"), nil),
                    ("POST", MatrixClient.path("rooms", id, "join"), emptyObject),
                ] as [(String, String, JSON?)] {
                    let reply = try await anna.reply(method, path, body)
                    #expect(
                        [400, 403, 404, 414].contains(reply.status),
                        "\(method) \(id.prefix(40)): \(reply.status) \(reply.text)")
                    #expect(MessagingShapes.error.faults(in: reply.json) == [])
                }
            }
            #expect(try await ben.history(of: hidden).bodies == [])
        }

        static let tokens = [
            "x", "v1_", "v1_AAAA", "t1_", "t1_%%%", "v1_" + String(repeating: "A", count: 4_000), "-1",
            "99999999999999999999",
            "s72594_4483_1934", "字", "v1_////////",
        ]

        @Test("a forged 'since', 'from' or 'to' is a bad parameter", arguments: tokens)
        func forgedPosition(token: String) async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let messages = MatrixClient.path("rooms", room, "messages")
            try await anna.isRefused(400, "M_INVALID_PARAM", "GET", MatrixClient.path("sync"), query: ["since": token])
            for name in ["from", "to"] {
                try await anna.isRefused(400, "M_INVALID_PARAM", "GET", messages, query: ["dir": "b", name: token])
            }
            let threads = MatrixClient.path("rooms", room, "threads", version: "v1")
            try await anna.isRefused(400, "M_INVALID_PARAM", "GET", threads, query: ["from": token])
            let directory = MatrixClient.path("publicRooms")
            try await anna.isRefused(400, "M_INVALID_PARAM", "GET", directory, query: ["since": token])
            try await anna.isRefused(400, "M_INVALID_PARAM", "POST", directory, ["since": .string(token)])
            let list = "/api/v1/conversations"
            try await anna.isRefused(400, "M_INVALID_PARAM", "GET", list, query: ["since": token])
        }

        @Test("a position of another server life starts anew instead of skipping")
        func foreignToken() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            try await anna.say("here", in: room)
            let other = try await VitrineProcess.start(flags: ["--no-rate-limits"])
            let foreign = try await MatrixClient(other.http).register("anna").news().next
            await other.stop()
            let view = try await anna.news(since: foreign)
            #expect(view.isLimited(room))
            #expect(view.timeline(room).bodies == ["here"])
        }

        @Test("access tokens that are absent, invented or not even text are refused in every place for them")
        func accessTokens() async throws {
            let server = try Cast.server()
            let path = MatrixClient.path("sync")
            try await MatrixClient(server.http).isRefused(401, "M_MISSING_TOKEN", "GET", path)
            for value in [
                "Bearer x", "Bearer vit_" + String(repeating: "A", count: 43),
                "Bearer " + String(repeating: "z", count: 4_000),
            ] {
                let reply = try await server.http.send("GET", path, headers: ["Authorization": value])
                #expect(
                    reply.status == 401 && reply.errorCode == "M_UNKNOWN_TOKEN", "\(value.prefix(20)): \(reply.text)")
            }
            for value in ["Basic YTpi", "Bearer", ""] {
                let reply = try await server.http.send("GET", path, headers: ["Authorization": value])
                #expect(reply.status == 401, "'\(value)': \(reply.text)")
            }
            let query = try await server.http.send("GET", path + "?access_token=forged")
            #expect(query.status == 401 && query.errorCode == "M_UNKNOWN_TOKEN")
        }

        @Test(
            "limits beyond reason are cut to what the server gives, those that are no numbers are refused",
            arguments: ["1000000", "9223372036854775807", "0", "-5", "99999999999999999999", "1.5", "ten", ""])
        func limits(limit: String) async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let event = try await anna.say("here", in: room)
            let number = Int64(limit)
            for path in [
                MatrixClient.path("rooms", room, "messages") + "?dir=b&limit=",
                MatrixClient.path("rooms", room, "context", event) + "?limit=",
                MatrixClient.path("publicRooms") + "?limit=",
                MatrixClient.path("rooms", room, "threads", version: "v1") + "?limit=",
                MatrixClient.path("rooms", room, "relations", event, version: "v1") + "?limit=",
                "/api/v1/conversations?limit=",
            ] {
                let reply = try await anna.reply("GET", path + limit)
                let allowed = number == nil ? [400] : number ?? 0 > 0 ? [200] : [200, 400]
                #expect(
                    (limit.isEmpty ? [200, 400] : allowed).contains(reply.status), "\(path)\(limit): \(reply.text)")
            }
        }

        @Test("an unknown path is 404, a known one with another method 405, both M_UNRECOGNIZED")
        func unknown() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            for path in [
                "/_matrix/client/v3/nothing", "/_matrix/client/v9/sync", "/_matrix/client", "/_matrix/client/v3/rooms",
                MatrixClient.path("rooms", room, "nothing"), "/_matrix/client/v3/sync/more", "/api/v1/nothing",
            ] {
                try await anna.isRefused(404, "M_UNRECOGNIZED", "GET", path)
            }
            for (method, path) in [
                ("POST", MatrixClient.path("sync")), ("GET", MatrixClient.path("createRoom")),
                ("DELETE", MatrixClient.path("rooms", room, "messages")),
                ("PATCH", MatrixClient.path("rooms", room, "state")),
                ("PUT", MatrixClient.path("rooms", room, "join")), ("POST", "/api/v1/conversations"),
            ] {
                try await anna.isRefused(405, "M_UNRECOGNIZED", method, path, method == "GET" ? nil : emptyObject)
            }
        }
    }
}
