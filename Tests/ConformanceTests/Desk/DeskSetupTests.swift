import Basics
import Foundation
import TestSupport
import Testing

@Suite("Setting the desk up over HTTP")
struct DeskSetupTests {
    @Test(
        "DESK-04 DESK-05 DESK-40 rules are tried before they are stored, entrances are listed, people have roles, and only managers see it"
    )
    func rules() async throws {
        try await DeskServer.run { desk in
            let anna = try await desk.agent("anna")
            try await desk.boss.call("POST", "/api/v1/desk/queues", ["name": "loans", "offset_ms": -60_000])
            let wished: JSON = [["if": ["entry": "item.loan"], "then": ["queue": 2, "priority": 4]]]
            let tried = try await desk.boss.call(
                "POST", "/api/v1/desk/rules/test", ["entry": "item.loan", "rules": wished])
            #expect(tried["rule"] == 0 && tried["queue"] == 2 && tried["priority"] == 4)
            // Nothing was stored by trying.
            let now = try await desk.boss.call("POST", "/api/v1/desk/rules/test", ["entry": "item.loan"])
            #expect(now["rule"] == .null && now["queue"] == 1)
            let visitor = try await desk.visitor()
            for _ in 0..<2 { try await visitor.call("POST", "/api/v1/desk/scenes", ["entry": "item.loan"]) }
            let entrances = try await desk.boss.call("GET", "/api/v1/desk/scenes")["entrances"]?.arrayValue
            #expect(entrances?.first?["entry"] == "item.loan" && entrances?.first?["count"] == 2)

            let id = "/api/v1/desk/agents/" + HTTPClient.escape("@anna:localhost")
            let hours: JSON = ["zone": "Asia/Shanghai", "spans": [[0, 540, 1_080]], "closed": ["2027-10-01"]]
            try await desk.boss.call(
                "PUT", id,
                ["capacity": 2, "queues": [1, 2], "skills": ["trucks"], "role": "appraiser", "hours": hours])
            let agents = try await desk.boss.call("GET", "/api/v1/desk/agents")["agents"]?.arrayValue
            let shown = agents?.first { $0["user_id"] == "@anna:localhost" }
            #expect(shown?["role"] == "appraiser" && shown?["hours"] == hours && shown?["supervisor"] == false)
            #expect(try await desk.boss.status("PUT", id, ["role": "emperor"]) == 400)
            let staff = try await desk.boss.call("GET", "/api/v1/desk/staff")["staff"]?.arrayValue ?? []
            #expect(staff.contains { $0["user_id"] == "@anna:localhost" && $0["is_agent"] == true })
            for path in ["scenes", "staff", "robots", "rules"] {
                #expect(try await anna.status("GET", "/api/v1/desk/" + path) == 403)
                #expect(try await visitor.status("GET", "/api/v1/desk/" + path) == 403)
            }
        }
    }

