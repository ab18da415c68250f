import Basics
import TestSupport
import Testing

/// Two brands on one server, seen through HTTP.
@Suite("Two shops on one server")
struct TwoShopsTests {
    /// Opens the second shop with a queue; its number, the queue's, and its supervisor, who is nothing in the first.
    private func second(_ desk: DeskServer) async throws -> (shop: Int64, queue: Int64, boss: MatrixClient) {
        let made = try await desk.boss.call("POST", "/api/v1/desk/shops", ["name": "Thread & Needle"])
        let shop = try #require(made["shop"]?.intValue)
        #expect(made["open"] == false)
        let queue = try await desk.boss.call("POST", "/api/v1/desk/queues?shop=\(shop)", ["name": "sales"])
        try await desk.process.addStaff(name: "tess", password: DeskServer.password, displayName: "Tess")
        try await desk.boss.call(
            "PUT", "/api/v1/desk/agents/" + HTTPClient.escape("@tess:localhost") + "?shop=\(shop)",
            ["supervisor": true, "capacity": 0, "queues": []])
        let boss = try await MatrixClient(desk.http).login("tess", password: DeskServer.password)
        return (shop, try #require(queue["queue"]?.intValue), boss)
    }

    @Test(
        "DESK-32 two shops on one server: customers, queues, staff and numbers of one are unknown to the other"
    )
    func apart() async throws {
        try await DeskServer.run(flags: ["--shop-name", "Lamp & Wheel"]) { desk in
            let (shop, queue, tess) = try await second(desk)
            let names = try await [1, shop].map { "/api/v1/shop?shop=\($0)" }.asyncNames(desk.http)
            #expect(names == ["Lamp & Wheel", "Thread & Needle"])
            let anna = try await desk.agent("anna")
            let mine = try await desk.visitor().openConversation(text: "a lamp")
            let visitor = try await MatrixClient(desk.http).visit(shop: shop)
            let other = try await visitor.openConversation(text: "a needle")
            let (first, theirs) = (try #require(mine["number"]?.intValue), try #require(other["number"]?.intValue))
            #expect(try await visitor.call("GET", "/api/v1/desk/me")["shop"]?["name"] == "Thread & Needle")
            // Each side has its own conversation; the other one is not there, whatever is asked of it.
            func numbers(_ client: MatrixClient) async throws -> [Int64] {
                try await client.call("GET", "/api/v1/desk/conversations")["conversations"]?.arrayValue?
                    .compactMap { $0["number"]?.intValue } ?? []
            }
            #expect(try await numbers(tess) == [theirs])
            #expect(try await numbers(anna) == [first])
            #expect(try await numbers(desk.boss) == [first])
            for (client, number) in [(tess, first), (desk.boss, theirs), (anna, theirs)] {
                for path in ["", "/transitions", "/messages", "/notes", "/accesses"] {
                    let whole = "/api/v1/desk/conversations/\(number)\(path)"
                    #expect(try await client.status("GET", whole) == 404, "\(whole)")
                }
                for what in ["take-over", "force", "whisper", "transfer", "resolve", "notes", "cards"] {
                    let whole = "/api/v1/desk/conversations/\(number)/\(what)"
                    let body: JSON = ["text": "x", "agent": "@tess:localhost"]
                    #expect(try await client.status("POST", whole, body) == 404, "\(whole)")
                }
            }
            let person = try #require(try await desk.boss.conversation(first)["person"]?.intValue)
            for path in ["", "/timeline"] {
                #expect(try await tess.status("GET", "/api/v1/desk/persons/\(person)\(path)") == 404)
            }
            #expect(try await tess.status("DELETE", "/api/v1/desk/persons/\(person)") == 404)
            try await rights(desk, tess, shop, queue)
        }
    }

    /// All that is set up or counted for a shop: the other's supervisor is told that there is no such shop.
    private func rights(_ desk: DeskServer, _ tess: MatrixClient, _ shop: Int64, _ queue: Int64) async throws {
        for what in [
            "queues", "rules", "agents", "scenes", "staff", "macros", "canned", "hooks", "blocks", "robots", "adapters",
            "review-flags", "dead-letters", "events", "policies/watch", "policies/rights", "stats/live", "stats/opened",
            "stats/breaches", "stats/loads", "stats/tags", "stats/arrivals", "alerts",
        ] {
            let path = "/api/v1/desk/\(what)"
            #expect(try await tess.status("GET", path + "?shop=1") == 404, "\(path)")
            #expect(try await tess.status("GET", path + "?shop=9") == 404, "\(path)")
            #expect(try await tess.status("GET", path) == 200, "\(path)")
            #expect(try await tess.status("GET", path + "?shop=\(shop)") == 200, "\(path)")
            #expect(try await desk.boss.status("GET", path + "?shop=\(shop)") == 200, "\(path)")
        }
        #expect(try await tess.status("PUT", "/api/v1/desk/canned/x?shop=1", ["text": "x"]) == 404)
        #expect(try await tess.status("PUT", "/api/v1/desk/queues/1", ["name": "mine"]) == 404)
        #expect(try await tess.status("POST", "/api/v1/desk/shops", ["name": "mine"]) == 403)
        #expect(try await tess.status("PUT", "/api/v1/desk/shops/2", ["name": "mine"]) == 403)
        let shops = try await tess.call("GET", "/api/v1/desk/shops")["shops"]?.arrayValue ?? []
        #expect(shops.map { $0["shop"]?.intValue } == [shop] && shops[0]["supervisor"] == true)
        let all = try await desk.boss.call("GET", "/api/v1/desk/shops")["shops"]?.arrayValue ?? []
        #expect(all.map { $0["member"] } == [true, false])
        let queues = try await tess.call("GET", "/api/v1/desk/queues")["queues"]?.arrayValue ?? []
        #expect(queues.map { $0["queue"]?.intValue } == [queue])
        // People of the first shop are unknown in the second, and entered there by an administrator alone.
        let staff = try await tess.call("GET", "/api/v1/desk/staff")["staff"]?.arrayValue ?? []
        #expect(staff.compactMap { $0["user_id"]?.stringValue } == ["@tess:localhost"])
        let anna = "/api/v1/desk/agents/" + HTTPClient.escape("@anna:localhost")
        #expect(try await tess.status("PUT", anna, ["capacity": 9, "queues": [.int(queue)]]) == 403)
        #expect(try await tess.call("GET", "/api/v1/desk/stats/days")["days"] == [])
        #expect(try await tess.status("POST", "/api/v1/desk/stats/days/2026-01-01/check") == 403)
        // Neither customers nor people of the first shop are found by those of the second.
        let search = "/_matrix/client/v3/user_directory/search"
        for (client, count) in [(tess, 0), (desk.boss, 1)] {
            let found = try await client.call("POST", search, ["search_term": "anna"])["results"]?.arrayValue
            #expect(found?.count == count)
        }
        let profile = "/_matrix/client/v3/profile/" + HTTPClient.escape("@anna:localhost")
        #expect(try await desk.boss.call("GET", profile)["displayname"] == "anna")
        for name in ["Lamp & Wheel", "Thread & Needle", ""] {
            #expect(try await desk.boss.status("POST", "/api/v1/desk/shops", ["name": .string(name)]) >= 400)
        }
    }

    @Test("DESK-32 one agent serves two shops: each customer sees the own shop, and loads are one person's")
    func shared() async throws {
        try await DeskServer.run(flags: ["--shop-name", "Lamp & Wheel"]) { desk in
            let (shop, queue, tess) = try await second(desk)
            let anna = try await desk.agent("anna")
            try await desk.boss.call(
                "PUT", "/api/v1/desk/agents/" + HTTPClient.escape("@anna:localhost") + "?shop=\(shop)",
                ["capacity": 3, "queues": [.int(queue)], "role": "sales"])
            let one = try await desk.visitor()
            let two = try await MatrixClient(desk.http).visit(shop: shop)
            let first = try await one.openConversation(text: "a lamp")
            let second = try await two.openConversation(text: "a needle")
            let me = try await anna.call("GET", "/api/v1/desk/me")
            #expect(me["agent"]?["load"] == 2)
            #expect(me["shops"]?.arrayValue?.map { $0["name"] } == ["Lamp & Wheel", "Thread & Needle"])
            #expect(me["shops"]?.arrayValue?.map { $0["part"] } == [.null, "sales"])
            let listed = try await anna.call("GET", "/api/v1/desk/conversations?unresolved=true")
            #expect(listed["conversations"]?.arrayValue?.compactMap { $0["shop"]?.intValue } == [shop, 1])
            for (client, opened, name) in [(one, first, "Lamp & Wheel"), (two, second, "Thread & Needle")] {
                let room = try #require(opened["room_id"]?.stringValue)
                let path = "/_matrix/client/v3/rooms/\(HTTPClient.escape(room))/state/"
                #expect(try await client.call("GET", path + "m.room.name")["name"] == .string(name))
                let member = path + "m.room.member/" + HTTPClient.escape("@anna:localhost")
                #expect(try await client.call("GET", member)["displayname"] == .string(name))
            }
            // Whoever writes to the first shop without its desk reaches its people, and not those of the second.
            let room = try #require(try await one.call("POST", "/api/v1/contact")["room_id"]?.stringValue)
            let path = "/_matrix/client/v3/rooms/\(HTTPClient.escape(room))/joined_members"
            let inside = try await one.call("GET", path)["joined"]?.objectValue.map { Set($0.map(\.key)) } ?? []
            #expect(inside.contains("@anna:localhost") && !inside.contains("@tess:localhost"))
            #expect(try await two.status("POST", "/api/v1/contact") == 409)
            // The second shop's supervisor sees what anna does there, and nothing of the rest.
            let board = try await tess.call("GET", "/api/v1/desk/agents")["agents"]?.arrayValue ?? []
            #expect(board.compactMap { $0["user_id"]?.stringValue }.sorted() == ["@anna:localhost", "@tess:localhost"])
            #expect(board.first { $0["user_id"] == "@anna:localhost" }?["queues"] == [.int(queue)])
            // She leaves the second shop when nobody there waits for her.
            let agent = "/api/v1/desk/agents/" + HTTPClient.escape("@anna:localhost")
            #expect(try await tess.status("DELETE", agent) == 409)
            let number = try #require(second["number"]?.intValue)
            try await anna.command(number, "resolve")
            #expect(try await tess.status("DELETE", agent) == 200)
            #expect(try await anna.status("GET", "/api/v1/desk/queues?shop=\(shop)") == 404)
            #expect(try await anna.status("GET", "/api/v1/desk/conversations/\(number)") == 404)
        }
    }
}

extension [String] {
    fileprivate func asyncNames(_ http: HTTPClient) async throws -> [String] {
        var names: [String] = []
        for path in self { names.append(try await MatrixClient(http).call("GET", path)["name"]?.stringValue ?? "") }
        return names
    }
}
