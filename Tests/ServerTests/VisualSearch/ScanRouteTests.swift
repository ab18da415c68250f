import Basics
import HTTPTypes
import TestSupport
import Testing
import VisualSearch

@testable import Server

@Suite("Scans over HTTP")
struct ScanRouteTests {
    private func stocked(_ body: (ScanServer) async throws -> Void) async throws {
        try await ScanServer.with { server in
            for kind in 1...4 {
                let item: JSON = [
                    "title": .string("Thing \(kind)"), "category": .string(kind % 2 == 0 ? "bags" : "toys"),
                    "price": .int(Int64(kind) * 1_000), "currency": "EUR", "shop": "corner", "stock": 3,
                ]
                let reply = try await server.put("T\(kind)", item, pictures: [try DrawnGoods.photo(kind)])
                #expect(reply.status == 200 && reply.json?["searchable"] == true, "\(reply.json?.text ?? "")")
            }
            try await body(server)
        }
    }

    private func first(_ reply: MediaServer.Reply) -> String? {
        (reply.json?["groups"]?.arrayValue?.first ?? reply.json?["similar"]?.arrayValue?.first)?["sku"]?.stringValue
    }

    @Test("SCAN-001 SCAN-023 a picture in, box, category, items, verdict, generation and times of the stages out")
    func scan() async throws {
        try await stocked { server in
            let reply = try await server.scan([try DrawnGoods.photo(2, shift: 2)])
            #expect(reply.status == 201)
            let answer = try #require(reply.json)
            #expect(first(reply) == "T2")
            #expect(answer["chosen"]?.arrayValue?.count == 4)
            #expect(answer["verdict"] == "uncalibrated" && answer["reason"] == "not_calibrated")
            #expect(answer["generation"]?.stringValue?.hasSuffix("floor/1") == true)
            #expect(answer["category"]?["final"]?.arrayValue?.isEmpty == false)
            for stage in ["decode", "embed", "vote", "search", "describe"] {
                #expect(answer["timings"]?[stage]?.doubleValue != nil, "\(stage)")
            }
            let id = try #require(answer["id"]?.stringValue)
            let kept = try await server.ask(.get, "/api/v1/scans/\(id)", as: "8")
            #expect(kept.json?["id"]?.stringValue == id && kept.json?["catalogue"] == "shop")
            let photo = try await server.ask(.get, "/api/v1/scans/\(id)/picture")
            #expect(photo["content-type"] == "image/png")
            #expect(server.meters.scans.total == 1)
        }
    }

    @Test("SCAN-004 an answer holds goods, encyclopaedia and articles apart; each may be empty")
    func kinds() async throws {
        try await stocked { server in
            let answer = try await server.scan([try DrawnGoods.photo(1)]).json
            #expect(answer?["encyclopedia"] == [] && answer?["articles"] == [])
            #expect(answer?["similar"]?.arrayValue?.isEmpty == false)
        }
    }

    @Test("SCAN-002 a burst of frames is one scan; more than five are refused")
    func burst() async throws {
        try await stocked { server in
            let frames = try (0..<5).map { try DrawnGoods.photo(3, shift: $0) }
            #expect(first(try await server.scan(frames)) == "T3")
            #expect(try await server.scan(frames + [frames[0]]).status == 400)
        }
    }

    @Test("SCAN-005 offers of one SKU stand together by price with seller, stock and link")
    func sellers() async throws {
        try await ScanServer.with { server in
            for (shop, price) in [("dear", 900), ("cheap", 300), ("middle", 600)] {
                let item: JSON = [
                    "title": "Lamp", "shop": .string(shop), "price": .int(Int64(price)), "currency": "EUR", "stock": 2,
                    "link": .string("https://\(shop).example/lamp"),
                ]
                try await server.put("LAMP", item, pictures: [try DrawnGoods.photo(5, shift: price / 300)])
            }
            let answer = try await server.scan([try DrawnGoods.photo(5)]).json
            let offers = try #require(answer?["similar"]?.arrayValue?.first?["offers"]?.arrayValue)
            #expect(offers.map { $0["seller"]?.stringValue } == ["cheap", "middle", "dear"])
            #expect(offers.first?["orderURL"] == "https://cheap.example/lamp" && offers.first?["stock"] == 2)
        }
    }

    @Test("SCAN-020 another box or category is answered without a new upload, also when the picture was let go")
    func change() async throws {
        try await stocked { server in
            let id = try #require(try await server.scan([try DrawnGoods.photo(2)]).json?["id"]?.stringValue)
            let moved = try await server.ask(.patch, "/api/v1/scans/\(id)", json: ["box": [0.25, 0, 0.5, 1]])
            #expect(moved.status == 200 && moved.json?["source"] == "own")
            #expect(moved.json?["chosen"]?.arrayValue?.first?.doubleValue == 0.25)
            let named = try await server.ask(.patch, "/api/v1/scans/\(id)", json: ["category": "bags"])
            #expect(named.json?["category"]?["final"]?.arrayValue?.first?["category"] == "bags")
            let kept = try await server.ask(.get, "/api/v1/scans/\(id)")
            #expect(kept.json?["source"] == "own")
            #expect(try await server.ask(.patch, "/api/v1/scans/\(id)", as: "8", json: ["box": "full"]).status == 403)
            #expect(try await server.ask(.patch, "/api/v1/scans/\(id)", json: ["box": "2,2,1,1"]).status == 400)
            #expect(try await server.ask(.patch, "/api/v1/scans/\(id)", json: .object([:])).status == 400)
            let own = try await server.scan([try DrawnGoods.photo(2)], fields: ["box": "0.2,0.1,0.6,0.8"])
            #expect(own.json?["source"] == "own")
        }
    }

