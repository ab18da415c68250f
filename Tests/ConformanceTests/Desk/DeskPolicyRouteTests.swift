import Basics
import Foundation
import TestSupport
import Testing

@Suite("What a shop decides, over HTTP")
struct DeskPolicyRouteTests {
    private static let secret = "a secret of sixteen bytes or more"

    @Test("DESK-06 a service is asked how likely a deal is; one that says nothing holds no visitor up")
    func scorer() async throws {
        let scorer = try HTTPReceiver { request in
            request.json["entry"] == "item.book" ? .init(200, ["intent": 870, "label": "viewing"]) : .silence
        }
        try await DeskServer.run { desk in
            let path = "/api/v1/desk/policies/intent"
            let rules: JSON = [["if": ["entry": "item.page"], "points": 120, "label": "looks"]]
            let policy: JSON = ["rules": rules, "scorer": ["url": .string(scorer.baseURL + "/intent")]]
            let anna = try await desk.agent("anna")
            #expect(try await anna.status("PUT", path, policy) == 403)
            #expect(try await desk.boss.call("PUT", path, policy)["rules"] == rules)
            let visitor = try await desk.visitor()
            let scenes = "/api/v1/desk/scenes"
            var book = try await visitor.call("POST", scenes, ["entry": "item.book"])
            // On a busy machine an answer may come after its time; then rules alone count, and the next one is asked.
            while book["intent"] != 870, !Task.isCancelled {
                #expect(book["intent"] == 0 && book["label"] == .null)
                book = try await visitor.call("POST", scenes, ["entry": "item.book"])
            }
            #expect(book["label"] == "viewing")
            // The service is asked and says nothing: rules alone count.
            let page = try await visitor.call("POST", scenes, ["entry": "item.page"])
            #expect(page["intent"] == 120 && page["label"] == "looks")
            let asked = scorer.requests
            #expect(asked.last?.json["entry"] == "item.page" && asked.last?.json["visits"]?.intValue ?? 0 >= 2)
            let bad: JSON = ["rules": [["if": ["weather": "fine"], "points": 1]]]
            #expect(try await desk.boss.status("PUT", path, bad) == 422)
            #expect(try await desk.boss.call("GET", path)["rules"] == rules)
            // The agent sees what the visitor seems to want.
            let opened = try await visitor.openConversation(scene: book["scene"]?.stringValue, text: "hello")
            let number = try #require(opened["number"]?.intValue)
            #expect(try await anna.conversation(number)["intent_label"] == "viewing")
        }
        scorer.close()
    }

    @Test("DESK-07 a visitor's page asks whether the shop speaks first, and is told when to ask again")
    func greeting() async throws {
        try await DeskServer.run { desk in
            let rule: JSON = ["if": ["entry": "item.page"], "after_s": 1, "text": "Shall we look at it together?"]
            try await desk.boss.call("PUT", "/api/v1/desk/policies/greetings", ["rules": [rule]])
            let visitor = try await desk.visitor()
            let scene = try await visitor.call("POST", "/api/v1/desk/scenes", ["entry": "item.page"])["scene"] ?? .null
            let path = "/api/v1/desk/scenes/greeting"
            var reply = try await visitor.call("POST", path, ["scene": scene])
            // The server counts a second of its own.
            while let rest = reply["again_ms"]?.intValue {
                #expect(reply["greeting"] == .null && (1...1_000).contains(rest))
                reply = try await visitor.call("POST", path, ["scene": scene])
            }
            #expect(reply["greeting"] == "Shall we look at it together?")
            #expect(try await visitor.call("POST", path, ["scene": scene]) == ["greeting": .null])
            let anna = try await desk.agent("anna")
            let opened = try await visitor.openConversation(scene: scene.stringValue, text: "Yes")
            let room = try #require(opened["room_id"]?.stringValue)
            let said = try await anna.messages(in: room)["chunk"]?.arrayValue ?? []
            let texts = said.filter { $0["type"] == "m.room.message" }.compactMap {
                $0["content"]?["body"]?.stringValue
            }
            #expect(texts.reversed() == ["Shall we look at it together?", "Yes"])
        }
    }

