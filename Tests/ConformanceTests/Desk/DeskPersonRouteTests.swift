import Basics
import TestSupport
import Testing

@Suite("Persons over HTTP")
struct DeskPersonRouteTests {
    @Test(
        "DESK-18 DESK-19 DESK-21 DESK-22 DESK-28 DESK-74 a visitor who logs in is one person with one history, until somebody undoes it"
    )
    func login() async throws {
        try await DeskServer.run { desk in
            let anna = try await desk.agent("anna")
            let mei = try await MatrixClient(desk.http).register("customer")
            let earlier = try #require(
                try await mei.openConversation(topic: "repair", text: "the door")["number"]?.intValue)
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "is it there?")
            let number = try #require(opened["number"]?.intValue)
            let room = try #require(opened["room_id"]?.stringValue)
            let before = try await anna.conversation(number)
            let merge = try await mei.call(
                "POST", "/api/v1/desk/persons/merge", ["anonymous_token": .string(visitor.token ?? "")])
            let after = try await anna.conversation(number)
            for key in ["number", "owner", "opened_ts", "status"] { #expect(before[key] == after[key]) }
            // The account goes on in the visitor's room, and the visitor's session is over.
            #expect(try await visitor.status("GET", "/api/v1/desk/me") == 401)
            try await mei.say("and what does it cost?", in: room, transaction: "t1")
            let own = try await mei.call("GET", "/api/v1/desk/conversations")["conversations"]
            #expect(own?.arrayValue?.compactMap { $0["number"]?.intValue }.sorted() == [earlier, number])
            let person = try #require(after["person"]?.intValue)
            let card = try await anna.call("GET", "/api/v1/desk/persons/\(person)")
            #expect(card["users"]?.arrayValue?.count == 2)
            let lines = try await anna.call("GET", "/api/v1/desk/persons/\(person)/timeline")["timeline"]
            let said = lines?.arrayValue?.filter { $0["kind"] == "message" }.compactMap { $0["text"]?.stringValue }
            #expect(said == ["the door", "is it there?", "and what does it cost?"])
            // Only a supervisor parts them again; then each has what it had.
            let undo = "/api/v1/desk/persons/merges/\(try #require(merge["merge"]?.intValue))/undo"
            #expect(try await anna.status("POST", undo, ["reason": "no"]) == 403)
            try await desk.boss.call("POST", undo, ["reason": "another human"])
            let left = try await mei.call("GET", "/api/v1/desk/conversations")["conversations"]
            #expect(left?.arrayValue?.compactMap { $0["number"]?.intValue } == [earlier])
            #expect(try await anna.conversation(number)["person"] == before["person"])
        }
    }

    @Test("DESK-22 a visitor belongs to one account; a wrong token joins nobody")
    func refusals() async throws {
        try await DeskServer.run { desk in
            let (one, two) = (
                try await MatrixClient(desk.http).register("one"), try await MatrixClient(desk.http).register("two")
            )
            let visitor = try await desk.visitor()
            _ = try await visitor.openConversation(text: "hello")
            let path = "/api/v1/desk/persons/merge"
            #expect(try await one.status("POST", path, ["anonymous_token": "nonsense"]) == 401)
            let token = JSON.string(visitor.token ?? "")
            // Another customer's token proves nothing about a visitor.
            #expect(try await one.status("POST", path, ["anonymous_token": .string(two.token ?? "")]) == 403)
            try await one.call("POST", path, ["anonymous_token": token])
            #expect(try await two.status("POST", path, ["anonymous_token": token]) == 401)
        }
    }
}
