import Basics
import TestSupport
import Testing

/// The shop's face before the team's, in any client.
@Suite("One face of the shop")
struct DeskFaceTests {
    @Test(
        "DESK-03 an account made for staff has an id that says nothing; its owner logs in by name, and nothing a customer gets holds that name"
    )
    func opaque() async throws {
        try await DeskServer.run(flags: ["--shop-name", "Lamp & Wheel"]) { desk in
            let visitor = try await desk.visitor()
            let staff = "/api/v1/desk/staff"
            let wish: JSON = [
                "login": "annabelle", "name": "Annabelle Smith", "password": .string(DeskServer.password),
            ]
            #expect(try await visitor.status("POST", staff, wish) == 403)
            let id = try #require(try await desk.boss.call("POST", staff, wish)["user_id"]?.stringValue)
            #expect(id.hasPrefix("@s.") && !id.contains("anna") && id.count == "@s.0123456789:localhost".count)
            #expect(try await desk.boss.status("POST", staff, wish) == 400)
            // Nobody else gets the name, as an id or to log in under.
            let member = "/_synapse/admin/v2/users/" + HTTPClient.escape("@annabelle:localhost")
            #expect(try await desk.boss.status("PUT", member, ["password": "a long password"]) == 400)
            await #expect(throws: (any Error).self) {
                try await MatrixClient(desk.http).login("annabelle", password: "a wrong password")
            }
            let anna = try await MatrixClient(desk.http).login("Annabelle", password: DeskServer.password)
            #expect(try await anna.call("GET", "/_matrix/client/v3/account/whoami")["user_id"]?.stringValue == id)

            try await desk.makeAgent(id)
            try await anna.call("PUT", "/api/v1/desk/agents/me", ["status": "available"])
            let room = try #require(try await visitor.openConversation(text: "Hello")["room_id"]?.stringValue)
            try await anna.say("Good day", in: room, transaction: "t1")
            // All that a Matrix client of the customer's could show: the timeline, the members and their profiles.
            let sync = try await visitor.sync()
            let members = try await visitor.call(
                "GET", "/_matrix/client/v3/rooms/\(HTTPClient.escape(room))/members")
            let mine = members["chunk"]?.arrayValue?.first { $0["state_key"]?.stringValue == id }?["content"]
            #expect(mine?["displayname"] == "Lamp & Wheel")
            for text in [sync.text, members.text] {
                #expect(text.contains(id) && !text.lowercased().contains("annabelle"))
            }
            let profile = "/_matrix/client/v3/profile/" + HTTPClient.escape(id)
            #expect(try await visitor.call("GET", profile) == ["displayname": "Lamp & Wheel"])
            #expect(try await anna.call("GET", profile)["displayname"] == "Annabelle Smith")
            let search = "/_matrix/client/v3/user_directory/search"
            #expect(try await visitor.call("POST", search, ["search_term": "anna"])["results"] == [])
        }
    }
}
