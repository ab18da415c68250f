import Basics
import HTTPTypes
import TestSupport
import Testing
import VisualSearch

@testable import Server

@Suite("Articles, wishes and the tree of categories over HTTP")
struct BeyondRouteTests {
    private static let article: JSON = [
        "key": "boots", "kind": "encyclopedia", "title": "Boots & <b>", "category": "toys",
        "body": "# no\nOf *leather* <script>alert(1)</script>\n\n![The \"boots\"](boots.png)\n\n- one\n- two",
        "link": "https://museum.test/boots", "source": "Museum",
    ]

    @discardableResult
    private func put(_ server: ScanServer) async throws -> String {
        let (type, body) = Form.body(
            fields: ["article": Self.article.text],
            files: [("picture", "boots.png", try DrawnGoods.photo(1)), ("picture", "other.png", [1])])
        let reply = try await server.ask(.post, "/api/v1/articles", as: "mei", type: type, body)
        #expect(reply.status == 201, "\(reply.json?.text ?? "")")
        return try #require(reply.json?["id"]?.stringValue)
    }

    @Test("SCAN-010 SCAN-107 an article is a readable page whose pictures lead to a scan of them, without an upload")
    func page() async throws {
        try await ScanServer.with { server in
            try await server.put("T1", ["title": "Thing", "category": "toys"], pictures: [try DrawnGoods.photo(1)])
            let id = try await put(server)
            let page = try await server.ask(.get, "/a/\(id)", as: nil)
            let text = String(decoding: page.body, as: UTF8.self)
            #expect(page.status == 200 && page["content-type"] == "text/html; charset=utf-8")
            #expect(page["content-security-policy"]?.contains("script-src 'self'") == true)
            #expect(text.contains("<h1 dir=\"auto\">Boots &amp; &lt;b&gt;</h1>") && !text.contains("<script>alert"))
            #expect(text.contains("/scan?article=\(id)&amp;picture=0") && text.contains("<li dir=\"auto\">two</li>"))
            #expect(text.contains("alt=\"The &quot;boots&quot;\""))
            let picture = try await server.ask(.get, "/api/v1/articles/\(id)/pictures/0?side=240", as: nil)
            #expect(picture.status == 200 && picture["content-type"]?.hasPrefix("image/") == true)
            let scan = try await server.ask(.post, "/api/v1/scans", json: ["article": .string(id), "picture": 0])
            #expect(scan.status == 201 && scan.json?["similar"]?.arrayValue?.first?["sku"] == "T1")
            #expect(try await server.ask(.post, "/api/v1/scans", json: ["article": "99"]).status == 404)
            #expect(try await server.ask(.get, "/a/99", as: nil).status == 404)
            let listed = try await server.ask(.get, "/api/v1/articles", as: nil)
            #expect(listed.json?["articles"]?.arrayValue?.first?["title"] == "Boots & <b>")
            #expect(try await server.ask(.delete, "/api/v1/articles/\(id)", as: "7").status == 403)
            #expect(try await server.ask(.delete, "/api/v1/articles/\(id)", as: "mei").status == 200)
            #expect(try await server.ask(.get, "/api/v1/articles/\(id)", as: nil).status == 404)
        }
    }

    @Test(
        "SCAN-004 SCAN-006 SCAN-007 an answer holds entries about the thing, and its page shows items beside pictures")
    func answers() async throws {
        try await ScanServer.with { server in
            try await server.put("T1", ["title": "Boots", "category": "toys"], pictures: [try DrawnGoods.photo(1)])
            let lines = """
                {"key": "e", "kind": "encyclopedia", "title": "Toys of old", "body": "Things to play with."}
                {"key": "bad"}
                """
            let many = try await server.ask(
                .post, "/api/v1/articles", as: "mei", type: "application/x-ndjson", Array(lines.utf8))
            #expect(many.json?["results"]?.arrayValue?.count == 2)
            #expect(many.json?["results"]?.arrayValue?.last?["error"] != nil)
            let answer = try await server.scan([try DrawnGoods.photo(1, shift: 1)]).json
            let entry = try #require(answer?["encyclopedia"]?.arrayValue?.first)
            #expect(entry["title"] == "Toys of old" && entry["reason"] == "type toys")
            #expect(entry["page"]?.stringValue?.hasPrefix("/a/") == true && entry["score"]?.doubleValue == 1)
            let id = try await put(server)
            _ = try await server.jobs.requestLinks(of: "shop")
            while try await server.jobs.runNext(owner: "test") != nil {}
            let page = try await server.ask(.get, "/a/\(id)", as: nil)
            #expect(String(decoding: page.body, as: UTF8.self).contains("article-items"))
            let (type, body) = Form.body(fields: [:], files: [("picture", "p.png", try DrawnGoods.photo(1))])
            let seen = try await server.ask(.post, "/api/v1/pictures/understand", as: "mei", type: type, body)
            #expect(seen.json?["pictures"]?.arrayValue?.first?["items"]?.arrayValue?.first?["sku"] == "T1")
            #expect(try await server.ask(.post, "/api/v1/pictures/understand", as: "7", type: type, body).status == 403)
        }
    }