    @Test(
        "DESK-12 DESK-16 a business is set up, tried out, taken out of use and brought back, and no route shows its secrets"
    )
    func adapters() async throws {
        try await DeskServer.run { desk in
            let business = try HTTPReceiver { request in
                request.headers["x-vitrine-signature"]?.isEmpty == false
                    ? .init(200, ["message": "ok"]) : .init(401)
            }
            let path = "/api/v1/desk/adapters/viewing"
            let config: JSON = [
                "url": .string(business.baseURL + "/book"), "text": "/message", "body": ["slot": "{{data.slot}}"],
                "headers": ["Authorization": "Bearer of-the-business", "X-Shop": "one"],
            ]
            let secret = "a secret of sixteen bytes or more"
            try await desk.boss.call("PUT", path, ["config": config, "secret": .string(secret)])
            let list = try await desk.boss.reply("GET", "/api/v1/desk/adapters")
            #expect(!list.text.contains(secret) && !list.text.contains("of-the-business"))
            let shown = try #require(list.json["adapters"]?.arrayValue?.first?["config"])
            #expect(shown["headers"]?["X-Shop"] == "one")
            // Written back as it was shown, with another address: the hidden header stays as it was.
            var changed = shown.objectValue ?? [:]
            changed["url"] = .string(business.baseURL + "/other")
            try await desk.boss.call("PUT", path, ["config": .object(changed)])
            let findings = try await desk.boss.call("POST", path + "/check", ["verb": "book", "data": ["slot": "s1"]])
            let checks = findings["findings"]?.arrayValue ?? []
            #expect(checks.contains { $0["check"] == "answer" && $0["status"] == "ok" })
            #expect(checks.contains { $0["check"] == "repetition" && $0["status"] == "ok" })
            let asked = try #require(business.requests.first)
            #expect(asked.path == "/other" && asked.headers["authorization"] == "Bearer of-the-business")

            try await desk.boss.call("DELETE", path)
            #expect(try await desk.boss.call("GET", "/api/v1/desk/adapters")["adapters"] == [])
            #expect(try await desk.boss.status("POST", path + "/check", [:]) == 404)
            let all = try await desk.boss.call("GET", "/api/v1/desk/adapters?retired=true")["adapters"]?.arrayValue
            #expect(all?.first?["retired_ts"]?.intValue != nil)
            try await desk.boss.call("POST", path + "/restore")
            #expect(try await desk.boss.status("POST", path + "/check", [:]) == 200)
            #expect(try await desk.boss.status("DELETE", "/api/v1/desk/adapters/nobody") == 404)
            let anna = try await desk.agent("anna")
            #expect(try await anna.status("DELETE", path) == 403)
            #expect(try await anna.status("POST", path + "/check", [:]) == 403)
            business.close()
        }
    }

