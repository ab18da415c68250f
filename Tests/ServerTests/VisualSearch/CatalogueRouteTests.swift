import Basics
import HTTPTypes
import TestSupport
import Testing
import VisualSearch

@testable import Server

@Suite("The catalogue over HTTP")
struct CatalogueRouteTests {
    private func skus(_ server: ScanServer, _ kind: Int) async throws -> [String] {
        let answer = try await server.scan([try DrawnGoods.photo(kind)]).json
        return answer?["similar"]?.arrayValue?.compactMap { $0["sku"]?.stringValue } ?? []
    }

    @Test("SCAN-036 an item or a picture that is added, replaced or deleted shows in the next search")
    func changes() async throws {
        try await ScanServer.with { server in
            try await server.put("A", ["title": "A"], pictures: [try DrawnGoods.photo(1)])
            try await server.put("B", ["title": "B"], pictures: [try DrawnGoods.photo(2)])
            #expect(try await skus(server, 2).first == "B")

            let replaced = try await server.put("B", ["title": "B"], pictures: [try DrawnGoods.photo(7)])
            #expect(replaced.json?["changed"] == true)
            #expect(try await skus(server, 7).first == "B")
            let again = try await server.put("B", ["title": "B"], pictures: [try DrawnGoods.photo(7)])
            #expect(again.json?["changed"] == false)

            let path = "/api/v1/catalogue/items/A/pictures/1"
            #expect(try await server.ask(.put, path, as: "mei", try DrawnGoods.photo(6)).status == 200)
            #expect(try await skus(server, 6).first == "A")
            #expect(try await server.ask(.get, path, as: nil)["content-type"] == "image/jpeg")
            #expect(try await server.ask(.delete, path, as: "mei").status == 200)
            #expect(try await server.ask(.get, path, as: nil).status == 404)

            let removed = try await server.ask(.delete, "/api/v1/catalogue/items/B", as: "mei")
            #expect(!(try await skus(server, 7).contains("B")))
            let number = try #require(removed.json?["removal"]?.intValue)
            let undo = "/api/v1/catalogue/removals/\(number)/undo"
            #expect(try await server.ask(.post, undo, as: "mei").status == 200)
            #expect(try await skus(server, 7).first == "B")
            #expect(try await server.ask(.post, undo, as: "mei").status == 409)
        }
    }

    @Test("SCAN-037 one call takes a whole shop out")
    func shop() async throws {
        try await ScanServer.with { server in
            for kind in 1...3 {
                try await server.put("S\(kind)", ["shop": "leaving"], pictures: [try DrawnGoods.photo(kind)])
            }
            try await server.put("S9", ["shop": "staying"], pictures: [try DrawnGoods.photo(9)])
            let reply = try await server.ask(.delete, "/api/v1/catalogue/shops/leaving", as: "mei")
            #expect(reply.json?["items"] == 3)
            #expect(try await skus(server, 1) == ["S9"])
            #expect(try await server.ask(.delete, "/api/v1/catalogue/shops/leaving", as: "mei").status == 404)
        }
    }

    @Test("SCAN-021 items like an item, without itself")
    func similar() async throws {
        try await ScanServer.with { server in
            for kind in 1...4 { try await server.put("S\(kind)", pictures: [try DrawnGoods.photo(kind)]) }
            let reply = try await server.ask(.get, "/api/v1/items/S2/similar?k=2")
            let found = reply.json?["similar"]?.arrayValue?.compactMap { $0["sku"]?.stringValue } ?? []
            #expect(found.count == 2 && !found.contains("S2"))
            #expect(try await server.ask(.get, "/api/v1/items/none/similar").status == 404)
        }
    }

