import Basics
import Foundation
import TestSupport
import Testing

/// Cards that the other systems of the server fill.
@Suite("Tools of the desk")
struct DeskToolTests {
    private struct Shop {
        let process: VitrineProcess
        let boss: MatrixClient
        let visitor: MatrixClient
        let room: String
        let number: Int64

        func tool(_ kind: String, _ body: JSON) async throws -> HTTPReply {
            try await boss.reply("POST", "/api/v1/desk/conversations/\(number)/tools/\(kind)", body)
        }

        func upload(_ method: String, _ path: String, _ form: (type: String, body: [UInt8])) async throws -> JSON {
            let headers = ["Authorization": "Bearer \(boss.token ?? "")", "Content-Type": form.type]
            let reply = try await process.http.send(method, path, headers: headers, body: form.body)
            #expect((200..<300).contains(reply.status), "\(reply.text)")
            return reply.json
        }
    }

    private func shop(_ body: (Shop) async throws -> Void) async throws {
        let process = try await VitrineProcess.start(flags: ["--no-rate-limits"])
        let password = "a quiet window in May"
        try await process.addStaff(name: "mei", password: password, displayName: "Mei", admin: true)
        let boss = try await MatrixClient(process.http).login("mei", password: password)
        try await boss.call("POST", "/api/v1/desk/queues", ["name": "sales"])
        let me = "/api/v1/desk/agents/" + HTTPClient.escape("@mei:localhost")
        try await boss.call("PUT", me, ["capacity": 3, "queues": [1], "supervisor": true])
        try await boss.call("PUT", "/api/v1/desk/agents/me", ["status": "available"])
        let visitor = try await MatrixClient(process.http).visit()
        let opened = try await visitor.call("POST", "/api/v1/desk/conversations", ["text": "hello"])
        try await body(
            Shop(
                process: process, boss: boss, visitor: visitor,
                room: try #require(opened["room_id"]?.stringValue), number: try #require(opened["number"]?.intValue)))
        #expect(await process.stop() == 0)
    }

    @Test("DESK-79 goods that a photo shows become a card from which the customer chooses, and the server answers")
    func match() async throws {
        try await shop { shop in
            for kind in 1...2 {
                let item: JSON = [
                    "title": .string("Thing \(kind)"), "price": 1_000, "currency": "EUR", "shop": "corner",
                ]
                let form = Form.body(
                    fields: ["item": item.text], files: [("picture", "p.png", try DrawnGoods.photo(kind))])
                _ = try await shop.upload("PUT", "/api/v1/catalogue/items/T\(kind)", form)
            }
            let photo = Form.body(fields: [:], files: [("picture", "p.png", try DrawnGoods.photo(2, shift: 2))])
            let scan = try await shop.upload("POST", "/api/v1/scans", photo)["id"] ?? .null
            #expect(try await shop.tool("item.match", ["scan": "none"]).status == 404)
            let sent = try await shop.tool("item.match", ["scan": scan])
            #expect(sent.status == 200, "\(sent.text)")
            let event = try #require(sent.json["event_id"]?.stringValue)
            let path = "/api/v1/desk/cards/\(HTTPClient.escape(shop.room))/\(HTTPClient.escape(event))"
            let card = try await shop.visitor.call("GET", path)
            #expect(card["kind"] == "item.match" && card["for"] == "customer")
            let choices = card["layout"]?["body"]?.arrayValue?.last?["choices"]?.arrayValue ?? []
            #expect(choices.first?["title"] == "Thing 2")
            let since = try await shop.visitor.sync()["next_batch"]?.stringValue
            try await shop.visitor.call(
                "POST", path + "/actions",
                [
                    "verb": "choose", "rev": card["rev"] ?? 1, "data": ["item": choices.first?["value"] ?? .null],
                    "txn": "one",
                ])
            var news = try await shop.visitor.sync(since: since, timeoutMilliseconds: 20_000)
            func result() -> JSON? {
                news["rooms"]?["join"]?[shop.room]?["timeline"]?["events"]?.arrayValue?
                    .first { $0["type"] == "shop.vitrine.card.result" }?["content"]
            }
            while result() == nil, !Task.isCancelled {
                news = try await shop.visitor.sync(
                    since: news["next_batch"]?.stringValue, timeoutMilliseconds: 20_000)
            }
            #expect(result()?["outcome"] == "ok" && result()?["text"] == "Chosen: Thing 2")
            // The server's own name can be no business's.
            let own: JSON = ["secret": "a secret of sixteen bytes", "config": ["url": "http://127.0.0.1:9/"]]
            #expect(try await shop.boss.reply("PUT", "/api/v1/desk/adapters/vitrine", own).status == 400)
        }
    }

    @Test("DESK-79 a panorama is sent as a card once it is done; faces and calls are refused in so many words")
    func panorama() async throws {
        try await shop { shop in
            let views = [-22.0, 0, 22]
            let photos = try views.map { ("\($0).png", try PanoramaServer.view($0)) }
            let path = try await PanoramaServer.make(shop.boss, photos.map { (name: $0.0, bytes: $0.1) })
            let id = try #require(path.split(separator: "/").last.map(String.init))
            #expect(try await shop.tool("item.panorama", ["panorama": .string(id)]).status == 409)
            try await shop.boss.call("POST", path + "/start")
            #expect(try await PanoramaServer.finished(shop.boss, path)["state"] == "done")
            let sent = try await shop.tool("item.panorama", ["panorama": .string(id)])
            #expect(sent.status == 200, "\(sent.text)")
            let said = try await shop.visitor.messages(in: shop.room)["chunk"]?.arrayValue ?? []
            let card = said.first { $0["content"]?["shop.vitrine.card"]?["kind"] == "item.panorama" }
            #expect(card?["content"]?["body"]?.stringValue?.contains("/panorama?share=") == true)
            for kind in ["identity.check", "call.invite"] {
                #expect(try await shop.tool(kind, [:]).status == 501)
                let plain: JSON = ["kind": .string(kind), "adapter": "x", "layout": [:], "body": "A card"]
                let path = "/api/v1/desk/conversations/\(shop.number)/cards"
                #expect(try await shop.boss.reply("POST", path, plain).status == 501)
            }
            #expect(try await shop.tool("weather", [:]).status == 404)
        }
    }
}