    @Test("DESK-29 DESK-30 a flag is raised and ended over HTTP, and an administrator audits what was recalled")
    func reviews() async throws {
        try await DeskServer.run { desk in
            try await desk.boss.call(
                "PUT", "/api/v1/desk/policies/watch", ["words": ["wechat"], "patterns": ["phone"]])
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "Hello")
            let room = try #require(opened["room_id"]?.stringValue)
            let number = try #require(opened["number"]?.intValue)
            let event = try await anna.say("add my WeChat 139 1234 5678", in: room, transaction: "t1")
            let flags = "/api/v1/desk/review-flags"
            #expect(try await anna.status("GET", flags) == 403)
            let found = try await desk.boss.call("GET", flags + "?state=open")["flags"]?.arrayValue ?? []
            #expect(found.count == 1 && found.first?["found"] == ["wechat", "phone"])
            let flag = try #require(found.first?["flag"]?.intValue)
            try await desk.boss.call("PUT", "\(flags)/\(flag)", ["state": "confirmed", "note": "a talk"])
            #expect(try await desk.boss.call("GET", flags + "?state=open")["flags"] == [])
            let mine = try await anna.call("POST", flags, ["conversation": .int(number), "note": "an odd customer"])
            #expect(mine["flag"]?.intValue ?? 0 > flag)
            #expect(try await visitor.status("POST", flags, ["conversation": .int(number), "note": "x"]) == 403)
            try await anna.call(
                "PUT", "/_matrix/client/v3/rooms/\(HTTPClient.escape(room))/redact/\(HTTPClient.escape(event))/t2", [:])
            let audit = "/api/v1/audit/conversations/\(number)"
            #expect(try await anna.status("GET", audit) == 403)
            let page = try await desk.boss.call("GET", audit)
            #expect(page["transcript"]?.text.contains("139 1234 5678") == true)
            #expect(page["accesses"]?.arrayValue?.first?["user_id"] == "@mei:localhost")
            #expect(page["flags"]?.arrayValue?.count == 2)
        }
    }

    @Test("DESK-09 DESK-48 DESK-53 whispers, drafts and words that are left go where they belong")
    func aside() async throws {
        try await DeskServer.run { desk in
            let visitor = try await desk.visitor()
            let number = try #require(try await visitor.openConversation(text: "Hello")["number"]?.intValue)
            // Nobody is there: the customer leaves word.
            try await visitor.command(number, "contact", ["text": "Call me", "contact": "mei@example.org"])
            let anna = try await desk.agent("anna")
            let ben = try await desk.agent("ben")
            #expect(try await anna.status("POST", "/api/v1/desk/conversations/\(number)/whisper", ["text": "x"]) == 403)
            try await desk.boss.command(number, "whisper", ["text": "be kind to her"])
            let notes = try await anna.conversation(number)["notes"]?.arrayValue ?? []
            #expect(notes.map { $0["text"] } == ["To be reached: mei@example.org", "be kind to her"])
            #expect(notes.last?["whisper"] == true)
            let others = try await ben.call("GET", "/api/v1/desk/conversations/\(number)/notes")["notes"]
            #expect(others?.arrayValue?.count == 1)
            let steps = try await anna.call("GET", "/api/v1/desk/conversations/\(number)/transitions")["transitions"]
            #expect(steps?.arrayValue?.last?["reason"] == "whispered")
            #expect(try await anna.status("POST", "/api/v1/desk/conversations/\(number)/drafts", ["text": "x"]) == 403)
            #expect(try await anna.call("GET", "/api/v1/desk/conversations/\(number)/drafts")["drafts"] == [])
            // The customer hears of none of it.
            #expect(try await visitor.status("GET", "/api/v1/desk/conversations/\(number)/notes") == 403)
        }
    }

    @Test(
        "DESK-13 DESK-27 DESK-52 DESK-55 subscribers are told over HTTP, signed; the log and the numbers by tag are read"
    )
    func subscribers() async throws {
        let listener = try HTTPReceiver()
        try await DeskServer.run { desk in
            let hook: JSON = [
                "url": .string(listener.baseURL + "/told"), "secret": .string(Self.secret), "kinds": ["conversation"],
            ]
            let anna = try await desk.agent("anna")
            #expect(try await anna.status("PUT", "/api/v1/desk/hooks/shop", hook) == 403)
            try await desk.boss.call("PUT", "/api/v1/desk/hooks/shop", hook)
            let visitor = try await desk.visitor()
            let number = try #require(try await visitor.openConversation(text: "Hello")["number"]?.intValue)
            try await anna.call("PUT", "/api/v1/desk/conversations/\(number)/tags", ["tags": ["car"]])
            let told = await listener.requests(2).prefix(2)
            #expect(Set(told.compactMap { $0.json["reason"]?.stringValue }) == ["opened", "assigned"])
            for request in told {
                #expect(request.path == "/told" && request.headers["idempotency-key"]?.isEmpty == false)
                #expect(request.headers["x-vitrine-signature"]?.hasPrefix("v1=") == true)
                #expect(request.json["conversation"]?.intValue == number)
            }
            let shown = try await desk.boss.call("GET", "/api/v1/desk/hooks")
            #expect(shown["hooks"]?.arrayValue?.count == 1 && !shown.text.contains(Self.secret))
            let events = try await desk.boss.call("GET", "/api/v1/desk/events?limit=1000")
            let kinds = events["events"]?.arrayValue?.compactMap { $0["kind"]?.stringValue } ?? []
            #expect(kinds.filter { $0 == "step" }.count == 2 && kinds.filter { $0 == "message" }.count == 1)
            #expect(try await anna.status("GET", "/api/v1/desk/events") == 403)
            let rows = try await desk.boss.call("GET", "/api/v1/desk/stats/tags")["rows"]?.arrayValue ?? []
            #expect(rows.first { $0["tag"] == "car" }?["opened"] == 1)
            try await desk.boss.call("DELETE", "/api/v1/desk/hooks/shop")
            #expect(try await desk.boss.status("DELETE", "/api/v1/desk/hooks/shop") == 404)
        }
        listener.close()
    }

    @Test("DESK-33 every stage of a customer's way is a conversation of its own, opened once")
    func topics() async throws {
        try await DeskServer.run { desk in
            let visitor = try await desk.visitor()
            var rooms: Set<String> = []
            for topic in ["consult", "browse", "book", "in-store", "after-sales", "complaint"] {
                let one = try await visitor.openConversation(topic: topic, text: topic)
                let again = try await visitor.openConversation(topic: topic)
                #expect(one["number"] == again["number"] && one["topic"]?.stringValue == topic)
                rooms.insert(one["room_id"]?.stringValue ?? "")
            }
            #expect(rooms.count == 6)
            #expect(
                try await visitor.call("GET", "/api/v1/desk/conversations")["conversations"]?.arrayValue?.count == 6)
        }
    }

    @Test("DESK-43 an agent whose device vanishes loses the conversation to somebody who is there")
    func vanished() async throws {
        try await DeskServer.run(flags: ["--agent-poll-seconds", "2", "--agent-lost-seconds", "1"]) { desk in
            let anna = try await desk.agent("anna", poll: 500)
            let visitor = try await desk.visitor()
            let number = try #require(try await visitor.openConversation(text: "Hello")["number"]?.intValue)
            #expect(try await anna.conversation(number)["owner_id"] == "@anna:localhost")
            let ben = try await desk.agent("ben", poll: 500)
            // Anna's device asks for nothing any more; nobody says so to the server.
            desk.vanish("anna")
            var since: String?
            var owner: JSON?
            while owner != "@ben:localhost", !Task.isCancelled {
                // A machine that is busy for seconds loses Ben, too: he comes back.
                try await ben.call("PUT", "/api/v1/desk/agents/me", ["status": "available"])
                since = try await ben.sync(since: since, timeoutMilliseconds: since == nil ? 0 : 300)["next_batch"]?
                    .stringValue
                owner = try await ben.conversation(number)["owner_id"]
            }
            let steps = try await ben.call("GET", "/api/v1/desk/conversations/\(number)/transitions")["transitions"]
            let reasons = steps?.arrayValue?.compactMap { $0["reason"]?.stringValue } ?? []
            #expect(reasons.prefix(2) == ["opened", "assigned"] && reasons.contains("agentGone"))
            let agents = try await desk.boss.call("GET", "/api/v1/desk/agents")["agents"]?.arrayValue ?? []
            #expect(agents.first { $0["name"] == "anna" }?["status"] == "offline")
            // Who comes back is there again, without the conversation.
            try await ben.call("PUT", "/api/v1/desk/agents/me", ["status": "available"])
            try await anna.call("PUT", "/api/v1/desk/agents/me", ["status": "available"])
            #expect(try await ben.conversation(number)["owner_id"] == "@ben:localhost")
        }
    }
}