    @Test("SCAN-134 visitors look and change nothing; a batch answers line by line; pages go by a cursor")
    func rights() async throws {
        try await ScanServer.with { server in
            let item: JSON = ["title": "No"]
            #expect(try await server.ask(.put, "/api/v1/catalogue/items/A", json: item).status == 403)
            #expect(try await server.ask(.delete, "/api/v1/catalogue/items/A").status == 403)
            #expect(try await server.ask(.get, "/api/v1/index").status == 403)
            let lines = [
                #"{"sku": "A", "title": "One", "price": 100, "currency": "EUR"}"#, "no json",
                #"{"title": "no sku"}"#, #"{"sku": "B"}"#, #"{"op": "delete", "sku": "B"}"#,
                #"{"sku": "C", "link": "javascript:alert(1)"}"#,
            ]
            let reply = try await server.ask(
                .post, "/api/v1/catalogue/items:batch", as: "mei", type: "application/x-ndjson",
                Array(lines.joined(separator: "\n").utf8))
            let results = try reply.body.split(separator: 10).map { try JSON(parsing: Array($0)) }
            #expect(results.map { $0["status"]?.intValue } == [200, 400, 400, 200, 200, 400])
            #expect(
                results[1]["errcode"] == "M_NOT_JSON" && results.map { $0["line"]?.intValue } == [1, 2, 3, 4, 5, 6])
            let page = try await server.ask(.get, "/api/v1/catalogue/items?limit=1")
            #expect(page.json?["items"]?.arrayValue?.first?["sku"] == "A")
            let overview = try await server.ask(.get, "/api/v1/catalogue", as: nil)
            #expect(overview.json?["items"] == 1 && overview.json?["categories"]?.arrayValue?.count == 11)
            #expect(try await server.ask(.get, "/api/v1/index", as: "mei").json?["items"] == 1)
        }
    }

    @Test("SCAN-127 the recall of each part of the index is told, with its interval")
    func recall() async throws {
        try await ScanServer.with { server in
            try await server.put("A", ["category": "toys"], pictures: [try DrawnGoods.photo(1)])
            try await server.catalogues.catalogue("shop").maintain(now: SystemWallClock().now())
            let reply = try await server.ask(.get, "/api/v1/index/recall", as: "mei")
            let part = try #require(reply.json?["parts"]?.arrayValue?.first)
            #expect(part["category"] == "toys" && part["vectors"] == 1)
            #expect(part["measured"]?.arrayValue != nil)
            try await server.meters.look(at: server.catalogues)
            let metrics = Metrics()
            server.meters.register(in: metrics, gate: server.gate)
            let text = metrics.text()
            #expect(text.contains("vitrine_index_vectors 1\n") && text.contains("vitrine_index_recall 1\n"))
        }
    }

    @Test("SCAN-134 an import is a job with progress; its refused lines come as a table with causes")
    func imports() async throws {
        try await ScanServer.with { server in
            let table =
                "sku,title,category,price,currency,picture\nM1,Mug,other,9.50,EUR,mug.png\nM2,Cup,other,x,EUR,cup.png\n"
            let (type, body) = Form.body(
                fields: [:],
                files: [("table", "goods.csv", Array(table.utf8)), ("picture", "mug.png", try DrawnGoods.photo(8))])
            #expect(try await server.ask(.post, "/api/v1/imports", type: type, body).status == 403)
            let begun = try await server.ask(.post, "/api/v1/imports", as: "mei", type: type, body)
            #expect(begun.status == 202)
            let number = try #require(begun.json?["import"]?.intValue)
            while try await server.jobs.runNext(owner: "test") != nil {}
            let done = try await server.ask(.get, "/api/v1/imports/\(number)", as: "mei").json
            #expect(done?["state"] == "done" && done?["progress"]?.doubleValue == 1)
            #expect(done?["counts"]?["lines"]?["accepted"] == 1 && done?["counts"]?["lines"]?["refused"] == 1)
            let errors = try await server.ask(.get, "/api/v1/imports/\(number)/errors", as: "mei")
            let text = String(decoding: errors.body, as: UTF8.self)
            #expect(errors["content-type"] == "text/csv; charset=utf-8")
            #expect(text.contains("3,M2,") && text.contains("price") && !text.contains("2,M1,"))
            #expect(try await skus(server, 8) == ["M1"])
            let evil = Form.body(
                fields: [:], files: [("table", "g.csv", Array(table.utf8)), ("picture", "../x.png", [1])])
            #expect(try await server.ask(.post, "/api/v1/imports", as: "mei", type: evil.type, evil.body).status == 400)
        }
    }
}
