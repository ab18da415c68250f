import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite struct MemberLists {
        private func members(_ user: MatrixClient, _ room: String, _ query: String = "") async throws -> Set<String> {
            let reply = try await user.call("GET", MatrixClient.path("rooms", room, "members") + query)
            return Set(
                (reply["chunk"]?.arrayValue ?? []).map { event in
                    "\(event["state_key"]?.stringValue ?? "") \(event["content"]?["membership"]?.stringValue ?? "")"
                })
        }

        @Test("the list of members can be cut by membership, and asked for as it was at a place")
        func filters() async throws {
            let (alice, bob, carol) = (
                try await Cast.user("alice"), try await Cast.user("bob"), try await Cast.user("carol")
            )
            let room = try await Cast.room(alice, bob)
            let place = try await alice.news().next
            try await alice.invite(carol.userID, to: room)
            try await bob.call("POST", MatrixClient.path("rooms", room, "leave"), emptyObject)
            let now = Set(["\(alice.userID) join", "\(bob.userID) leave", "\(carol.userID) invite"])
            #expect(try await members(alice, room) == now)
            #expect(try await members(alice, room, "?membership=join") == ["\(alice.userID) join"])
            #expect(try await members(alice, room, "?not_membership=leave").count == 2)
            let then = Set(["\(alice.userID) join", "\(bob.userID) join"])
            #expect(try await members(alice, room, "?at=" + place) == then)
            // Who has left is shown the list as it was then, whatever place is asked for.
            let later = try await alice.news().next
            #expect(try await members(bob, room, "?at=" + later).contains("\(bob.userID) leave"))
            let path = MatrixClient.path("rooms", room, "members")
            try await alice.isRefused(400, "M_INVALID_PARAM", "GET", path + "?membership=friend")
            try await alice.isRefused(400, "M_INVALID_PARAM", "GET", path + "?at=nonsense")
        }

        @Test("a room is made though one of those invited does not exist")
        func unknownInvitee() async throws {
            let (alice, bob) = (try await Cast.user("alice"), try await Cast.user("bob"))
            let room = try await alice.createRoom(["invite": ["@nobody-at-all:localhost", .string(bob.userID)]])
            #expect(try await members(alice, room) == ["\(alice.userID) join", "\(bob.userID) invite"])
        }

        @Test("what somebody says about being there comes to those who share a room, and to nobody else")
        func presence() async throws {
            let (alice, bob, carol) = (
                try await Cast.user("alice"), try await Cast.user("bob"), try await Cast.user("carol")
            )
            _ = try await Cast.room(alice, bob)
            let (places, stranger) = (try await bob.news().next, try await carol.news().next)
            let status = MatrixClient.path("presence", alice.userID, "status")
            try await alice.call("PUT", status, ["presence": "unavailable", "status_msg": "at lunch"])
            let news = try await bob.news(since: places, timeoutMilliseconds: 20_000)
            let event = try #require(news.json["presence"]?["events"]?.arrayValue?.first)
            #expect(event["sender"]?.stringValue == alice.userID)
            #expect(event["content"]?["presence"] == "unavailable")
            #expect(event["content"]?["status_msg"] == "at lunch")
            #expect(try await bob.news(since: news.next).json["presence"] == nil)
            #expect(try await carol.news(since: stranger).json["presence"] == nil)
            let filtered = try await bob.news(since: places, filter: #"{"presence":{"not_types":["*"]}}"#)
            #expect(filtered.json["presence"] == nil)
        }

        @Test("unread messages are told apart by thread for a client whose filter asks for it")
        func threads() async throws {
            let (alice, bob) = (try await Cast.user("alice"), try await Cast.user("bob"))
            let room = try await Cast.room(alice, bob)
            let root = try await alice.say("root", in: room)
            try await alice.say("outside", in: room)
            try await alice.relate("m.thread", to: root, in: room)
            let last = try await alice.relate(
                "m.thread", to: root, in: room,
                ["msgtype": "m.text", "body": "you", "m.mentions": ["user_ids": [.string(bob.userID)]]])
            let filter = #"{"room":{"timeline":{"unread_thread_notifications":true}}}"#
            func counts() async throws -> (main: JSON?, thread: JSON?) {
                let part = try await bob.news(filter: filter).joined(room)
                return (part?["unread_notifications"], part?["unread_thread_notifications"]?[root])
            }
            #expect(try await bob.news().unread(room) == 4)
            #expect(try await counts().main == ["notification_count": 2, "highlight_count": 0])
            #expect(try await counts().thread == ["notification_count": 2, "highlight_count": 1])
            try await bob.read(last, in: room, thread: root)
            #expect(try await counts().thread == nil)
            #expect(try await counts().main == ["notification_count": 2, "highlight_count": 0])
            let more = try await alice.relate("m.thread", to: root, in: room)
            try await bob.read(more, in: room, thread: "main")
            #expect(try await counts().main == ["notification_count": 0, "highlight_count": 0])
            #expect(try await counts().thread == ["notification_count": 1, "highlight_count": 0])
            try await bob.read(more, in: room)
            #expect(try await counts().thread == nil)
        }
    }
}