    @Test("DESK-09 a robot is registered while the server runs, hears of rooms, is shut out and let in again")
    func robots() async throws {
        try await DeskServer.run { desk in
            let robot = try HTTPReceiver()
            let made = try await desk.boss.call(
                "POST", "/api/v1/desk/robots", ["id": "faq", "name": "Faq", "url": .string(robot.baseURL)])
            let token = try #require(made["registration"]?["as_token"]?.stringValue)
            let mark = try #require(made["registration"]?["hs_token"]?.stringValue)
            #expect(made["user_id"] == "@r.faq:localhost")
            let list = try await desk.boss.reply("GET", "/api/v1/desk/robots")
            #expect(!list.text.contains(token) && !list.text.contains(mark))
            #expect(list.json["robots"]?.arrayValue?.first?["name"] == "Faq")
            #expect(
                try await desk.boss.status("POST", "/api/v1/desk/robots", ["id": "faq"]) == 409)
            #expect(try await desk.boss.status("POST", "/api/v1/desk/robots/faq/ping") == 200)

            // It is bound by a rule, hears of the visitor at its address, and answers by its token.
            try await desk.boss.call(
                "PUT", "/api/v1/desk/rules",
                ["rules": [["if": ["topic": "buy"], "then": ["queue": 1, "robot": "@r.faq:localhost"]]]])
            let visitor = try await desk.visitor()
            let room = try #require(try await visitor.openConversation(text: "hello?")["room_id"]?.stringValue)
            let heard = await hears("hello?", robot)
            #expect(heard == "Bearer \(mark)")
            let itself = MatrixClient(desk.http, session: ["access_token": .string(token)])
            try await itself.say("I am a robot", in: room, transaction: "one")

            try await desk.boss.call("DELETE", "/api/v1/desk/robots/faq")
            #expect(try await itself.status("GET", "/_matrix/client/v3/account/whoami") == 401)
            try await desk.boss.call("POST", "/api/v1/desk/robots/faq/restore")
            #expect(try await itself.status("GET", "/_matrix/client/v3/account/whoami") == 200)
            let anna = try await desk.agent("anna")
            #expect(try await anna.status("POST", "/api/v1/desk/robots", ["id": "mine"]) == 403)
            #expect(try await desk.boss.status("POST", "/api/v1/desk/robots", ["id": "No Name"]) == 400)
            robot.close()
        }
    }

    /// Waits for a transaction that holds a text; the token it came with.
    private func hears(_ text: String, _ robot: HTTPReceiver) async -> String? {
        var seen = 0
        while true {
            let all = await robot.requests(seen + 1)
            guard all.count > seen else { return nil }
            for request in all[seen...] where String(decoding: request.body, as: UTF8.self).contains(text) {
                return request.headers["authorization"]
            }
            seen = all.count
        }
    }

    @Test("DESK-49 a macro takes all of its steps or none, and moves stand at its end")
    func macros() async throws {
        try await DeskServer.run { desk in
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "is it there?")
            let number = try #require(opened["number"]?.intValue)
            let room = try #require(opened["room_id"]?.stringValue)
            let steps: JSON = [
                ["do": "reply", "text": "Goodbye, {{customer}}!"], ["do": "tag", "tag": "done"],
                ["do": "note", "text": "by {{agent}}"], ["do": "resolve"],
            ]
            try await desk.boss.call("PUT", "/api/v1/desk/macros/bye", ["steps": steps])
            #expect(try await anna.call("GET", "/api/v1/desk/macros")["macros"] == [["name": "bye", "steps": steps]])
            let wrong: JSON = [["do": "resolve"], ["do": "tag", "tag": "late"]]
            #expect(try await desk.boss.status("PUT", "/api/v1/desk/macros/x", ["steps": wrong]) == 400)
            #expect(try await anna.status("PUT", "/api/v1/desk/macros/x", ["steps": steps]) == 403)
            let path = "/api/v1/desk/conversations/\(number)/macros/bye"
            let done = try await anna.call("POST", path)
            #expect(done["status"] == "resolved")
            let view = try await anna.conversation(number)
            #expect(view["tags"] == ["done"])
            #expect(view["notes"]?.arrayValue?.first?["text"] == "by anna")
            let page = try await visitor.call(
                "GET", "/_matrix/client/v3/rooms/\(HTTPClient.escape(room))/messages?dir=b")
            let said = page["chunk"]?.arrayValue?.compactMap { $0["content"]?["body"]?.stringValue } ?? []
            #expect(said.contains { $0.hasPrefix("Goodbye, ") && !$0.contains("{{") })
            // It has ended: nothing of a second run stays.
            #expect(try await anna.status("POST", path) != 200)
            #expect(try await anna.conversation(number)["notes"]?.arrayValue?.count == 1)
            try await desk.boss.call("DELETE", "/api/v1/desk/macros/bye")
            #expect(try await anna.call("GET", "/api/v1/desk/macros")["macros"] == [])
        }
    }

    @Test("DESK-02 DESK-03 DESK-50 colleagues see who looks and writes; the customer sees the shop, whoever serves")
    func faces() async throws {
        try await DeskServer.run(flags: ["--shop-name", "Lamp & Wheel"]) { desk in
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "hello?")
            let number = try #require(opened["number"]?.intValue)
            let room = try #require(opened["room_id"]?.stringValue)
            let look = "/api/v1/desk/conversations/\(number)/look"
            #expect(try await anna.call("PUT", look, ["typing": true])["looking"] == [])
            let seen = try await desk.boss.call("PUT", look)["looking"]?.arrayValue
            #expect(seen?.first?["user_id"] == "@anna:localhost" && seen?.first?["typing"] == true)
            try await anna.call("DELETE", look)
            #expect(try await desk.boss.call("PUT", look)["looking"] == [])
            #expect(try await visitor.status("PUT", look) == 403)
            // The member event of who serves has the shop's name, and a new name of the own changes nothing.
            let path = "/_matrix/client/v3/rooms/\(HTTPClient.escape(room))/state/m.room.member/"
            let member = path + HTTPClient.escape("@anna:localhost")
            #expect(try await visitor.call("GET", member)["displayname"] == "Lamp & Wheel")
            try await anna.call(
                "PUT", "/_matrix/client/v3/profile/@anna:localhost/displayname", ["displayname": "Anna Karenina"])
            #expect(try await visitor.call("GET", member)["displayname"] == "Lamp & Wheel")
            try await anna.command(number, "transfer", ["queue": 1])
            #expect(try await visitor.call("GET", member)["displayname"] == "Lamp & Wheel")
        }
    }
}
