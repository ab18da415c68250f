import Basics
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Panoramas as jobs")
struct PanoramaJobTests {
    /// Reads a stream of events until one holds a word.
    private static func wait(for words: [String], _ client: MatrixClient, _ path: String) async throws {
        let socket = try Socket(port: client.http.port, timeoutSeconds: 120)
        try socket.write(
            "GET \(path)/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(client.token ?? "")\r\n\r\n")
        var text = ""
        while !words.contains(where: { text.contains($0) }) {
            let more = try socket.read()
            try #require(!more.isEmpty, "the stream ended: \(text)")
            text += String(decoding: more, as: UTF8.self)
        }
    }

    private static func photos() throws -> [(name: String, bytes: [UInt8])] {
        try [-20, 0, 20].map { ("\($0 + 20).png", try PanoramaServer.view(Double($0))) }
    }

    /// The stages that are kept; what a kill left half written, with a dot in its name, is none.
    private static func stages(_ server: VitrineProcess) -> Set<String> {
        let files = FileManager.default.enumerator(atPath: server.dataDirectory + "/panoramas")
        return Set((files?.allObjects as? [String] ?? []).filter { $0.contains("/") && !$0.contains(".") })
    }

    /// Stages in their order, and how many of their results are kept when each begins: points, pairs, solution, choice.
    private static let boundaries = [("detect", 0), ("match", 3), ("solve", 6), ("select", 7), ("blend", 8)]

    @Test("PANO-338 a server killed at any stage goes on with what it had found, and makes the same picture")
    func killed() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).visit()
        let whole = try await PanoramaServer.make(anna, try Self.photos())
        try await anna.call("POST", whole + "/start")
        #expect(try await PanoramaServer.finished(anna, whole)["state"] == "done")
        let expected = try await anna.reply("GET", whole + "/groups/1/image").body

        for (place, boundary) in Self.boundaries.enumerated() {
            try FileManager.default.removeItem(atPath: server.dataDirectory + "/panoramas")
            let client = MatrixClient(server.http, session: ["access_token": .string(anna.token ?? "")])
            let path = try await PanoramaServer.make(client, try Self.photos())
            try await client.call("POST", path + "/start")
            // A stage may be over before anybody hears of it; then it is a later one.
            let words = Self.boundaries[place...].map { "\"\($0.0)\"" } + ["event: end"]
            try await Self.wait(for: words, client, path)
            await server.kill()
            let kept = Self.stages(server)
            #expect(kept.count >= boundary.1, "\(boundary)")
            try await server.restart()
            let after = MatrixClient(server.http, session: ["access_token": .string(anna.token ?? "")])
            let done = try await PanoramaServer.finished(after, path)
            #expect(done["state"] == "done" && done["photos"]?.arrayValue?.count == 3, "\(done.text)")
            #expect(try await after.reply("GET", path + "/groups/1/image").body == expected, "\(boundary)")
            #expect(Self.stages(server).isSuperset(of: kept) && Self.stages(server).count == 9)
        }
        await server.stop()
    }

    @Test("PANO-317 a panorama that is called off stops, and can be started again")
    func cancelled() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).visit()
        let path = try await PanoramaServer.make(anna, try Self.photos())
        try await anna.call("POST", path + "/start")
        // It may end before it hears of it; then there is nothing to call off.
        let reply = try await anna.reply("POST", path + "/cancel")
        let state = try await PanoramaServer.finished(anna, path)["state"]
        #expect(reply.status == 409 ? state == "done" : state == "cancelled" || state == "done")
        try await anna.call("POST", path + "/start")
        #expect(try await PanoramaServer.finished(anna, path)["state"] == "done")
        await server.stop()
    }

    @Test("PANO-331 another surface, or one photo more, reads the other photos' stages")
    func reuse() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).visit()
        let path = try await PanoramaServer.make(anna, try Self.photos())
        try await anna.call("POST", path + "/start")
        #expect(try await PanoramaServer.finished(anna, path)["groups"]?.arrayValue?[0]["surface"] != "sphere")
        let first = Self.stages(server)
        #expect(first.count == 9)
        try await anna.call("PATCH", path, ["surface": "sphere", "format": "png"])
        try await anna.call("POST", path + "/start")
        #expect(try await PanoramaServer.finished(anna, path)["groups"]?.arrayValue?[0]["surface"] == "sphere")
        // Points, pairs and the solution are those of before.
        #expect(Self.stages(server).isSuperset(of: first) && Self.stages(server).count == 11)
        let file = try await anna.reply("GET", path + "/groups/1/image")
        #expect(file[header: "content-type"] == "image/png")
        #expect(String(decoding: file.body, as: UTF8.self).contains("GPano:ProjectionType=\"equirectangular\""))
        #expect(try await PanoramaServer.upload(anna, path, "z.png", try PanoramaServer.view(35)).status == 201)
        try await anna.call("POST", path + "/start")
        #expect(try await PanoramaServer.finished(anna, path)["groups"]?.arrayValue?[0]["used"] == 4)
        #expect(Self.stages(server).count == 18)
        await server.stop()
    }

    @Test("a worker that would need more memory than it may have says so and takes nobody along")
    func memory() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).visit()
        // Small on the disk, large in memory: a page of one colour.
        let huge = try Image(
            width: 9_000, height: 9_000, format: .gray8, bytes: [UInt8](repeating: 200, count: 81_000_000)
        ).encoded(as: .png)
        let path = try await PanoramaServer.make(anna, [("huge.png", huge), ("b.png", try PanoramaServer.view(0))])
        try await anna.call("POST", path + "/start")
        let done = try await PanoramaServer.finished(anna, path)
        // Refused as a photo or as a job, never a crash.
        #expect(done["state"] == "failed", "\(done.text)")
        #expect(try await anna.http.send("GET", "/health/ready").status == 200)
        await server.stop()
    }
}
