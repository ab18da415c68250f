import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Unread counts and the conversation list")
    struct UnreadTests {
        @Test("MSG-24 the first reply carries right counts to a client that knows nothing")
        func counts() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            try await anna.say("one", in: room)
            let two = try await anna.say("two", in: room)
            let three = try await anna.say("three", in: room)
            try await anna.relate("m.annotation", to: two, in: room, type: "m.reaction", [:], key: "👍")
            try await anna.edit(two, to: "2", in: room)
            try await anna.setState("m.room.topic", ["topic": "numbers"], in: room)
            try await counts(of: ben, in: room, are: 3)

            try await ben.read(two, in: room)
            try await counts(of: ben, in: room, are: 1)
            try await anna.redact(three, in: room)
            try await counts(of: ben, in: room, are: 0)
            try await anna.say("four", in: room)
            try await counts(of: ben, in: room, are: 1)
            try await ben.say("my answer", in: room)
            try await counts(of: ben, in: room, are: 0)
            try await counts(of: anna, in: room, are: 1)
        }

        private func counts(
            of reader: MatrixClient, in room: String, are count: Int64, _ location: SourceLocation = #_sourceLocation
        ) async throws {
            #expect(try await reader.conversation(room)?["unread"]?.intValue == count, sourceLocation: location)
            #expect(try await reader.news().unread(room) == count, sourceLocation: location)
        }

        @Test("MSG-24 a mention is counted as such until it is read")
        func mentions() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let content: JSON = [
                "msgtype": "m.text", "body": "Ben?", "m.mentions": ["user_ids": [.string(ben.userID)]],
            ]
            let event = try await anna.send(content, to: room)
            #expect(try await ben.news().highlights(room) == 1)
            #expect(try await ben.conversation(room)?["highlight"] == 1)
            try await ben.read(event, in: room)
            #expect(try await ben.news().highlights(room) == 0)
        }

        @Test("MSG-23 the list equals one recomputed from the raw events, for random logs")
        func recomputed() async throws {
            var random = SeededRandom(seed: 20_240_611)
            let people = [try await Cast.user("anna"), try await Cast.user("ben")]
            var rooms: [String] = []
            for _ in 0..<4 { rooms.append(try await Cast.room(people[0], people[1])) }
            for step in 0..<60 {
                let room = rooms[Int.random(in: 0..<4, using: &random)]
                let author = people[Int.random(in: 0..<2, using: &random)]
                let choice = Int.random(in: 0..<6, using: &random)
                // Only the maker of the rooms may set their topic.
                try await act(choice, step, choice == 2 ? people[0] : author, room)
            }
            for reader in people { try await listIsRight(reader, rooms) }
        }

        private func act(_ choice: Int, _ step: Int, _ author: MatrixClient, _ room: String) async throws {
            let newest = try await author.history(of: room).last { $0["type"] == "m.room.message" }
            switch choice {
            case 0: if let newest { try await author.read(newest.eventID, in: room) }
            case 1:
                if let newest, newest["sender"]?.stringValue == author.userID {
                    try await author.redact(newest.eventID, in: room)
                }
            case 2: try await author.setState("m.room.topic", ["topic": .string("\(step)")], in: room)
            default: try await author.say("\(step)", in: room)
            }
        }

        private func listIsRight(_ reader: MatrixClient, _ rooms: [String]) async throws {
            var wanted: [(room: String, last: JSON?, unread: Int)] = []
            for room in rooms {
                let events = try await reader.history(of: room)
                let read = try await readPlace(reader, room, events)
                let messages = events.filter { $0["type"] == "m.room.message" && $0.bodyText != nil }
                let unread = messages.filter { $0.seq > read && $0["sender"]?.stringValue != reader.userID }
                let last = events.last { $0["type"] == "m.room.message" }
                wanted.append((room, last, unread.count))
            }
            wanted.sort {
                ($0.last?["origin_server_ts"]?.intValue ?? 0) > ($1.last?["origin_server_ts"]?.intValue ?? 0)
            }
            let list = try await reader.ask(MessagingShapes.conversations, "GET", "/api/v1/conversations")
            let found = list["conversations"]?.arrayValue ?? []
            #expect(found.compactMap { $0["room"]?.stringValue } == wanted.map(\.room))
            #expect(found.map { $0["unread"]?.intValue } == wanted.map { Int64($0.unread) })
            #expect(found.map { $0["last"]?.eventID } == wanted.map { $0.last?.eventID })
        }

        /// The newest of the user's receipt and own messages.
        private func readPlace(_ reader: MatrixClient, _ room: String, _ events: [JSON]) async throws -> Int64 {
            let receipts = try await reader.news().ephemeral("m.receipt", in: room)?.objectValue ?? [:]
            let receipt = receipts.first { $0.value["m.read"]?[reader.userID] != nil }?.key
            let read = events.first { $0.eventID == receipt }?.seq ?? 0
            let own = events.last { $0["sender"]?.stringValue == reader.userID && $0["type"] == "m.room.message" }
            return max(read, own?.seq ?? 0)
        }

        @Test("MSG-77 a delta of the list holds the changed conversations and those that were left")
        func delta() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let (quiet, busy) = (try await Cast.room(anna, ben), try await Cast.room(anna, ben))
            let gone = try await Cast.room(anna, ben)
            let all = try await ben.ask(MessagingShapes.conversations, "GET", "/api/v1/conversations")
            #expect(
                Set((all["conversations"]?.arrayValue ?? []).compactMap { $0["room"]?.stringValue }) == [
                    quiet, busy, gone,
                ])
            try await anna.say("news", in: busy)
            try await ben.call("POST", MatrixClient.path("rooms", gone, "leave"), emptyObject)
            let next = all["next"]?.stringValue ?? ""
            let delta = try await ben.ask(
                MessagingShapes.conversations, "GET", "/api/v1/conversations", query: ["since": next])
            let changed = delta["conversations"]?.arrayValue ?? []
            #expect(changed.map { $0["room"] } == [.string(busy)])
            #expect(changed.first?["last"]?.bodyText == "news")
            #expect(delta["removed"] == [.string(gone)])
        }

        @Test(
            "MSG-24 pages of the list concatenate to the whole list, in both orders", arguments: ["recent", "unread"])
        func pages(order: String) async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            var rooms: [String] = []
            for number in 0..<5 {
                rooms.append(try await Cast.room(anna, ben))
                if number.isMultiple(of: 2) { try await anna.say("\(number)", in: rooms[number]) }
            }
            var found: [JSON] = []
            var from: Int64? = 0
            while let start = from {
                let page = try await ben.ask(
                    MessagingShapes.conversations, "GET", "/api/v1/conversations",
                    query: ["limit": "2", "from": "\(start)", "order": order])
                found += page["conversations"]?.arrayValue ?? []
                from = page["more_from"]?.intValue
            }
            #expect(Set(found.compactMap { $0["room"]?.stringValue }) == Set(rooms))
            #expect(found.count == 5)
            let unread = found.map { $0["unread"] != 0 }
            if order == "unread" { #expect(unread == [true, true, true, false, false]) }
        }
    }
}
