import Accounts
import Basics
import Messaging
import Testing

@Suite("Search")
struct SearchTests {
    @Test("MSG-47 two-character Chinese words are found in the middle of a sentence, with their places")
    func chinese() async throws {
        try await SearchFixture.run { shop in
            let anna = try await shop.data.user("anna")
            let room = try await shop.data.room(anna)
            let event = try await shop.say("请问这件外套有没有红色的？", by: anna, in: room)
            _ = try await shop.say("没有问题", by: anna, in: room)
            try await shop.index.follow()
            let hit = try #require(try await shop.hits("外套", by: anna).first)
            #expect(hit["event"]?["event_id"] == .string(event))
            #expect(hit["room"] == .string(room))
            #expect(hit["ranges"] == [[4, 2]])
            #expect(try await shop.found("套有没有红", by: anna) == [event])
            #expect(try await shop.found("红", by: anna) == [event])
            #expect(try await shop.found("外红", by: anna) == [])
        }
    }

    @Test("The last Latin word may be unfinished, the others not; case and accents do not matter")
    func prefix() async throws {
        try await SearchFixture.run { shop in
            let anna = try await shop.data.user("anna")
            let room = try await shop.data.room(anna)
            let event = try await shop.say("The Café delivers umbrellas", by: anna, in: room)
            try await shop.index.follow()
            #expect(try await shop.found("cafe umbr", by: anna) == [event])
            #expect(try await shop.found("CAFÉ", by: anna) == [event])
            #expect(try await shop.found("umbr cafe", by: anna) == [])
            #expect(try await shop.found("\" OR *) AND NEAR(", by: anna) == [])
            #expect(try await shop.found("", by: anna) == [])
        }
    }

    @Test("MSG-47 only what the asker may see is found: not other rooms, not what was said before or after")
    func rights() async throws {
        try await SearchFixture.run { shop in
            let anna = try await shop.data.user("anna")
            let bert = try await shop.data.user("bert")
            let room = try await shop.data.room(anna)
            _ = try await shop.data.engine.setState(
                anna, room: room, type: EventType.historyVisibility, key: "", content: ["history_visibility": "joined"])
            let before = try await shop.say("invoice one", by: anna, in: room)
            try await shop.index.follow()
            #expect(try await shop.found("invoice", by: bert) == [])
            _ = try await shop.data.engine.join(bert, roomOrAlias: room)
            let during = try await shop.say("invoice two", by: anna, in: room)
            try await shop.data.engine.setMembership(bert, room: room, userID: bert.user.text, to: .leave)
            let after = try await shop.say("invoice three", by: anna, in: room)
            _ = try await shop.edit(during, to: "receipt two", by: anna, in: room)
            try await shop.index.follow()
            #expect(try await shop.found("invoice", by: anna) == [after, before])
            #expect(try await shop.found("receipt", by: anna) == [during])
            #expect(try await shop.found("receipt", by: bert) == [], "the edit came after bert had left")
            #expect(try await shop.found("three", by: bert) == [])
        }
    }

    @Test("A recalled message is found no longer, even while the index still has it")
    func recalled() async throws {
        try await SearchFixture.run { shop in
            let anna = try await shop.data.user("anna")
            let room = try await shop.data.room(anna)
            let event = try await shop.say("secret discount", by: anna, in: room)
            try await shop.index.follow()
            #expect(try await shop.found("discount", by: anna) == [event])
            try await shop.recall(event, by: anna, in: room)
            #expect(try await shop.found("discount", by: anna) == [])
            try await shop.index.follow()
            #expect(try await shop.found("discount", by: anna) == [])
            #expect(try await shop.index.words() == [])
        }
    }

    @Test("An edited message is found by its new words and shown with them; a recalled edit gives the old ones back")
    func edited() async throws {
        try await SearchFixture.run { shop in
            let anna = try await shop.data.user("anna")
            let room = try await shop.data.room(anna)
            let event = try await shop.say("open on Monday", by: anna, in: room)
            try await shop.index.follow()
            let edit = try await shop.edit(event, to: "open on Tuesday", by: anna, in: room)
            try await shop.index.follow()
            #expect(try await shop.found("monday", by: anna) == [])
            let hit = try #require(try await shop.hits("tuesday", by: anna).first)
            #expect(hit["event"]?["event_id"] == .string(event))
            #expect(hit["event"]?["content"]?["body"] == "open on Tuesday")
            #expect(hit["ranges"] == [[8, 7]])
            try await shop.recall(edit, by: anna, in: room)
            try await shop.index.follow()
            #expect(try await shop.found("monday", by: anna) == [event])
            #expect(try await shop.found("tuesday", by: anna) == [])
        }
    }

    @Test("Rooms and times narrow a search; pages of any size give the same hits")
    func narrowed() async throws {
        try await SearchFixture.run { shop in
            let anna = try await shop.data.user("anna")
            let rooms = [try await shop.data.room(anna), try await shop.data.room(anna)]
            var sent: [String] = []
            for number in 0..<9 {
                sent.append(try await shop.say("order \(number)", by: anna, in: rooms[number % 2]))
            }
            try await shop.index.follow()
            for size in [1, 2, 4, 50] {
                #expect(try await shop.found("order", by: anna, pageSize: size) == sent.reversed())
            }
            let inSecond = try await shop.hits("order", by: anna) { $0.rooms = [rooms[1], "!none:shop.test"] }
            #expect(inSecond.count == 4)
            #expect(inSecond.allSatisfy { $0["room"] == .string(rooms[1]) })
            let now = try #require(inSecond.first?["event"]?["origin_server_ts"]?.intValue)
            #expect(try await shop.hits("order", by: anna) { $0.sent = (now + 1)...(now + 2) }.isEmpty)
            #expect(try await shop.hits("order", by: anna) { $0.sent = 0...now }.count == 9)
        }
    }

    @Test(
        "A place that no reply has given is refused",
        arguments: ["", "h1_", "h1_-1", "h1_0", "7", "h1_9999999999999999999"])
    func places(text: String) {
        #expect(throws: RequestError.self) { try SearchPlace(parsing: text) }
    }
}
