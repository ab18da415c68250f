import Basics
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Things in panoramas")
struct PanoramaThingTests {
    /// A view with a bright thing that no other view shows.
    private static func painted(_ degrees: Double, x: Range<Int>, y: Range<Int>) throws -> [UInt8] {
        var image = try Image.decode(PanoramaServer.view(degrees)).image.converted(to: .rgb8)
        let stride = image.stride
        image.withMutablePixels { pixels in
            for row in y {
                for column in x {
                    for (channel, value) in [250, 20, 200].enumerated() {
                        pixels[row * stride + column * 3 + channel] = UInt8(value)
                    }
                }
            }
        }
        return try image.encoded(as: .png)
    }

    @Test("PANO-330 a thing that one photo shows is listed with its pictures, kept, taken out and forgotten again")
    func things() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).visit()
        let path = try await PanoramaServer.make(
            anna,
            [
                ("a.png", try Self.painted(-20, x: 205..<245, y: 90..<160)), ("b.png", try PanoramaServer.view(0)),
                ("c.png", try PanoramaServer.view(20)),
            ])
        #expect(try await anna.reply("GET", path + "/groups/1/things").status == 404)
        func made() async throws -> (list: [JSON], image: [UInt8]) {
            try await anna.call("POST", path + "/start")
            #expect(try await PanoramaServer.finished(anna, path)["state"] == "done")
            let list = try await anna.call("GET", path + "/groups/1/things")["things"]?.arrayValue ?? []
            return (list, try await anna.reply("GET", path + "/groups/1/image").body)
        }
        let first = try await made()
        let thing = try #require(
            first.list.first {
                $0["photos"]?.arrayValue?.contains(0) == true && $0["photos"]?.arrayValue?.contains(1) == true
            })
        let number = try #require(thing["thing"]?.intValue)
        let shown = try #require(thing["shown"]?.intValue)
        let box = thing["box"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        #expect(box.count == 4 && box.allSatisfy { (0...1).contains($0) })
        let picture = try await anna.reply("GET", path + "/groups/1/things/\(number)/0")
        #expect(picture.status == 200 && (try? Image.decode(picture.body)) != nil)

        // Shown as in the other photo, then as it was.
        let other: Int64 = shown == 0 ? 1 : 0
        try await anna.call("PUT", path + "/groups/1/things/\(number)", ["keep": .int(other)])
        let second = try await made()
        #expect(second.list.first { $0["thing"] == .int(number) }?["shown"] == .int(other))
        #expect(second.image != first.image)
        try await anna.call("PUT", path + "/groups/1/things/\(number)", [:])
        #expect(try await made().image == first.image)

        for wish: JSON in [["keep": "b"], ["take": true]] {
            #expect(try await anna.reply("PUT", path + "/groups/1/things/\(number)", wish).status == 400)
        }
        try await anna.call("PUT", path + "/groups/1/things/\(number)", ["remove": true])
        #expect(try await anna.call("GET", path)["options"]?["things"]?.arrayValue?.count == 1)
        // Other photos, other things.
        #expect(try await PanoramaServer.upload(anna, path, "d.png", try PanoramaServer.view(40)).status == 201)
        #expect(try await anna.call("GET", path)["options"]?["things"] == nil)
        await server.stop()
    }
}
