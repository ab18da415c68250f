import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Edits, reactions, threads, references")
    struct RelationTests {
        private func related(
            to event: String, _ rest: String..., in room: String, for reader: MatrixClient,
            query: KeyValuePairs<String, String> = [:]
        ) async throws -> JSON {
            let path = ([MatrixClient.path("rooms", room, "relations", event, version: "v1")] + rest)
                .joined(separator: "/")
            return try await reader.ask(MessagingShapes.relations, "GET", path, query: query)
        }

        @Test("MSG-43 the newest edit stands with the event, whose own content stays")
        func edits() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let event = try await anna.say("helo", in: room)
            try await anna.edit(event, to: "hello", in: room)
            let newest = try await anna.edit(event, to: "hello!", in: room)
            let shown = try await ben.event(event, in: room)
            #expect(shown.bodyText == "helo")
            #expect(shown.relations?["m.replace"]?["event_id"] == .string(newest))
            #expect(shown.relations?["m.replace"]?["content"]?["m.new_content"]?["body"] == "hello!")
            for events in [try await ben.history(of: room), try await ben.news().timeline(room)] {
                let found = events.first { $0.eventID == event }
                #expect(found?.relations?["m.replace"]?["event_id"] == .string(newest))
            }
        }

        @Test("MSG-43 a taken back edit gives way to the one before it")
        func withdrawn() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let event = try await anna.say("1", in: room)
            let first = try await anna.edit(event, to: "2", in: room)
            let second = try await anna.edit(event, to: "3", in: room)
            try await anna.redact(second, in: room)
            #expect(try await anna.event(event, in: room).relations?["m.replace"]?["event_id"] == .string(first))
            try await anna.redact(first, in: room)
            #expect(try await anna.event(event, in: room).relations?["m.replace"] == nil)
        }

        @Test("MSG-43 edits by others, of another type, of edits, of state and without new content are ignored")
        func falseEdits() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let event = try await anna.say("original", in: room)
            let new: JSONObject = [
                "msgtype": "m.text", "body": "* x", "m.new_content": ["msgtype": "m.text", "body": "x"],
            ]
            try await ben.edit(event, to: "not mine", in: room)
            try await anna.relate("m.replace", to: event, in: room, type: "shop.vitrine.note", new)
            try await anna.relate("m.replace", to: event, in: room, ["msgtype": "m.text", "body": "no new content"])
            #expect(try await ben.event(event, in: room).relations?["m.replace"] == nil)

            let edit = try await anna.edit(event, to: "good", in: room)
            try await anna.edit(edit, to: "edit of an edit", in: room)
            #expect(try await ben.event(edit, in: room).relations?["m.replace"] == nil)
            #expect(try await ben.event(event, in: room).relations?["m.replace"]?["event_id"] == .string(edit))

            let topic = try await anna.setState("m.room.topic", ["topic": "t"], in: room)
            try await anna.relate("m.replace", to: topic, in: room, type: "m.room.topic", new)
            #expect(try await ben.event(topic, in: room).relations?["m.replace"] == nil)
        }

        @Test("MSG-43 reactions are found by relation and key, once for each person, and can be taken back")
        func reactions() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let event = try await anna.say("nice?", in: room)
            let react = { (who: MatrixClient, key: String) in
                try await who.relate("m.annotation", to: event, in: room, type: "m.reaction", [:], key: key)
            }
            let (first, second) = (try await react(anna, "👍"), try await react(ben, "👍"))
            _ = try await react(ben, "🎉")
            let path = MatrixClient.path("rooms", room, "send", "m.reaction", Cast.unique("t"))
            let again: JSON = [
                "m.relates_to": ["rel_type": "m.annotation", "event_id": .string(event), "key": "👍"]
            ]
            try await ben.isRefused(400, "M_DUPLICATE_ANNOTATION", "PUT", path, again)
            let found = try await related(to: event, "m.annotation", "m.reaction", in: room, for: anna)
            #expect(found["chunk"]?.arrayValue?.count == 3)
            try await ben.redact(second, in: room)
            let left = try await related(to: event, "m.annotation", in: room, for: anna)["chunk"]?.arrayValue ?? []
            #expect(left.count == 2 && left.last?.eventID == first)
            _ = try await react(ben, "👍")
        }

        @Test("MSG-43 a thread is summed up at its root and listed with the newest first")
        func threads() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let (one, two) = (try await anna.say("root 1", in: room), try await anna.say("root 2", in: room))
            try await anna.relate("m.thread", to: one, in: room)
            try await anna.relate("m.thread", to: two, in: room)
            let newest = try await ben.relate("m.thread", to: one, in: room)
            let thread = try await ben.event(one, in: room).relations?["m.thread"]
            #expect(thread?["count"] == 2)
            #expect(thread?["latest_event"]?["event_id"] == .string(newest))
            #expect(thread?["current_user_participated"] == true)
            #expect(try await ben.event(two, in: room).relations?["m.thread"]?["current_user_participated"] == false)
            let path = MatrixClient.path("rooms", room, "threads", version: "v1")
            let all = try await ben.ask(MessagingShapes.threads, "GET", path)
            #expect(all["chunk"]?.arrayValue?.eventIDs == [one, two])
            let own = try await ben.ask(MessagingShapes.threads, "GET", path, query: ["include": "participated"])
            #expect(own["chunk"]?.arrayValue?.eventIDs == [one])
            let page = try await ben.ask(MessagingShapes.threads, "GET", path, query: ["limit": "1"])
            let from = try #require(page["next_batch"]?.stringValue)
            let rest = try await ben.ask(MessagingShapes.threads, "GET", path, query: ["from": from])
            #expect(rest["chunk"]?.arrayValue?.eventIDs == [two])
        }

        @Test("MSG-43 references and replies are kept, and pages of relations concatenate in both directions")
        func references() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let event = try await anna.say("the car", in: room)
            var sent: [String] = []
            for _ in 0..<5 { sent.append(try await anna.relate("m.reference", to: event, in: room)) }
            let bundle = try await anna.event(event, in: room).relations?["m.reference"]?["chunk"]?.arrayValue
            #expect(bundle?.eventIDs == sent)
            for direction in ["f", "b"] {
                var found: [String] = []
                var from = ""
                repeat {
                    let page = try await related(
                        to: event, "m.reference", in: room, for: anna,
                        query: ["dir": direction, "limit": "2", "from": from])
                    found += page["chunk"]?.arrayValue?.eventIDs ?? []
                    from = page["next_batch"]?.stringValue ?? ""
                } while !from.isEmpty
                #expect(found == (direction == "f" ? sent : sent.reversed()))
            }
            let reply: JSON = [
                "msgtype": "m.text", "body": "how much?",
                "m.relates_to": ["m.in_reply_to": ["event_id": .string(event)]],
            ]
            let answer = try await anna.event(try await anna.send(reply, to: room), in: room)
            #expect(answer["content"]?["m.relates_to"]?["m.in_reply_to"]?["event_id"] == .string(event))
        }

        @Test("MSG-43 relations that a member cannot see do not end the paging")
        func unseen() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let rule: JSON = ["type": "m.room.history_visibility", "content": ["history_visibility": "joined"]]
            let room = try await Cast.room(anna, ben, wish: ["initial_state": [rule]])
            let event = try await anna.say("the car", in: room)
            let first = try await anna.relate("m.reference", to: event, in: room)
            try await ben.call("POST", MatrixClient.path("rooms", room, "leave"), emptyObject)
            for _ in 0..<4 { try await anna.relate("m.reference", to: event, in: room) }
            try await anna.invite(ben.userID, to: room)
            try await ben.join(room)
            let last = try await anna.relate("m.reference", to: event, in: room)
            var found: [String] = []
            var from = ""
            repeat {
                let page = try await related(
                    to: event, "m.reference", in: room, for: ben, query: ["limit": "1", "from": from])
                found += page["chunk"]?.arrayValue?.eventIDs ?? []
                from = page["next_batch"]?.stringValue ?? ""
            } while !from.isEmpty
            #expect(found == [last, first])
        }
    }
}