    @Test("SCAN-022 a filter of shop, price or stock is kept to; what excludes everything is said so")
    func filters() async throws {
        try await stocked { server in
            let cheap = try await server.scan(
                [try DrawnGoods.photo(4)], fields: ["filter": #"{"price": [0, 2000]}"#])
            let skus = cheap.json?["similar"]?.arrayValue?.compactMap { $0["sku"]?.stringValue } ?? []
            #expect(Set(skus) == ["T1", "T2"])
            let none = try await server.scan([try DrawnGoods.photo(4)], fields: ["filter": #"{"price": [1, 2]}"#])
            #expect(none.json?["verdict"] == "nothing" && none.json?["reason"] == "filter_excluded_all")
            let wrong = try await server.scan([try DrawnGoods.photo(4)], fields: ["filter": #"{"price": [2, 1]}"#])
            #expect(wrong.status == 400)
        }
    }

    @Test("SCAN-019 SCAN-134 empty answers say why; what is no picture is refused with the kind in the sentence")
    func reasons() async throws {
        try await ScanServer.with { server in
            let photo = try DrawnGoods.photo(1)
            let none = try await server.scan([photo])
            #expect(none.status == 404 && none.json?["errcode"] == "no_catalogue")
            _ = try await server.catalogues.create("shop")
            let empty = try await server.scan([photo])
            #expect(empty.json?["verdict"] == "nothing" && empty.json?["reason"] == "index_empty")
            let text = try await server.scan([Array("hello".utf8)])
            #expect(text.status == 415)
            let cut = try await server.scan([Array(photo.prefix(60))])
            #expect(cut.status == 422 && cut.json?["error"]?.stringValue?.isEmpty == false)
            #expect(try await server.scan([]).status == 400)
            #expect(try await server.ask(.post, "/api/v1/scans", type: "text/plain", [1]).status == 415)
            #expect(try await server.ask(.get, "/api/v1/scans/nothing").status == 404)
            #expect(server.meters.refused.total == 5)
        }
    }

    @Test("SCAN-008 feedback is stored with the scan and becomes a task for people of the shop")
    func feedback() async throws {
        try await stocked { server in
            let id = try #require(try await server.scan([try DrawnGoods.photo(2)]).json?["id"]?.stringValue)
            let path = "/api/v1/scans/\(id)/feedback"
            #expect(try await server.ask(.post, path, json: ["verdict": "maybe"]).status == 400)
            #expect(try await server.ask(.post, path, as: "8", json: ["verdict": "right"]).status == 403)
            let said = try await server.ask(.post, path, json: ["verdict": "wrong_item", "sku": "T3"])
            #expect(said.status == 200)
            #expect(try await server.ask(.get, "/api/v1/feedback").status == 403)
            let tasks = try await server.ask(.get, "/api/v1/feedback", as: "mei").json?["scans"]?.arrayValue
            #expect(tasks?.map { $0["id"]?.stringValue } == [id])
            #expect(tasks?.first?["feedback"]?["sku"] == "T3")
            _ = try await server.ask(.post, path, json: ["verdict": "right"])
            #expect(try await server.ask(.get, "/api/v1/feedback", as: "mei").json?["scans"] == [])
        }
    }

    @Test("SCAN-010 a picture of a conversation is scanned by its address, without a new upload")
    func byMedia() async throws {
        try await stocked { server in
            let upload = try await server.ask(
                .post, "/_matrix/media/v3/upload", type: "image/png", try DrawnGoods.photo(4, shift: 1))
            let address = try #require(upload.json?["content_uri"])
            let reply = try await server.ask(.post, "/api/v1/scans", as: "mei", json: ["media": address])
            #expect(reply.status == 201 && first(reply) == "T4")
            let gone = try await server.ask(.post, "/api/v1/scans", json: ["media": "mxc://shop.test/none"])
            #expect(gone.status == 404)
        }
    }

    @Test("SCAN-001 a scan that is deleted is gone with its photo")
    func deletion() async throws {
        try await stocked { server in
            let id = try #require(try await server.scan([try DrawnGoods.photo(1)]).json?["id"]?.stringValue)
            #expect(try await server.ask(.delete, "/api/v1/scans/\(id)", as: "8").status == 403)
            #expect(try await server.ask(.delete, "/api/v1/scans/\(id)").status == 200)
            #expect(try await server.ask(.get, "/api/v1/scans/\(id)").status == 404)
            #expect(try await server.ask(.get, "/api/v1/scans/\(id)/picture").status == 404)
        }
    }

    @Test("SCAN-001 after thirty scans a minute a visitor has to wait, and is told for how long")
    func limits() async throws {
        let limiter = RateLimiter { 0 }
        try await ScanServer.with(limiter: limiter) { server in
            for _ in 0..<30 { #expect(try await server.scan([]).status == 404) }
            let late = try await server.scan([])
            #expect(late.status == 429 && late.json?["retry_after_ms"] == 2_000 && late["retry-after"] == "2")
            #expect(try await server.scan([], as: "8").status == 404)
        }
    }

    @Test("SCAN-001 more scans at once than there is room for are told to come back")
    func crowd() async throws {
        let gate = ScanGate(limit: 1)
        await #expect(throws: RequestError.limitExceeded(retryAfterMilliseconds: 1_000)) {
            try await gate.run { try await gate.run { await Task.yield() } }
        }
        #expect(gate.count == 0)
        #expect(try await gate.run { gate.count } == 1)
    }
}