    @Test("SCAN-025 a scan waits by one request, its page tells when the item is here, and others cannot see it")
    func watch() async throws {
        try await ScanServer.with { server in
            try await server.put("T1", pictures: [try DrawnGoods.photo(1)])
            let id = try #require(try await server.scan([try DrawnGoods.photo(6)]).json?["id"]?.stringValue)
            let path = "/api/v1/scans/\(id)/watch"
            #expect(try await server.ask(.get, path).status == 404)
            #expect(try await server.ask(.post, path, as: "8", json: .object([:])).status == 403)
            #expect(try await server.ask(.post, path, json: ["days": 1_000]).status == 400)
            let begun = try await server.ask(.post, path, json: ["room": "!r:shop.test"])
            #expect(begun.status == 201 && begun.json?["state"] == "waiting")
            try await server.put("T6", pictures: [try DrawnGoods.photo(6)])
            try await server.catalogues.catalogue("shop").answerWatches()
            let told = try await server.ask(.get, path)
            #expect(told.json?["state"] == "answered" && told.json?["item"]?["sku"] == "T6")
            #expect(try await server.ask(.get, "/api/v1/scans/\(id)").json?["watch"] == "answered")
            let answered = try await server.ask(.get, "/api/v1/watches/answered", as: "mei")
            #expect(answered.json?["watches"]?.arrayValue?.first?["room"] == "!r:shop.test")
            #expect(try await server.ask(.post, path + "/told", as: "mei").status == 200)
            #expect(try await server.ask(.get, "/api/v1/watches/answered", as: "mei").json?["watches"] == [])
            #expect(try await server.ask(.delete, path).status == 200)
        }
    }

    @Test("SCAN-032 SCAN-033 gaps with samples, things asked for by name, replays and a feed, for people of the shop")
    func wishes() async throws {
        try await ScanServer.with { server in
            try await server.put("T1", pictures: [try DrawnGoods.photo(1)])
            for visitor in 7...9 {
                let scan = try await server.scan([try DrawnGoods.photo(6)], as: "\(visitor)")
                let id = try #require(scan.json?["id"]?.stringValue)
                _ = try await server.ask(
                    .post, "/api/v1/scans/\(id)/feedback", as: "\(visitor)", json: ["verdict": "wrong_item"])
            }
            #expect(try await server.ask(.get, "/api/v1/catalogue/items/NONE").status == 404)
            #expect(try await server.ask(.post, "/api/v1/gaps", as: "7").status == 403)
            for route in ["/api/v1/gaps", "/api/v1/replays"] {
                #expect(try await server.ask(.post, route, as: "mei").status == 202)
            }
            while try await server.jobs.runNext(owner: "test") != nil {}
            let gaps = try await server.ask(.get, "/api/v1/gaps", as: "mei").json
            let gap = try #require(gaps?["gaps"]?.arrayValue?.first)
            #expect(gap["visitors"] == 3 && gap["samples"]?.arrayValue?.count == 3)
            #expect(gaps?["wanted"]?.arrayValue?.first?["key"] == "NONE")
            let picture = try #require(gap["samples"]?.arrayValue?.first?["picture"]?.stringValue)
            #expect(try await server.ask(.get, picture, as: "mei").status == 200)
            let feed = try await server.ask(.get, "/api/v1/gaps/feed.json", as: "mei").json
            #expect(feed?["items"]?.arrayValue?.first?["title"]?.stringValue?.contains("3 people") == true)
            #expect(try await server.ask(.get, "/api/v1/replays", as: "mei").json?["replays"]?.arrayValue?.count == 3)
        }
    }

