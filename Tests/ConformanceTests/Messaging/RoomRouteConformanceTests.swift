import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("The routes of rooms answer as the protocol says")
    struct RoomRouteTests {
        @Test("MSG-40 making, joining, listing, leaving and forgetting a room")
        func life() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let wish: JSON = [
                "name": "Cars", "topic": "old ones", "invite": [.string(ben.userID)], "is_direct": true,
                "preset": "trusted_private_chat",
            ]
            let made = try await anna.ask(MessagingShapes.roomID, "POST", MatrixClient.path("createRoom"), wish)
            let room = try #require(made["room_id"]?.stringValue)
            let invited = try await ben.news().invited(room)?["invite_state"]?["events"]?.arrayValue ?? []
            let own = invited.first { $0["state_key"]?.stringValue == ben.userID }
            #expect(own?["content"]?["membership"] == "invite" && own?["content"]?["is_direct"] == true)
            #expect(invited.contains { $0["type"] == "m.room.name" && $0["content"]?["name"] == "Cars" })
            #expect(
                try await ben.ask(MessagingShapes.roomID, "POST", MatrixClient.path("rooms", room, "join")) == made)
            let rooms = try await ben.ask(MessagingShapes.joinedRooms, "GET", MatrixClient.path("joined_rooms"))
            #expect(rooms["joined_rooms"] == [.string(room)])
            let forget = MatrixClient.path("rooms", room, "forget")
            #expect(try await ben.reply("POST", forget, emptyObject).status == 400)
            try await ben.ask(MessagingShapes.empty, "POST", MatrixClient.path("rooms", room, "leave"), emptyObject)
            #expect(try await ben.news().joined(room) == nil)
            try await ben.ask(MessagingShapes.empty, "POST", forget, emptyObject)
            try await ben.isRefused(403, "M_FORBIDDEN", "GET", MatrixClient.path("rooms", room, "messages") + "?dir=b")
        }

        @Test("MSG-40 state as a list, as content and as a whole event")
        func state() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna, wish: ["name": "Cars"])
            let all = try await anna.ask(MessagingShapes.state, "GET", MatrixClient.path("rooms", room, "state"))
            let types = Set((all.arrayValue ?? []).compactMap { $0["type"]?.stringValue })
            #expect(
                types.isSuperset(of: [
                    "m.room.create", "m.room.member", "m.room.power_levels", "m.room.join_rules",
                    "m.room.history_visibility", "m.room.name",
                ]))
            let path = MatrixClient.path("rooms", room, "state", "m.room.name")
            #expect(try await anna.call("GET", path) == ["name": "Cars"])
            #expect(try await anna.call("GET", path + "/") == ["name": "Cars"])
            let whole = try await anna.ask(MessagingShapes.stateEvent, "GET", path, query: ["format": "event"])
            #expect(whole["content"] == ["name": "Cars"])
            try await anna.isRefused(404, "M_NOT_FOUND", "GET", MatrixClient.path("rooms", room, "state", "m.none"))
            let keyed = MatrixClient.path("rooms", room, "state", "shop.vitrine.note", "a key/with 字")
            try await anna.ask(MessagingShapes.eventID, "PUT", keyed, ["n": 1])
            #expect(try await anna.call("GET", keyed) == ["n": 1])
        }

        @Test("MSG-40 members by membership, and joined members with their names")
        func members() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let cleo = try await Cast.user("cleo")
            let room = try await Cast.room(anna, ben)
            try await anna.invite(cleo.userID, to: room)
            let path = MatrixClient.path("rooms", room, "members")
            let keys = { (reply: JSON) in
                Set((reply["chunk"]?.arrayValue ?? []).compactMap { $0["state_key"]?.stringValue })
            }
            let all = try await anna.ask(MessagingShapes.members, "GET", path)
            #expect(keys(all) == [anna.userID, ben.userID, cleo.userID])
            let invited = try await anna.ask(MessagingShapes.members, "GET", path, query: ["membership": "invite"])
            #expect(keys(invited) == [cleo.userID])
            let others = try await anna.ask(MessagingShapes.members, "GET", path, query: ["not_membership": "invite"])
            #expect(keys(others) == [anna.userID, ben.userID])
            let joined = try await anna.ask(
                MessagingShapes.joinedMembers, "GET", MatrixClient.path("rooms", room, "joined_members"))
            #expect(Set(joined["joined"]?.objectValue?.keys ?? []) == [anna.userID, ben.userID])
        }

        @Test("MSG-40 context and the event at a time")
        func places() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            var events: [String] = []
            for number in 0..<9 { events.append(try await anna.say("\(number)", in: room)) }
            let path = MatrixClient.path("rooms", room, "context", events[4])
            let around = try await anna.ask(MessagingShapes.context, "GET", path, query: ["limit": "4"])
            #expect(around["events_before"]?.arrayValue?.eventIDs == [events[3], events[2]])
            #expect(around["event"]?.eventID == events[4])
            #expect(around["events_after"]?.arrayValue?.eventIDs == [events[5], events[6]])
            let older = try await anna.messages(in: room, from: around["start"]?.stringValue, limit: 1)
            #expect(older["chunk"]?.arrayValue?.eventIDs == [events[1]])
            let newer = try await anna.messages(in: room, from: around["end"]?.stringValue, direction: "f", limit: 1)
            #expect(newer["chunk"]?.arrayValue?.eventIDs == [events[7]])

            let time = MatrixClient.path("rooms", room, "timestamp_to_event", version: "v1")
            let stamp = try await anna.event(events[8], in: room)["origin_server_ts"]?.intValue ?? 0
            let found = try await anna.ask(
                MessagingShapes.eventAtTime, "GET", time, query: ["ts": "\(stamp)", "dir": "f"])
            #expect(found["origin_server_ts"]?.intValue == stamp)
            try await anna.ask(MessagingShapes.eventAtTime, "GET", time, query: ["ts": "\(stamp + 9)", "dir": "b"])
            try await anna.isRefused(404, "M_NOT_FOUND", "GET", time, query: ["ts": "\(stamp + 9)", "dir": "f"])
            try await anna.isRefused(404, "M_NOT_FOUND", "GET", time, query: ["ts": "1", "dir": "b"])
        }

        @Test("MSG-40 aliases lead to rooms, the directory lists public ones, a summary shows one to a stranger")
        func directory() async throws {
            let (anna, stranger) = (try await Cast.user("anna"), try await Cast.user("stranger"))
            let name = Cast.unique("cars")
            let room = try await Cast.room(
                anna, wish: ["name": .string(name), "visibility": "public", "room_alias_name": .string(name)])
            let server = String(anna.userID.split(separator: ":", maxSplits: 1).last ?? "")
            let (alias, second) = ("#\(name):\(server)", "#\(name)-2:\(server)")
            let path = { (alias: String) in MatrixClient.path("directory", "room", alias) }
            #expect(try await stranger.ask(MessagingShapes.alias, "GET", path(alias))["room_id"] == .string(room))
            try await anna.ask(MessagingShapes.empty, "PUT", path(second), ["room_id": .string(room)])
            #expect(try await anna.reply("PUT", path(second), ["room_id": .string(room)]).status == 409)
            let aliases = try await anna.ask(
                MessagingShapes.aliases, "GET", MatrixClient.path("rooms", room, "aliases"))
            #expect(Set((aliases["aliases"]?.arrayValue ?? []).compactMap(\.stringValue)) == [alias, second])
            try await stranger.isRefused(403, "M_FORBIDDEN", "DELETE", path(second))
            try await anna.ask(MessagingShapes.empty, "DELETE", path(second))
            try await anna.isRefused(404, "M_NOT_FOUND", "GET", path(second))

            let listing = MatrixClient.path("directory", "list", "room", room)
            #expect(try await anna.ask(MessagingShapes.listing, "GET", listing) == ["visibility": "public"])
            let search: JSON = ["filter": ["generic_search_term": .string(name.uppercased())], "limit": 5]
            let public_ = MatrixClient.path("publicRooms")
            let found = try await stranger.ask(MessagingShapes.publicRooms, "POST", public_, search)
            #expect(found["chunk"]?.arrayValue?.compactMap { $0["room_id"]?.stringValue } == [room])
            try await anna.ask(MessagingShapes.empty, "PUT", listing, ["visibility": "private"])
            let rest = try await stranger.ask(MessagingShapes.publicRooms, "GET", public_, query: ["limit": "500"])
            #expect(!(rest["chunk"]?.arrayValue ?? []).contains { $0["room_id"]?.stringValue == room })

            let summary = MatrixClient.path("room_summary", alias, version: "v1")
            let seen = try await stranger.ask(MessagingShapes.summary, "GET", summary)
            #expect(seen["name"] == .string(name) && seen["num_joined_members"] == 1)
            #expect(
                try await stranger.ask(MessagingShapes.roomID, "POST", MatrixClient.path("join", alias)) == [
                    "room_id": .string(room)
                ])
        }

        @Test("MSG-40 a filter is stored, named in a sync, and may be given in place")
        func filters() async throws {
            let anna = try await Cast.user("anna")
            let (room, other) = (try await Cast.room(anna), try await Cast.room(anna))
            try await anna.say("text", in: room)
            let filter: JSON = ["room": ["rooms": [.string(room)], "timeline": ["types": ["m.room.message"]]]]
            let path = MatrixClient.path("user", anna.userID, "filter")
            let id = try #require(try await anna.call("POST", path, filter)["filter_id"]?.stringValue)
            for form in [id, filter.text] {
                let view = try await anna.news(filter: form)
                #expect(view.timeline(room).map { $0["type"] } == ["m.room.message"])
                #expect(view.joined(other) == nil)
            }
            #expect(try await anna.call("GET", path + "/" + id) == filter)
        }
    }
}
