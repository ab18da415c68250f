import Basics
import Foundation
import HTTPTypes
import TestSupport
import Testing

@Suite("Kinds of goods over HTTP and by command")
struct VerticalRouteTests {
    private static let manifest: JSON = [
        "schema": "vitrine.vertical/1", "name": "wine", "categories": [["name": "wine"]], "covers": ["food"],
    ]

    @Test("SCAN-012 a kind of goods is added over HTTP; a scan in the shop that is of its category is answered by it")
    func routes() async throws {
        try await ScanServer.with { server in
            try await server.put("bread", ["category": "food"], pictures: [try DrawnGoods.photo(1)])
            let path = "/api/v1/verticals/wine"
            #expect(try await server.ask(.put, path, json: Self.manifest).status == 403)
            #expect(try await server.ask(.put, "/api/v1/verticals/cars", as: "mei", json: Self.manifest).status == 400)
            #expect(try await server.ask(.put, path, as: "mei", json: .object([:])).status == 400)
            let made = try await server.ask(.put, path, as: "mei", json: Self.manifest)
            #expect(made.status == 200 && made.json?["space"] == "floor/1", "\(made.json?.text ?? "")")
            #expect(try await server.scan([try DrawnGoods.photo(1)]).json?["similar"]?.arrayValue?.count == 1)
            let (type, body) = Form.body(
                fields: ["item": #"{"title": "Riesling", "category": "wine"}"#],
                files: [("picture", "p.png", try DrawnGoods.photo(2))])
            _ = try await server.ask(
                .put, "/api/v1/catalogue/items/w1?catalogue=wine", as: "mei", type: type, body)
            // It looks like bread, which is food: what is covered is answered by the goods of the kind.
            let scan = try await server.scan([try DrawnGoods.photo(1, shift: 1)])
            #expect(scan.json?["similar"]?.arrayValue?.first?["sku"] == "w1")
            let id = scan.json?["id"]?.stringValue ?? ""
            #expect(try await server.ask(.get, "/api/v1/scans/\(id)").json?["catalogue"] == "wine")
            let listed = try await server.ask(.get, "/api/v1/verticals", as: nil)
            #expect(listed.json?["verticals"]?.arrayValue?.first?["items"] == 1)
            #expect(try await server.ask(.delete, path, as: "7").status == 403)
            #expect(try await server.ask(.delete, path, as: "mei").status == 200)
            #expect(try await server.ask(.delete, path, as: "mei").status == 404)
        }
    }

    @Test("SCAN-012 a kind of goods is added by a command, twice as well as once")
    func command() async throws {
        let folder = NSTemporaryDirectory() + "vitrine-vertical-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(Self.manifest.encoded()).write(to: URL(fileURLWithPath: "\(folder)/wine.json"))
        let arguments = [
            "catalogue", "vertical", "\(folder)/wine.json", "--data", "\(folder)/data", "--models", folder,
        ]
        for _ in 0..<2 {
            let run = try await CommandRun.vitrine(arguments)
            #expect(run.status == 0 && run.output == "wine\tfloor/1\t0 items\twine\n", "\(run.output)\(run.errors)")
        }
        try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/wine.json"))
        let refused = try await CommandRun.vitrine(arguments)
        #expect(refused.status != 0 && refused.errors.contains("schema"), "\(refused.errors)")
    }
}