    @Test("SCAN-003 the tree of categories is changed over the interface, and items follow")
    func categories() async throws {
        try await ScanServer.with { server in
            try await server.put("T1", ["category": "toys"], pictures: [try DrawnGoods.photo(1)])
            let path = "/api/v1/catalogue/categories"
            func names(_ reply: MediaServer.Reply) -> [String] {
                reply.json?["categories"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
            }
            #expect(names(try await server.ask(.get, path, as: nil)).count == 11)
            #expect(try await server.ask(.post, path, as: "7", json: ["name": "games"]).status == 403)
            let added = try await server.ask(.post, path, as: "mei", json: ["name": "board games", "top": "toys"])
            #expect(added.status == 201 && names(added).contains("board games"))
            #expect(try await server.ask(.delete, path + "/toys", as: "mei").status == 409)
            let moved = try await server.ask(
                .patch, path + "/board%20games", as: "mei", json: ["name": "games", "top": .null])
            #expect(
                moved.json?["categories"]?.arrayValue?.contains { $0["name"] == "games" && $0["top"] == nil } == true)
            #expect(try await server.ask(.patch, path + "/games", as: "mei", json: ["name": "toys"]).status == 409)
            let gone = try await server.ask(.delete, path + "/toys", as: "mei")
            #expect(gone.status == 200 && !names(gone).contains("toys"))
            #expect(try await server.ask(.get, "/api/v1/catalogue/items/T1").json?["category"] == "other")
            let answer = try await server.scan([try DrawnGoods.photo(1)]).json
            #expect(answer?["category"]?["final"]?.arrayValue?.first?["category"] == "other")
            #expect(try await server.ask(.delete, path + "/other", as: "mei").status == 403)
            #expect(try await server.ask(.delete, path + "/none", as: "mei").status == 404)
            #expect(try await server.ask(.post, "/api/v1/index/compact", as: "mei").status == 200)
        }
    }

    @Test("SCAN-030 an import tells its progress as events until it ends, and a dry run stores nothing")
    func imports() async throws {
        try await ScanServer.with { server in
            let table = Array("sku,title\na,One\n,None\n".utf8)
            let dry = try await server.ask(.post, "/api/v1/imports?dry_run=true", as: "mei", type: "text/csv", table)
            #expect(dry.status == 200 && dry.json?["counts"]?["lines"]?["accepted"] == 1)
            #expect(dry.json?["refused"]?.arrayValue?.first?["line"] == 3)
            #expect(try await server.ask(.get, "/api/v1/catalogue/items").json?["items"] == [])
            let feed = "<rss><channel><item><g:id>b</g:id><title>Two</title></item><item/></channel></rss>"
            for (type, body) in [("text/csv", table), ("application/xml", Array(feed.utf8))] {
                let begun = try await server.ask(.post, "/api/v1/imports", as: "mei", type: type, body)
                let id = try #require(begun.json?["import"]?.intValue)
                while try await server.jobs.runNext(owner: "test") != nil {}
                let events = try await server.ask(.get, "/api/v1/imports/\(id)/events", as: "mei")
                let text = String(decoding: events.body, as: UTF8.self)
                #expect(events["content-type"] == "text/event-stream" && text.hasPrefix("event: end\ndata: {"))
                let report = try await server.ask(.get, "/api/v1/imports/\(id)/report", as: "mei").json
                #expect(report?["counts"]?["lines"]?["refused"] == 1)
                #expect(report?["refused"]?.arrayValue?.first?["cause"]?.stringValue?.contains("sku") == true)
            }
            let zip = try await server.ask(
                .post, "/api/v1/imports?dry_run=true", as: "mei", type: "application/zip", [1])
            #expect(zip.status == 400 && zip.json?["error"]?.stringValue?.contains("no zip archive") == true)
        }
    }
}
