import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("What those who join later see")
    struct JoinTimeTests {
        private func says(_ rule: String) -> JSON {
            ["type": "m.room.history_visibility", "content": ["history_visibility": .string(rule)]]
        }

        /// A room with two messages, an invitation, two messages, a join and one message.
        private func story(_ rule: String) async throws -> (room: String, owner: MatrixClient, guest: MatrixClient) {
            let (owner, guest) = (try await Cast.user("owner"), try await Cast.user("guest"))
            let room = try await Cast.room(owner, wish: ["initial_state": [says(rule)]])
            for text in ["1", "2"] { try await owner.say(text, in: room) }
            try await owner.invite(guest.userID, to: room)
            for text in ["3", "4"] { try await owner.say(text, in: room) }
            try await guest.join(room)
            try await owner.say("5", in: room)
            return (room, owner, guest)
        }

        @Test(
            "MSG-19 members see from joining on, from the invitation on, or all, in every route that shows messages",
            arguments: [
                ("joined", ["5"]), ("invited", ["3", "4", "5"]), ("shared", ["1", "2", "3", "4", "5"]),
                ("world_readable", ["1", "2", "3", "4", "5"]),
            ])
        func rules(rule: String, texts: [String]) async throws {
            let (room, owner, guest) = try await story(rule)
            #expect(try await guest.history(of: room).bodies == texts)
            #expect(try await guest.history(of: room, direction: "f").bodies == texts)
            #expect(try await guest.news().timeline(room).bodies == texts)
            try await everyRouteAgrees(room, owner, guest, texts)
        }

        private func everyRouteAgrees(
            _ room: String, _ owner: MatrixClient, _ guest: MatrixClient, _ texts: [String]
        ) async throws {
            for message in try await owner.history(of: room) where message["type"] == "m.room.message" {
                let isVisible = texts.contains(message.bodyText ?? "")
                for route in ["event", "context"] {
                    let reply = try await guest.reply("GET", MatrixClient.path("rooms", room, route, message.eventID))
                    #expect(reply.status == (isVisible ? 200 : 404), "\(route) of \(message.bodyText ?? "")")
                }
                let readers = "/api/v1/rooms/\(HTTPClient.escape(room))/events/\(message.eventID)/readers"
                #expect(try await guest.reply("GET", readers).status == (isVisible ? 200 : 404))
            }
            let newest = try #require(try await owner.history(of: room).last)
            let around = try await guest.ask(
                MessagingShapes.context, "GET", MatrixClient.path("rooms", room, "context", newest.eventID),
                query: ["limit": "100"])
            #expect(((around["events_before"]?.arrayValue ?? []).reversed() + [newest]).bodies == texts)
            let transcript = try await guest.ask(
                MessagingShapes.transcript, "GET", "/api/v1/rooms/\(HTTPClient.escape(room))/transcript")
            #expect(transcript["events"]?.arrayValue?.bodies == texts)
        }

        @Test(
            "MSG-20 with 'the last N before joining' a member sees exactly N messages from before, and all later ones",
            arguments: [(0, ["6"]), (2, ["4", "5", "6"]), (9, ["1", "2", "3", "4", "5", "6"])])
        func lastBeforeJoining(last: Int, texts: [String]) async throws {
            let (owner, guest) = (try await Cast.user("owner"), try await Cast.user("guest"))
            let room = try await Cast.room(owner, wish: ["initial_state": [says("joined")]])
            try await owner.setState("shop.vitrine.history", ["last": .int(Int64(last))], in: room)
            for text in ["1", "2", "3"] { try await owner.say(text, in: room) }
            // What is no message of its own does not count.
            let fourth = try await owner.say("4", in: room)
            try await owner.relate("m.annotation", to: fourth, in: room, type: "m.reaction", [:], key: "+1")
            try await owner.say("5", in: room)
            try await owner.setState("m.room.topic", ["topic": "cars"], in: room)
            try await owner.invite(guest.userID, to: room)
            try await guest.join(room)
            try await owner.say("6", in: room)
            #expect(try await guest.history(of: room).bodies == texts)
            #expect(try await guest.news(filter: #"{"room":{"timeline":{"limit":50}}}"#).timeline(room).bodies == texts)
        }

        @Test("MSG-19 who has left sees what was, and nothing that came after")
        func left() async throws {
            let (room, owner, guest) = try await story("shared")
            try await guest.call("POST", MatrixClient.path("rooms", room, "leave"), emptyObject)
            let after = try await owner.say("behind your back", in: room)
            #expect(try await guest.history(of: room).bodies == ["1", "2", "3", "4", "5"])
            try await guest.isRefused(404, "M_NOT_FOUND", "GET", MatrixClient.path("rooms", room, "event", after))
        }

        @Test("MSG-19 a stranger sees nothing of a room, whatever is asked")
        func stranger() async throws {
            let (room, owner, _) = try await story("shared")
            let stranger = try await Cast.user("stranger")
            let event = try #require(try await owner.history(of: room).last).eventID
            let rooms = "/api/v1/rooms/\(HTTPClient.escape(room))"
            for path in ["messages?dir=b", "state", "members", "joined_members", "state/m.room.name"] {
                let path = "/_matrix/client/v3/rooms/\(HTTPClient.escape(room))/\(path)"
                try await stranger.isRefused(403, "M_FORBIDDEN", "GET", path)
            }
            for route in ["event", "context"] {
                let path = MatrixClient.path("rooms", room, route, event)
                try await stranger.isRefused(404, "M_NOT_FOUND", "GET", path)
            }
            for path in ["\(rooms)/transcript", "\(rooms)/events/\(event)/readers"] {
                #expect([403, 404].contains(try await stranger.reply("GET", path).status), "\(path)")
            }
            #expect(try await stranger.news().json["rooms"] == nil)
        }
    }
}
