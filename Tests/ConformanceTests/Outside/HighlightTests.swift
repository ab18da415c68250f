import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite(.timeLimit(.minutes(10))) struct Highlights {
        /// Syncs on until a room has so many highlights.
        private func wait(_ user: MatrixClient, _ room: String, for count: Int64) async throws -> SyncView {
            var view = try await user.news()
            while view.highlights(room) != count {
                view = try await user.news(since: view.next, timeoutMilliseconds: 20_000)
            }
            return view
        }

        @Test("MSG-46 a keyword of the reader's own highlights, and is gone from the count once read")
        func keyword() async throws {
            let (alice, bob) = (try await Cast.user("alice"), try await Cast.user("bob"))
            let room = try await Cast.room(alice, bob)
            try await bob.call(
                "PUT", MatrixClient.path("pushrules", "global", "content", "refund"),
                ["pattern": "refund*", "actions": ["notify", ["set_tweak": "highlight"]]])
            try await alice.say("nothing of note", in: room)
            let event = try await alice.say("Where are my REFUNDS?", in: room)
            #expect(try await wait(bob, room, for: 1).unread(room) == 2)
            #expect(try await alice.news().highlights(room) == 0)
            try await bob.read(event, in: room)
            #expect(try await bob.news().highlights(room) == 0)
        }

        @Test("MSG-46 a name in the text highlights where the message does not say whom it mentions")
        func names() async throws {
            let (alice, bob) = (try await Cast.user("alice"), try await Cast.user("bob"))
            let name = Cast.unique("Robert Zhang")
            try await bob.call(
                "PUT", MatrixClient.path("profile", bob.userID, "displayname"), ["displayname": .string(name)])
            let room = try await Cast.room(alice, bob)
            try await alice.say("hello \(name.lowercased()), are you there", in: room)
            _ = try await wait(bob, room, for: 1)
            try await alice.send(
                ["msgtype": "m.text", "body": .string("not meant for \(name)"), "m.mentions": [:]], to: room)
            try await alice.say("robert is not the name", in: room)
            let localpart = bob.userID.dropFirst().prefix { $0 != ":" }
            try await alice.say("\(localpart): you are", in: room)
            #expect(try await wait(bob, room, for: 2).unread(room) == 4)
        }

        @Test(
            "MSG-46 conditions on members, properties and the sender's power decide what highlights",
            arguments: [
                (["kind": "room_member_count", "is": "2"], true), (["kind": "room_member_count", "is": ">2"], false),
                (["kind": "event_property_is", "key": "content.urgent", "value": true], true),
                (["kind": "event_property_is", "key": "content.urgent", "value": "true"], false),
                (["kind": "event_property_contains", "key": "content.tags", "value": "shop"], true),
                (["kind": "event_match", "key": "content.order", "pattern": "4?-*"], true),
                (["kind": "sender_notification_permission", "key": "room"], true),
            ] as [(JSON, Bool)])
        func conditions(_ condition: JSON, isHighlight: Bool) async throws {
            let (alice, bob) = (try await Cast.user("alice"), try await Cast.user("bob"))
            let room = try await Cast.room(alice, bob)
            let rule: JSON = ["actions": ["notify", ["set_tweak": "highlight"]], "conditions": [condition]]
            try await bob.call("PUT", MatrixClient.path("pushrules", "global", "override", "mine"), rule)
            let content: JSON = [
                "msgtype": "m.text", "body": "x", "urgent": true, "tags": ["shop", "other"], "order": "42-7",
            ]
            try await alice.send(content, to: room)
            // Follows in the same order, so the first is decided when this one is.
            let localpart = bob.userID.dropFirst().prefix { $0 != ":" }
            try await alice.say("\(localpart)", in: room)
            let expected: Int64 = isHighlight ? 2 : 1
            let view = try await wait(bob, room, for: expected)
            #expect(view.unread(room) == 2)
        }
    }
}
