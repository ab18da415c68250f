import Basics
import TestSupport
import Testing

@Suite("The service desk over HTTP")
struct DeskRouteTests {
    @Test(
        "DESK-01 DESK-04 DESK-05 DESK-17 DESK-72 a visitor opens a conversation from a scene without any form and the agent of its queue has it at once, with the reason"
    )
    func opening() async throws {
        try await DeskServer.run { desk in
            let bargains = try await desk.boss.call("POST", "/api/v1/desk/queues", ["name": "bargains"])
            let queue = try #require(bargains["queue"]?.intValue)
            try await desk.boss.call(
                "PUT", "/api/v1/desk/rules",
                [
                    "rules": [
                        ["if": ["entry": "item.bargain"], "then": ["queue": .int(queue), "greeting": "Name a price"]]
                    ]
                ])
            let anna = try await desk.agent("anna", queues: [1])
            let ben = try await desk.agent("ben", queues: [queue])
            let visitor = try await desk.visitor()
            let item: JSON = ["ref": "car-881", "title": "A car", "price": ["amount": 8_600_000, "currency": "CNY"]]
            let scene = try await visitor.call(
                "POST", "/api/v1/desk/scenes", ["entry": "item.bargain", "item": item])
            let opened = try await visitor.openConversation(
                topic: "bargain", scene: scene["scene"]?.stringValue, text: "80,000?")
            #expect(opened["status"] == "open")
            #expect(opened["greeting"] == "Name a price")
            #expect(opened["item"]?["title"] == "A car")
            // What customers are told holds nothing of the people behind the counter.
            #expect(opened["owner"] == nil && opened["queue"] == nil && opened["person"] == nil)
            let number = try #require(opened["number"]?.intValue)
            let seen = try await ben.conversation(number)
            #expect(seen["owner_id"] == "@ben:localhost")
            #expect(seen["entry"] == "item.bargain")
            #expect(seen["customer"]?["user_id"]?.stringValue == visitor.userID)
            let steps = try await ben.call("GET", "/api/v1/desk/conversations/\(number)/transitions")["transitions"]
            #expect(steps?.arrayValue?.compactMap { $0["reason"]?.stringValue } == ["opened", "assigned"])
            #expect(steps?.arrayValue?.last?["why"]?["eligible"] == 1)
            // A stale scene leads to the first queue, without an error.
            let lost = try await visitor.openConversation(topic: "other", scene: "scn_unknown")
            #expect(
                try await anna.conversation(try #require(lost["number"]?.intValue))["owner_id"] == "@anna:localhost")
        }
    }

    @Test("DESK-02 DESK-40 DESK-53 rights by role: visitors, agents, supervisors and administrators")
    func rights() async throws {
        try await DeskServer.run { desk in
            let second = try await desk.boss.call("POST", "/api/v1/desk/queues", ["name": "second"])
            let anna = try await desk.agent("anna")
            let ben = try await desk.agent("ben", queues: [try #require(second["queue"]?.intValue)])
            let (visitor, other) = (try await desk.visitor(), try await desk.visitor())
            let number = try #require(try await visitor.openConversation(text: "hello")["number"]?.intValue)
            let path = "/api/v1/desk/conversations/\(number)"
            // Another customer, an agent of another queue and a stranger see nothing of it.
            #expect(try await other.status("GET", path) == 404)
            #expect(try await ben.status("GET", path) == 404)
            #expect(try await MatrixClient(desk.http).status("GET", path) == 401)
            for route in ["transitions", "messages", "notes"] {
                #expect(try await visitor.status("GET", path + "/" + route) == 403)
            }
            for command in ["accept", "resolve", "take-over", "force", "snooze", "transfer"] {
                #expect(try await visitor.status("POST", path + "/" + command, .object([:])) == 403)
            }
            #expect(try await anna.status("POST", path + "/take-over", .object([:])) == 403)
            #expect(try await other.status("POST", path + "/rate", ["stars": 5]) == 404)
            for route in ["rules", "dead-letters"] {
                #expect(try await anna.status("GET", "/api/v1/desk/" + route) == 403)
            }
            #expect(try await anna.status("POST", "/api/v1/desk/queues", ["name": "x"]) == 403)
            #expect(try await visitor.status("GET", "/api/v1/desk/queues") == 403)
            #expect(try await visitor.status("GET", "/api/v1/desk/canned") == 403)
            #expect(try await anna.status("PUT", "/api/v1/desk/adapters/a", ["config": ["url": "http://x/"]]) == 403)
            // The supervisor may listen without entering, and that is kept.
            let heard = try await desk.boss.call("GET", path + "/messages")
            #expect(heard["chunk"]?.arrayValue?.contains { $0["content"]?["body"] == "hello" } == true)
            let looks = try await desk.boss.call("GET", path + "/accesses")["accesses"]
            #expect(looks?.arrayValue?.first?["user_id"] == "@mei:localhost")
            try await desk.boss.command(number, "take-over")
            #expect(try await desk.boss.conversation(number)["owner_id"] == "@mei:localhost")
            // Nobody can be made an agent who does not work here.
            let wrong = "/api/v1/desk/agents/" + HTTPClient.escape(visitor.userID)
            #expect(try await desk.boss.status("PUT", wrong, ["queues": [1]]) == 403)
        }
    }

    @Test(
        "DESK-41 DESK-45 DESK-49 offers are declined and accepted, conversations transferred with a note, put aside, ended, brought back and rated"
    )
    func life() async throws {
        try await DeskServer.run(mode: "offer") { desk in
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let number = try #require(try await visitor.openConversation(text: "hello")["number"]?.intValue)
            #expect(try await anna.conversation(number)["status"] == "offered")
            let ben = try await desk.agent("ben")
            try await anna.command(number, "decline")
            #expect(try await ben.conversation(number)["owner_id"] == "@ben:localhost")
            try await ben.command(number, "accept")
            #expect(try await visitor.conversation(number)["status"] == "open")
            // A command that has not seen the newest state is refused.
            let late = try await desk.http.send(
                "POST", "/api/v1/desk/conversations/\(number)/resolve",
                headers: ["Authorization": "Bearer \(ben.token ?? "")", "If-Match": "1"], body: Array("{}".utf8))
            #expect(late.status == 409)
            // Whoever declined does not get it again for a while, so it goes to somebody else.
            let cora = try await desk.agent("cora")
            try await ben.command(number, "transfer", ["agent": "@cora:localhost", "note": "knows the car"])
            let moved = try await cora.conversation(number)
            #expect(moved["owner_id"] == "@cora:localhost" && moved["status"] == "offered")
            #expect(moved["notes"]?.arrayValue?.first?["text"] == "knows the car")
            try await cora.command(number, "accept")
            let tags = "/api/v1/desk/conversations/\(number)/tags"
            try await cora.call("PUT", tags, ["tags": ["car", "hot", "car"]])
            #expect(try await cora.conversation(number)["tags"] == ["car", "hot"])
            let hour = Int64(3_600_000) + (try #require(try await cora.conversation(number)["opened_ts"]?.intValue))
            try await cora.command(number, "snooze", ["until_ts": .int(hour)])
            #expect(try await cora.conversation(number)["status"] == "snoozed")
            try await cora.command(number, "resolve")
            #expect(try await visitor.conversation(number)["status"] == "resolved")
            #expect(try await visitor.command(number, "rate", ["stars": 4])["rating"] == 4)
            #expect(try await visitor.status("POST", "/api/v1/desk/conversations/\(number)/rate", ["stars": 9]) == 400)
            try await visitor.command(number, "reopen")
            #expect(try await visitor.conversation(number)["status"] != "resolved")
        }
    }

    @Test("DESK-42 DESK-43 DESK-78 nobody gets more than the capacity; who waits is told place and range")
    func waiting() async throws {
        try await DeskServer.run { desk in
            let anna = try await desk.agent("anna", capacity: 1)
            let (one, two) = (try await desk.visitor(), try await desk.visitor())
            let first = try #require(try await one.openConversation(text: "a")["number"]?.intValue)
            let waiting = try await two.openConversation(text: "b")
            #expect(waiting["status"] == "waiting")
            #expect(waiting["position"] == 1)
            #expect(waiting["wait_s"]?.arrayValue?.count == 2)
            let second = try #require(waiting["number"]?.intValue)
            try await anna.command(first, "resolve")
            #expect(try await two.conversation(second)["status"] == "open")
            try await anna.call("PUT", "/api/v1/desk/agents/me", ["status": "offline"])
            #expect(try await two.conversation(second)["status"] == "waiting")
            let lists = try await desk.boss.call("GET", "/api/v1/desk/conversations?status=queued")["conversations"]
            #expect(lists?.arrayValue?.compactMap { $0["number"]?.intValue } == [second])
        }
    }

    @Test("DESK-49 canned replies are kept by supervisors and read by agents")
    func canned() async throws {
        try await DeskServer.run { desk in
            let anna = try await desk.agent("anna")
            try await desk.boss.call("PUT", "/api/v1/desk/canned/hello", ["text": "Good day, {{customer}}"])
            let found = try await anna.call("GET", "/api/v1/desk/canned")["canned"]
            #expect(found == [["name": "hello", "text": "Good day, {{customer}}"]])
            #expect(try await anna.status("DELETE", "/api/v1/desk/canned/hello") == 403)
            try await desk.boss.call("DELETE", "/api/v1/desk/canned/hello")
            #expect(try await anna.call("GET", "/api/v1/desk/canned")["canned"] == [])
        }
    }
}
