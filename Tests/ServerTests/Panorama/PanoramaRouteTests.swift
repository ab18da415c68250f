import Basics
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Panoramas over HTTP")
struct PanoramaRouteTests {
    @Test("PANO-314 three photos and a stranger become a panorama with verdict, graph, pictures and report")
    func whole() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).visit()
        let path = try await PanoramaServer.make(
            anna,
            [
                ("a.png", try PanoramaServer.view(-22)), ("b.png", try PanoramaServer.view(0)),
                ("c.png", try PanoramaServer.view(22)), ("stranger.png", try PanoramaServer.view(0, seed: 99)),
                ("broken.jpg", Array("no picture".utf8)),
            ])
        #expect(try await anna.call("GET", path)["state"] == "draft")
        try await anna.call("POST", path + "/start")
        let done = try await PanoramaServer.finished(anna, path)
        #expect(done["state"] == "done", "\(done.text)")
        let words = (done["photos"]?.arrayValue ?? []).map { $0["verdict"]?.stringValue }
        #expect(words == ["used", "used", "used", "noOverlap", "notReadable"])
        #expect((done["photos"]?.arrayValue ?? []).allSatisfy { $0["verdict"] == "used" || $0["advice"] != nil })
        #expect((done["cost"]?["peakMiB"]?.intValue ?? .max) <= 512)
        let group = try #require(done["groups"]?.arrayValue?.first)
        #expect(group["model"] == "rotation" && group["used"] == 3 && group["holes"] == 0)

        let picture = try await anna.reply("GET", try #require(group["links"]?["image"]?.stringValue))
        let image = try Image.decode(picture.body).image
        #expect(group["size"] == [.int(Int64(image.width)), .int(Int64(image.height))])
        let part = try await anna.http.send(
            "GET", path + "/groups/1/image",
            headers: ["Authorization": "Bearer \(anna.token ?? "")", "Range": "bytes=0-9"])
        #expect(part.status == 206 && part.body == Array(picture.body.prefix(10)))
        for kind in ["preview", "seams", "view"] {
            #expect(try Image.decode(try await anna.reply("GET", "\(path)/groups/1/\(kind)").body).image.width > 100)
        }
        let viewer = try await anna.call("GET", path + "/groups/1/viewer")
        #expect(viewer["hasAngles"] == true && viewer["scale"]?.doubleValue ?? 0 > 10)
        let report = try await anna.reply("GET", path + "/report").text
        #expect(
            report.contains("stranger.png") && report.contains("data:image/jpeg;base64,") && report.contains("<svg"))
        let project = try await anna.reply("GET", path + "/groups/1/cameras").text
        #expect(project.split(separator: "\n").count { $0.hasPrefix("i ") } == 3)

        let graph = try await anna.call("GET", path + "/graph")
        #expect(graph["photos"]?.arrayValue?.count == 5)
        let used = (graph["edges"]?.arrayValue ?? []).filter { $0["fate"] == "used" }
        #expect(used.count >= 2 && used.allSatisfy { ($0["inliers"]?.intValue ?? 0) >= 10 })
        await server.stop()
    }

    @Test("PANO-301 a mask is kept, checked, and leaves its photo out where it covers all of it")
    func masks() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).visit()
        let path = try await PanoramaServer.make(
            anna, [("a.png", try PanoramaServer.view(0)), ("b.png", try PanoramaServer.view(20))])
        let all: JSON = ["areas": [["kind": "exclude", "points": [[0, 0], [1, 0], [1, 1], [0, 1]]]]]
        let wrong: JSON = ["areas": [["kind": "exclude", "points": [[0, 0], [7, 0], [1, 1]]]]]
        #expect(try await anna.reply("PUT", path + "/photos/1/mask", wrong).status == 400)
        #expect(try await anna.reply("PUT", path + "/photos/9/mask", all).status == 404)
        try await anna.call("PUT", path + "/photos/1/mask", all)
        #expect(try await anna.call("GET", path)["photos"]?.arrayValue?[0]["mask"] == all)
        try await anna.call("POST", path + "/start")
        let masked = try await PanoramaServer.finished(anna, path)
        #expect(masked["photos"]?.arrayValue?[0]["verdict"] == "masked" && masked["state"] == "failed")
        try await anna.call("PUT", path + "/photos/1/mask", ["areas": []])
        try await anna.call("POST", path + "/start")
        #expect(try await PanoramaServer.finished(anna, path)["state"] == "done")
        await server.stop()
    }

    @Test("a panorama is its owner's alone; a link shows it to whoever has it; deleting can be undone")
    func rights() async throws {
        let server = try await VitrineProcess.start()
        let (anna, bo) = (
            try await MatrixClient(server.http).visit(), try await MatrixClient(server.http).visit()
        )
        let path = try await PanoramaServer.make(anna, [("a.png", try PanoramaServer.view(0))])
        for (method, rest) in [
            ("GET", ""), ("GET", "/graph"), ("GET", "/events"), ("POST", "/start"), ("POST", "/cancel"),
            ("POST", "/share"), ("DELETE", ""), ("GET", "/photos/1"), ("DELETE", "/photos/1"),
            ("GET", "/photos/1/thumbnail"), ("GET", "/groups/1/image"), ("GET", "/report"),
        ] {
            #expect(try await bo.reply(method, path + rest).status == 404, "\(method) \(rest)")
        }
        #expect(try await MatrixClient(server.http).reply("GET", path).status == 401)
        #expect(try await bo.call("GET", "/api/v1/panoramas")["panoramas"] == [])
        #expect(try await anna.call("GET", "/api/v1/panoramas")["panoramas"]?.arrayValue?.count == 1)
        #expect(try await anna.reply("GET", path + "/photos/1").body == (try PanoramaServer.view(0)))
        #expect(try await anna.reply("GET", path + "/photos/1/thumbnail").status == 200)

        let share = try await anna.call("POST", path + "/share")["share"]?.stringValue ?? ""
        #expect(try await anna.call("POST", path + "/share")["share"]?.stringValue == share)
        // There is nothing to see yet, with the link or with another.
        let shared = "/api/v1/shared/panoramas/"
        #expect(try await MatrixClient(server.http).reply("GET", shared + share + "/groups/1/viewer").status == 404)

        try await anna.call("DELETE", path)
        #expect(try await anna.reply("GET", path).status == 404)
        try await anna.call("POST", path + "/restore")
        #expect(try await anna.call("GET", path)["photos"]?.arrayValue?.count == 1)
        await server.stop()
    }

    @Test("PANO-322 one photo, no photo, an empty one, too many and wishes of no sense are answered in words")
    func degenerate() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).visit()
        let empty = try await PanoramaServer.make(anna, [])
        let refused = try await anna.reply("POST", empty + "/start")
        #expect(refused.status == 400 && refused.text.contains("no photo"))
        #expect(try await PanoramaServer.upload(anna, empty, "empty.jpg", []).status == 400)
        #expect(try await anna.reply("POST", empty + "/cancel").status == 409)
        for wish: JSON in [
            ["model": "ball"], ["surface": 7], ["memoryMiB": 1], ["maxMegapixels": 4000], ["format": "tiff"],
            ["quality": 0], ["fast": true], ["crop": "no"],
        ] {
            let reply = try await anna.reply("POST", "/api/v1/panoramas", wish)
            #expect(reply.status == 400 && reply.errorCode == "M_INVALID_PARAM", "\(wish.text): \(reply.text)")
        }
        #expect(try await anna.reply("PATCH", empty, ["surface": "cone"]).status == 400)
        try await anna.call("PATCH", empty, ["surface": "sphere", "format": "webp"])
        #expect(try await anna.call("GET", empty)["options"] == ["surface": "sphere", "format": "webp"])

        let one = try await PanoramaServer.make(anna, [("a.png", try PanoramaServer.view(0))])
        try await anna.call("POST", one + "/start")
        let alone = try await PanoramaServer.finished(anna, one)
        #expect(alone["state"] == "failed" && alone["reason"]?.stringValue?.contains("only one photo") == true)
        #expect(alone["photos"]?.arrayValue?[0]["verdict"] == "noOverlap")
        await server.stop()
    }

    @Test("the 201st photo is refused before it is stored, and 200 tiny ones end in a verdict each")
    func many() async throws {
        let server = try await VitrineProcess.start(flags: ["--no-rate-limits"])
        let anna = try await MatrixClient(server.http).visit()
        let tiny = try Image(width: 8, height: 8, format: .gray8, bytes: [UInt8](repeating: 9, count: 64))
            .encoded(as: .png)
        let path = try await PanoramaServer.make(anna, [])
        let parts = (0..<200).map { (name: "photos", file: "\($0).png", bytes: tiny) }
        var body: [UInt8] = []
        for part in parts {
            let head = "Content-Disposition: form-data; name=\"photos\"; filename=\"\(part.file)\""
            body += Array("--edge\r\n\(head)\r\n\r\n".utf8) + part.bytes + [13, 10]
        }
        let sent = try await anna.http.send(
            "POST", path + "/photos",
            headers: [
                "Authorization": "Bearer \(anna.token ?? "")", "Content-Type": "multipart/form-data; boundary=edge",
            ], body: body + Array("--edge--\r\n".utf8))
        #expect(sent.json["photos"]?.arrayValue?.count == 200, "\(sent.text.prefix(200))")
        let more = try await PanoramaServer.upload(anna, path, "more.png", tiny)
        #expect(more.status == 413 && more.errorCode == "too_many_photos")
        try await anna.call("POST", path + "/start")
        let done = try await PanoramaServer.finished(anna, path)
        #expect(done["state"] == "failed")
        #expect((done["photos"]?.arrayValue ?? []).count { $0["verdict"] == "tooSmall" } == 200)
        await server.stop()
    }
}
