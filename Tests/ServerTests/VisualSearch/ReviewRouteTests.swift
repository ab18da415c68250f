import Basics
import HTTPTypes
import Imaging
import TestSupport
import Testing
import VisualSearch

@testable import Server

extension MediaServer.Reply {
    /// The body as JSON; null for anything else.
    fileprivate var told: JSON { json ?? .null }
    /// The body as text.
    fileprivate var text: String { String(decoding: body, as: UTF8.self) }
}

@Suite("Questions and boxes over HTTP")
struct ReviewRouteTests {
    /// Two sellers with one picture: a question whether they are one.
    private static func stock(_ server: ScanServer) async throws {
        for (sku, shop) in [("left", "one"), ("right", "two")] {
            let reply = try await server.put(
                sku, ["shop": .string(shop), "title": .string(sku)], pictures: [try DrawnGoods.photo(3)])
            try #require(reply.status == 200, "\(reply.text)")
        }
    }

    @Test("SCAN-110 SCAN-070 questions are handed out, decided once, told to whoever comes late, taken back and logged")
    func decisions() async throws {
        try await ScanServer.with { server in
            try await Self.stock(server)
            #expect(try await server.ask(.post, "/api/v1/reviews/claim", json: .object([:])).status == 403)
            let claim = try await server.ask(.post, "/api/v1/reviews/claim", as: "mei", json: ["kind": "merge"]).told
            let question = try #require(claim["reviews"]?.arrayValue?.first)
            let number = try #require(question["review"]?.intValue)
            #expect(question["view"]?["left"]?["sku"] == "left" && question["kind"] == "merge")
            let picture = try #require(question["view"]?["left"]?["pictures"]?.arrayValue?.first?.intValue)
            let small = try await server.ask(.get, "/api/v1/catalogue/pictures/\(picture)?side=96", as: "mei")
            #expect(small.status == 200 && small.headers[.cacheControl]?.contains("private") == true)
            #expect(try await server.ask(.get, "/api/v1/catalogue/pictures/\(picture)?side=96").status == 403)
            let path = "/api/v1/reviews/\(number)"
            let held = try await server.ask(.post, path + "/decision", as: "bo", json: ["decision": "yes"])
            #expect(held.status == 409 && held.told["errcode"] == "held" && held.text.contains("mei"))
            let wrong = try await server.ask(.post, path + "/decision", as: "mei", json: ["decision": "gone"])
            #expect(wrong.status == 400 && wrong.text.contains("skip"))
            let decided = try await server.ask(
                .post, path + "/decision", as: "mei", json: ["decision": "yes", "why": "one label", "took_ms": 3_000])
            #expect(decided.told["decision"] == "yes")
            let late = try await server.ask(.post, path + "/decision", as: "bo", json: ["decision": "no"])
            #expect(late.status == 409 && late.told["errcode"] == "decided" && late.text.contains("undo"))
            let second = try await server.ask(.post, "/api/v1/reviews/claim", as: "bo", json: ["second": true]).told
            #expect(second["reviews"]?.arrayValue?.first?["decision"] == nil)
            let opinion = try await server.ask(
                .post, path + "/decision", as: "bo", json: ["decision": "yes", "second": true])
            #expect(opinion.told["agrees"] == true)
            let undone = try await server.ask(.post, path + "/undo", as: "bo", json: ["why": "no"])
            #expect(undone.status == 200 && undone.told["decision"] == nil)
            let log = try await server.ask(.get, "/api/v1/reviews/log", as: "mei").told["log"]?.arrayValue ?? []
            #expect(log.map { $0["act"] } == ["undo", "yes", "yes"] && log.last?["why"] == "one label")
            let kinds = try await server.ask(.get, "/api/v1/reviews/progress", as: "mei").told["kinds"]?.arrayValue
            #expect(kinds?.first { $0["kind"] == "merge" }?["open"] == 1)
            #expect(
                try await server.ask(.post, "/api/v1/reviews/999/skip", as: "mei", json: .object([:])).status == 404)
            let looks = try await server.ask(.post, "/api/v1/reviews/looks", as: "mei", json: ["look": "sideways"])
            #expect(looks.status == 400 && looks.text.contains("noise"))
        }
    }

    @Test("SCAN-050 SCAN-055 LEARN-030 boxes are drawn, kept, refused when somebody was faster, exported and imported")
    func labels() async throws {
        try await ScanServer.with { server in
            try await Self.stock(server)
            #expect(
                try await server.ask(.post, "/api/v1/labels/collect", as: "mei", json: .object([:])).told["added"] == 1)
            let listed = try await server.ask(.get, "/api/v1/labels?filter=open", as: "mei").told
            let label = try #require(listed["pictures"]?.arrayValue?.first?["label"]?.intValue)
            let path = "/api/v1/labels/\(label)"
            let box: JSON = ["box": [10, 8, 40.5, 30], "category": "lamp"]
            let body: JSON = ["revision": 0, "done": true, "boxes": [box]]
            let saved = try await server.ask(.put, path, as: "mei", json: body).told
            #expect(saved["boxes"]?.arrayValue?.first?["box"] == [10.0, 8.0, 40.5, 30.0] && saved["done"] == true)
            let late = try await server.ask(.put, path, as: "bo", json: body)
            #expect(late.status == 409 && late.told["errcode"] == "changed" && late.text.contains("mei"))
            let empty = try await server.ask(
                .put, path, as: "mei", json: ["revision": 1, "boxes": [["box": [1, 1, 0, 4], "category": "lamp"]]])
            #expect(empty.status == 400 && empty.text.contains("Box 1"))
            let history = try await server.ask(.get, path + "/history", as: "mei").told["history"]?.arrayValue
            #expect(history?.first?["act"] == "drawn" && history?.first?["by"]?.stringValue?.contains("mei") == true)
            let coco = try await server.ask(.get, "/api/v1/labels/export", as: "mei").told
            #expect(coco["annotations"]?.arrayValue?.first?["bbox"] == [10.0, 8.0, 40.5, 30.0])
            let zip = try await server.ask(.get, "/api/v1/labels/export?format=voc", as: "mei")
            #expect(zip.headers[.contentType] == "application/zip" && zip.body.starts(with: [0x50, 0x4B]))
            #expect(try await server.ask(.get, "/api/v1/labels/export", as: "7").status == 403)
            let voc = LabelSet.voc(
                .init(
                    name: "p.png", size: .init(width: 96, height: 72),
                    boxes: [try #require(.init(left: 1, top: 2, right: 30, bottom: 40, category: "cup"))]))
            let (type, form) = Form.body(
                fields: [:],
                files: [("labels", "p.xml", Array(voc.utf8)), ("picture", "p.png", try DrawnGoods.photo(5))])
            let taken = try await server.ask(.post, "/api/v1/labels/import?source=set", as: "mei", type: type, form)
                .told
            #expect(taken["pictures"] == 1 && taken["boxes"] == 1 && taken["problems"] == [])
            let refused = try await server.ask(.post, "/api/v1/labels/rounds", as: "mei", json: .object([:]))
            #expect(refused.status == 503 && refused.text.contains("detector"))
        }
    }

    @Test("SCAN-017 SCAN-043 SCAN-127 coverage, copies and recall of a catalogue are told to people of the shop")
    func health() async throws {
        try await ScanServer.with { server in
            try await Self.stock(server)
            let scan = try await server.scan([try DrawnGoods.photo(3, shift: 1)])
            try #require(scan.status == 201, "\(scan.text)")
            let coverage = try await server.ask(.get, "/api/v1/coverage", as: "mei").told
            #expect(coverage["weeks"]?.arrayValue?.first?["scans"] == 1)
            try await server.put("left", ["shop": "one"], pictures: [try DrawnGoods.photo(3)])
            try await server.put("third", ["shop": "one"], pictures: [try DrawnGoods.photo(3)])
            let health = try await server.ask(.get, "/api/v1/catalogue/health", as: "mei").told
            #expect(health["copies"]?["copies"] == 1 && health["copies"]?["pictures"] == 3)
            #expect((health["copies"]?["copy_bytes"]?.intValue ?? 0) > 0)
            #expect(try await server.ask(.get, "/api/v1/coverage").status == 403)
            #expect(try await server.ask(.get, "/api/v1/catalogues", as: "mei").told["catalogues"] == ["shop"])
        }
    }
}
