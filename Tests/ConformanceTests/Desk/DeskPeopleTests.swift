import Basics
import Foundation
import TestSupport
import Testing

@Suite("Customers as the desk knows them, over HTTP")
struct DeskPeopleTests {
    @Test(
        "DESK-51 a profile is written, a customer is blocked with all ids and let in again, and erased on request while the numbers stay"
    )
    func life() async throws {
        try await DeskServer.run { desk in
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "hello?")
            let number = try #require(opened["number"]?.intValue)
            let room = try #require(opened["room_id"]?.stringValue)
            let person = try #require(try await anna.conversation(number)["person"]?.intValue)
            let path = "/api/v1/desk/persons/\(person)"
            let known = try await anna.call("PUT", path + "/profile", ["name": "Wang Li", "phone": "139"])
            #expect(known["profile"] == ["name": "Wang Li", "phone": "139"])
            let less = try await anna.call("PUT", path + "/profile", ["phone": ""])
            #expect(less["profile"] == ["name": "Wang Li"])
            // Past conversations stand on the card.
            #expect(less["conversations"]?.arrayValue?.first?["number"] == .int(number))

            #expect(try await visitor.status("PUT", path + "/block", ["reason": "x"]) == 403)
            try await anna.call("PUT", path + "/block", ["reason": "insults"])
            #expect(try await anna.conversation(number)["status"] == "resolved")
            #expect(try await desk.boss.call("GET", "/api/v1/desk/blocks")["blocks"]?.arrayValue?.count == 1)
            let send = "/_matrix/client/v3/rooms/\(HTTPClient.escape(room))/send/m.room.message/"
            let words: JSON = ["msgtype": "m.text", "body": "let me in"]
            #expect(try await visitor.status("PUT", send + "a", words) == 403)
            #expect(try await visitor.status("POST", "/api/v1/desk/conversations", ["topic": "other"]) == 403)
            #expect(try await anna.status("DELETE", path + "/block") == 403)
            try await desk.boss.call("DELETE", path + "/block")
            #expect(try await visitor.status("PUT", send + "b", words) == 200)

            let file = try await visitor.call("POST", "/_matrix/media/v3/upload?filename=me.json", ["a": "file"])
            let address = try #require(file["content_uri"]?.stringValue)
            try await anna.command(number, "notes", ["text": "prefers blue"])
            let before = try await desk.boss.call("GET", "/api/v1/desk/stats/opened?by=queue")["rows"]
            #expect(try await anna.status("DELETE", path) == 403)
            let erased = try await desk.boss.call("DELETE", path)
            #expect(erased == ["accounts": 1, "files": 1])
            #expect(try await visitor.status("GET", "/_matrix/client/v3/account/whoami") == 401)
            let gone = try await desk.boss.reply(
                "GET", "/_matrix/client/v1/media/download/" + address.replacing("mxc://", with: ""))
            #expect(gone.status == 404)
            let left = try await desk.boss.reply("GET", path)
            #expect(!left.text.contains("Wang Li") && left.json["profile"]?["erased_ts"]?.intValue != nil)
            #expect(try await desk.boss.conversation(number)["notes"] == [])
            #expect(try await desk.boss.conversation(number)["status"] == "resolved")
            let after = try await desk.boss.call("GET", "/api/v1/desk/stats/opened?by=queue")["rows"]
            #expect((before?.arrayValue ?? []).allSatisfy { after?.arrayValue?.contains($0) == true })
        }
    }

    @Test("DESK-51 a supervisor joins a visitor with an account by hand, says why, and a block is no way around")
    func byHand() async throws {
        try await DeskServer.run { desk in
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "it is me")
            let number = try #require(opened["number"]?.intValue)
            let person = try #require(try await desk.boss.conversation(number)["person"]?.intValue)
            try await desk.boss.call("PUT", "/api/v1/desk/persons/\(person)/block", ["reason": "spam"])
            let linda = try await MatrixClient(desk.http).register("linda")
            let body: JSON = [
                "visitor": .string(visitor.userID), "account": "@linda:localhost", "evidence": "showed the order",
            ]
            try await desk.boss.call("POST", "/api/v1/desk/persons/merge", body)
            #expect(try await linda.status("POST", "/api/v1/desk/conversations", ["topic": "buy"]) == 403)
            let ids = try await linda.call("GET", "/api/v1/desk/me")["ids"]?.arrayValue ?? []
            #expect(ids.contains(.string(visitor.userID)))
        }
    }
}
