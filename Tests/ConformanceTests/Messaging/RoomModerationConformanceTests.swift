import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Moderators")
    struct RoomModerationTests {
        /// An owner, a moderator of level 50 and two members.
        private struct Scene {
            let (room, owner, moderator, member, other):
                (String, MatrixClient, MatrixClient, MatrixClient, MatrixClient)

            init() async throws {
                let (owner, moderator) = (try await Cast.user("owner"), try await Cast.user("moderator"))
                let (member, other) = (try await Cast.user("member"), try await Cast.user("other"))
                let levels: JSON = ["users": [owner.userID: 100, moderator.userID: 50]]
                let wish: JSONObject = ["power_level_content_override": levels]
                let room = try await Cast.room(owner, moderator, member, other, wish: wish)
                (self.room, self.owner, self.moderator, self.member, self.other) =
                    (room, owner, moderator, member, other)
            }

            func path(_ action: String) -> String { MatrixClient.path("rooms", room, action) }
            func who(_ user: MatrixClient, reason: String? = nil) -> JSON {
                var body: JSONObject = ["user_id": .string(user.userID)]
                if let reason { body["reason"] = .string(reason) }
                return .object(body)
            }
        }

        @Test("MSG-51 a moderator kicks; the kicked one sees why, cannot write, and may come back when invited")
        func kick() async throws {
            let scene = try await Scene()
            let start = try await scene.member.news().next
            try await scene.moderator.ask(
                MessagingShapes.empty, "POST", scene.path("kick"), scene.who(scene.member, reason: "rude"))
            let left = try await scene.member.news(since: start).left(scene.room)
            let own = left?["timeline"]?["events"]?.arrayValue?.last
            #expect(own?["content"]?["membership"] == "leave" && own?["content"]?["reason"] == "rude")
            #expect(own?["sender"] == .string(scene.moderator.userID))
            let send = MatrixClient.path("rooms", scene.room, "send", "m.room.message", Cast.unique("t"))
            try await scene.member.isRefused(403, "M_FORBIDDEN", "PUT", send, ["msgtype": "m.text", "body": "x"])
            try await scene.member.isRefused(403, "M_FORBIDDEN", "POST", scene.path("join"), emptyObject)
            try await scene.owner.invite(scene.member.userID, to: scene.room)
            try await scene.member.join(scene.room)
            try await scene.member.say("back", in: scene.room)
        }

        @Test("MSG-51 a banned member stays out until unbanned, even when invited")
        func ban() async throws {
            let scene = try await Scene()
            try await scene.moderator.ask(MessagingShapes.empty, "POST", scene.path("ban"), scene.who(scene.member))
            try await scene.member.isRefused(403, "M_FORBIDDEN", "POST", scene.path("join"), emptyObject)
            try await scene.owner.isRefused(403, "M_FORBIDDEN", "POST", scene.path("invite"), scene.who(scene.member))
            try await scene.moderator.ask(MessagingShapes.empty, "POST", scene.path("unban"), scene.who(scene.member))
            try await scene.owner.invite(scene.member.userID, to: scene.room)
            try await scene.member.join(scene.room)
        }

        @Test("MSG-51 members moderate nobody, and moderators nobody above them")
        func rights() async throws {
            let scene = try await Scene()
            for action in ["kick", "ban"] {
                let path = scene.path(action)
                try await scene.member.isRefused(403, "M_FORBIDDEN", "POST", path, scene.who(scene.other))
                try await scene.moderator.isRefused(403, "M_FORBIDDEN", "POST", path, scene.who(scene.owner))
            }
            try await scene.member.isRefused(403, "M_FORBIDDEN", "POST", scene.path("unban"), scene.who(scene.other))
            let levels: JSON = ["users": [scene.member.userID: 100]]
            let path = MatrixClient.path("rooms", scene.room, "state", "m.room.power_levels", "")
            try await scene.member.isRefused(403, "M_FORBIDDEN", "PUT", path, levels)
            try await scene.moderator.isRefused(403, "M_FORBIDDEN", "PUT", path, levels)
            let joined = try await scene.owner.ask(MessagingShapes.joinedMembers, "GET", scene.path("joined_members"))
            #expect(joined["joined"]?.objectValue?.count == 4)
        }

        @Test("MSG-51 a moderator takes back what others wrote, a member does not")
        func redact() async throws {
            let scene = try await Scene()
            let event = try await scene.other.say("spam", in: scene.room)
            let path = MatrixClient.path("rooms", scene.room, "redact", event, Cast.unique("r"))
            try await scene.member.isRefused(403, "M_FORBIDDEN", "PUT", path, emptyObject)
            try await scene.moderator.redact(event, in: scene.room, reason: "spam")
            let shown = try await scene.member.event(event, in: scene.room)
            #expect(shown["content"] == emptyObject)
            #expect(shown["unsigned"]?["redacted_because"]?["sender"] == .string(scene.moderator.userID))
        }

        @Test("MSG-51 a member reports an event of the room, and none of another")
        func report() async throws {
            let scene = try await Scene()
            let event = try await scene.other.say("scam", in: scene.room)
            let path = MatrixClient.path("rooms", scene.room, "report", event)
            try await scene.member.ask(MessagingShapes.empty, "POST", path, ["reason": "a scam", "score": -100])
            let stranger = try await Cast.user("stranger")
            let reply = try await stranger.reply("POST", path, ["reason": "x"])
            #expect([403, 404].contains(reply.status))
            let absent = MatrixClient.path("rooms", scene.room, "report", "$nothing")
            try await scene.member.isRefused(404, "M_NOT_FOUND", "POST", absent, emptyObject)
        }
    }
}
