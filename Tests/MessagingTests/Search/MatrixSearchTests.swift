import Accounts
import Basics
import Messaging
import Testing

@Suite("Search by the client-server API")
struct MatrixSearchTests {
    private func ask(
        _ shop: SearchFixture, _ session: Session, _ criteria: JSONObject, next: String? = nil
    ) async throws -> JSON {
        let body: JSONObject = ["search_categories": ["room_events": .object(criteria)]]
        let bytes = try await shop.index.matrixSearch(session, body, nextBatch: next)
        return try #require(
            try JSON(parsing: bytes, limits: .stored)["search_categories"]?["room_events"])
    }

    @Test("MSG-47 results come with what stands around them, the words to mark and the place to go on")
    func results() async throws {
        try await SearchFixture.run { shop in
            let anna = try await shop.data.user("anna")
            let room = try await shop.data.room(anna)
            let first = try await shop.say("Parcel one", by: anna, in: room)
            let middle = try await shop.say("hello", by: anna, in: room)
            let second = try await shop.say("parcel two", by: anna, in: room)
            try await shop.index.follow()
            let criteria: JSONObject = [
                "search_term": "parcel", "order_by": "recent", "filter": ["limit": 1, "rooms": [.string(room)]],
                "event_context": ["before_limit": 1, "after_limit": 1, "include_profile": true],
            ]
            let page = try await ask(shop, anna, criteria)
            let result = try #require(page["results"]?.arrayValue?.first)
            #expect(page["results"]?.arrayValue?.count == 1)
            #expect(page["highlights"] == ["parcel"])
            #expect(result["result"]?["event_id"] == .string(second))
            #expect(result["context"]?["events_before"]?.arrayValue?.first?["event_id"] == .string(middle))
            #expect(result["context"]?["events_after"] == [])
            #expect(result["context"]?["profile_info"]?[anna.user.text] != nil)
            let next = try #require(page["next_batch"]?.stringValue)
            let rest = try await ask(shop, anna, criteria, next: next)
            #expect(rest["results"]?.arrayValue?.first?["result"]?["event_id"] == .string(first))
        }
    }

    @Test("Keys choose between messages, names and topics; a filter of senders and rooms holds")
    func keysAndFilters() async throws {
        try await SearchFixture.run { shop in
            let anna = try await shop.data.user("anna")
            let room = try await shop.data.room(anna)
            _ = try await shop.data.engine.setState(
                anna, room: room, type: EventType.topic, key: "", content: ["topic": "parcels of today"])
            _ = try await shop.say("parcels", by: anna, in: room)
            try await shop.index.follow()
            func count(_ criteria: JSONObject) async throws -> Int? {
                var criteria = criteria
                criteria["search_term"] = "parcels"
                return try await ask(shop, anna, criteria)["results"]?.arrayValue?.count
            }
            #expect(try await count([:]) == 2)
            #expect(try await count(["keys": ["content.topic"]]) == 1)
            #expect(try await count(["keys": ["content.name"]]) == 0)
            #expect(try await count(["filter": ["not_senders": [.string(anna.user.text)]]]) == 0)
            #expect(try await count(["filter": ["not_rooms": [.string(room)]]]) == 0)
            #expect(try await shop.hits("parcels", by: anna).count == 1, "the product's search shows messages")
            #expect(try await refusal { _ = try await count(["keys": ["content.secret"]]) } == "M_INVALID_PARAM")
            #expect(try await refusal { _ = try await count(["order_by": "size"]) } == "M_INVALID_PARAM")
        }
    }
}
