import Archives
import Basics
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("What viewers of panoramas get")
struct PanoramaViewerTests {
    private static let staff = "mei"
    private static let password = "a quiet window in May"

    /// Somebody of the shop with a panorama that is done.
    private static func made(
        _ server: VitrineProcess, _ options: JSON = [:]
    ) async throws -> (client: MatrixClient, path: String, id: String) {
        let client = try await MatrixClient(server.http).login(staff, password: password)
        let path = try await PanoramaServer.make(
            client, try [-20, 0, 20].map { ("\($0 + 20).png", try PanoramaServer.view(Double($0))) })
        try await client.call("PATCH", path, options)
        try await client.call("POST", path + "/start")
        #expect(try await PanoramaServer.finished(client, path)["state"] == "done")
        return (client, path, String(path.split(separator: "/").last ?? ""))
    }

    private static func server() async throws -> VitrineProcess {
        let server = try await VitrineProcess.start()
        try await server.addStaff(name: staff, password: password, displayName: "Mei")
        return server
    }

    @Test("PANO-312, PANO-315 layers come as an archive, cameras as JSON, the picture in 16 bits")
    func layers() async throws {
        let server = try await Self.server()
        let (client, path, _) = try await Self.made(server, ["layers": true, "format": "png16"])
        let image = try await client.reply("GET", path + "/groups/1/image")
        // The depth stands in the header's ninth byte.
        #expect(image[header: "content-type"] == "image/png" && image.body[24] == 16)
        let bytes = try await client.reply("GET", path + "/groups/1/layers").body
        let archive = try ZipArchive(size: bytes.count) { offset, count in Array(bytes[offset..<(offset + count)]) }
        #expect(
            Set(archive.entries.map(\.name)).isSuperset(of: [
                "layer-001.png", "layer-003-mask.png", "layers.json", "cameras.json", "panorama.pto",
            ]))
        for entry in archive.entries where entry.name.hasSuffix(".png") {
            let picture = try archive.content(of: entry, limit: 10_000_000)
            #expect(try Image.decode(picture).image.width > 50)
        }
        let cameras = try await client.call("GET", path + "/groups/1/geometry")
        #expect(cameras["photos"]?.arrayValue?.count == 3 && cameras["model"] == "rotation")
        #expect(cameras["photos"]?.arrayValue?[0]["rotation"]?.arrayValue?.count == 9)
        // Nobody else may have them.
        let other = try await MatrixClient(server.http).visit()
        #expect(try await other.reply("GET", path + "/groups/1/layers").status == 404)
        try await client.call("PATCH", path, ["layers": false, "format": "hdr"])
        try await client.call("POST", path + "/start")
        #expect(try await PanoramaServer.finished(client, path)["groups"]?.arrayValue?[0]["links"]?["layers"] == .null)
        #expect(try await client.reply("GET", path + "/groups/1/layers").status == 404)
        #expect(try await client.reply("GET", path + "/groups/1/image").text.hasPrefix("#?RADIANCE\n"))
        for wish: JSON in [["format": "tiff"], ["layers": 1], ["tiles": "yes"]] {
            #expect(try await client.reply("PATCH", path, wish).status == 400)
        }
        await server.stop()
    }

    @Test(
        "PANO-316 hotspots are put in by staff, changed, removed and brought back, and lead from one panorama to another"
    )
    func spots() async throws {
        let server = try await Self.server()
        let (client, path, id) = try await Self.made(server)
        let (_, second, other) = try await Self.made(server)
        let group = path + "/groups/1"
        let words: JSON = ["yaw": 10, "pitch": -5.5, "kind": "text", "label": "Shelf", "text": "Oak"]
        let first = try #require(try await client.call("POST", group + "/spots", words)["spot"]?.intValue)
        let link: JSON = [
            "yaw": -12, "pitch": 0, "kind": "panorama", "label": "Next room", "panorama": .string(other), "group": 1,
        ]
        let door = try #require(try await client.call("POST", group + "/spots", link)["spot"]?.intValue)
        let item: JSON = ["yaw": 0, "pitch": 3, "kind": "item", "label": "Lamp", "item": "lamp-1"]
        try await client.call("POST", group + "/spots", item)
        func shown(_ client: MatrixClient, _ address: String) async throws -> [JSON] {
            try await client.call("GET", address)["spots"]?.arrayValue ?? []
        }
        var manifest = try await shown(client, group + "/viewer")
        #expect(manifest.map { $0["label"]?.stringValue } == ["Shelf", "Next room", "Lamp"])
        #expect(manifest[0]["pitch"]?.doubleValue == -5.5 && manifest[0]["text"] == "Oak")
        #expect(manifest[1]["viewer"] == .string(second + "/groups/1/viewer"))
        #expect(manifest[2]["item"] == "lamp-1" && manifest[2]["offer"] == nil)
        #expect(try await client.call("GET", group + "/viewer")["editable"] == true)

        try await client.call(
            "PUT", path + "/spots/\(first)", ["yaw": 11, "pitch": 0, "kind": "text", "label": "Table", "text": "Ash"])
        try await client.call("DELETE", path + "/spots/\(door)")
        manifest = try await shown(client, group + "/viewer")
        #expect(manifest.map { $0["label"]?.stringValue } == ["Table", "Lamp"])
        #expect(try await client.reply("DELETE", path + "/spots/\(door)").status == 404)
        try await client.call("POST", path + "/spots/\(door)/restore")
        #expect(try await client.call("GET", group + "/spots")["spots"]?.arrayValue?.count == 3)

        // Whoever has the link of a tour goes through all of it, and learns no ids.
        let share = try #require(try await client.call("POST", path + "/share")["share"]?.stringValue)
        let guest = try await MatrixClient(server.http).visit()
        let open = try await shown(guest, "/api/v1/shared/panoramas/\(share)/groups/1/viewer")
        let next = try #require(open.first { $0["kind"] == "panorama" })
        #expect(next["panorama"] == nil)
        let address = try #require(next["viewer"]?.stringValue)
        #expect(address.hasPrefix("/api/v1/shared/panoramas/") && !address.contains(other))
        #expect(try await guest.call("GET", address)["width"]?.intValue ?? 0 > 100)

        for wrong: JSON in [
            ["yaw": 400, "pitch": 0, "kind": "text", "label": "a", "text": "b"],
            ["yaw": 0, "pitch": 95, "kind": "text", "label": "a", "text": "b"],
            ["yaw": 0, "pitch": 0, "kind": "door", "label": "a", "text": "b"],
            ["yaw": 0, "pitch": 0, "kind": "text", "label": "", "text": "b"],
            ["yaw": 0, "pitch": 0, "kind": "text", "label": "a"],
            ["yaw": 0, "pitch": 0, "kind": "panorama", "label": "a", "panorama": "pj_none", "group": 1],
            ["yaw": 0, "pitch": 0, "kind": "panorama", "label": "a", "panorama": .string(id), "group": 7],
        ] {
            #expect(try await client.reply("POST", group + "/spots", wrong).status == 400, "\(wrong.text)")
        }
        #expect(try await client.reply("POST", path + "/groups/9/spots", words).status == 400)
        // Customers make panoramas, the shop's people furnish them.
        let mine = try await PanoramaServer.make(guest, [("a.png", try PanoramaServer.view(0))])
        #expect(try await guest.reply("POST", mine + "/groups/1/spots", words).status == 403)
        #expect(try await guest.reply("POST", group + "/spots", words).status == 403)
        await server.stop()
    }

    @Test(
        "PANO-332 each photo that is sent with a guide comes back with its overlap, and the stitch finds the work done")
    func guide() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).visit()
        let path = try await PanoramaServer.make(anna, [])
        func send(_ name: String, _ degrees: Double) async throws -> JSON {
            let reply = try await anna.http.send(
                "POST", "\(path)/photos?guide=true&name=\(name)",
                headers: ["Authorization": "Bearer \(anna.token ?? "")", "Content-Type": "application/octet-stream"],
                body: try PanoramaServer.view(degrees))
            #expect(reply.status == 201, "\(reply.text)")
            return try JSON(parsing: reply.body)["guide"] ?? .null
        }
        #expect(try await send("001.png", 0)["advice"] == "first")
        let second = try await send("002.png", 24)
        #expect(second["advice"] == "good" && second["overlaps"]?.arrayValue?[0]["name"] == "001.png")
        #expect((0.45...0.68).contains(second["overlaps"]?.arrayValue?[0]["share"]?.doubleValue ?? 0))
        #expect(try await send("003.png", -58)["advice"] == "turnBack")
        let folder = server.dataDirectory + "/panoramas"
        func stages() -> Int {
            (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).count { $0.contains("/") }
        }
        #expect(stages() == 6)
        #expect(try await anna.call("GET", path)["photos"]?.arrayValue?.count == 3)
        // Without being asked it says nothing.
        let plain = try await PanoramaServer.upload(anna, path, "x.jpg", Array("none".utf8))
        #expect(try JSON(parsing: plain.body)["guide"] == nil)
        await server.stop()
    }
}
