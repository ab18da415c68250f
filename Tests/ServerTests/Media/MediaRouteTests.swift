import Basics
import HTTPTypes
import Imaging
import Messaging
import Testing

@testable import Server

@Suite("Media routes")
struct MediaRouteTests {
    @Test("MSG-45 an upload comes back byte for byte, with the type and name it was given")
    func roundTrip() async throws {
        let server = try MediaServer()
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let id = try await server.upload(bytes, type: "image/png", query: "?filename=%E7%8C%AB.png")
        let reply = try await server.download(id)
        #expect(reply.status == 200 && reply.body == bytes)
        #expect(reply["Content-Type"] == "image/png")
        #expect(reply["Content-Disposition"] == "inline; filename=\"_.png\"; filename*=UTF-8''%E7%8C%AB.png")
        let named = try await server.ask(.get, "/_matrix/client/v1/media/download/shop.test/\(id)/dog.png")
        #expect(named["Content-Disposition"] == "inline; filename=\"dog.png\"")
    }

    @Test("MSG-45 every reply with content keeps it from acting as a page")
    func headers() async throws {
        let server = try MediaServer()
        let picture = try await server.upload(try Self.picture())
        let thumbnail = "/_matrix/client/v1/media/thumbnail/shop.test/\(picture)?width=30&height=30&method=crop"
        for reply in [try await server.download(picture), try await server.ask(.get, thumbnail)] {
            let policy = try #require(reply["Content-Security-Policy"])
            for part in ["sandbox", "default-src 'none'", "script-src 'none'", "object-src 'self'"] {
                #expect(policy.contains(part))
            }
            #expect(reply["X-Content-Type-Options"] == "nosniff")
            #expect(reply["Cross-Origin-Resource-Policy"] == "cross-origin")
            #expect(reply["Access-Control-Allow-Origin"] == "*")
            #expect(reply["Content-Disposition"]?.hasPrefix("inline") == true)
        }
    }

    @Test(
        "MSG-45 scripts, HTML and SVG are never shown in place",
        arguments: [
            ("text/html", "<html>"), ("image/svg+xml", "<svg>"), ("application/javascript", "x()"),
            ("text/plain", "<!doctype html><script>"), ("image/png", "<svg onload=x>"), ("application/pdf", "%PDF-1.4"),
            ("text/xml", "<a/>"),
        ])
    func attachments(type: String, text: String) async throws {
        let server = try MediaServer()
        let id = try await server.upload(Array(text.utf8), type: type)
        let reply = try await server.download(id)
        #expect(reply["Content-Disposition"]?.hasPrefix("attachment") == true)
        #expect(reply.body == Array(text.utf8))
    }

    @Test("parts of a file, unchanged files and impossible parts")
    func ranges() async throws {
        let server = try MediaServer()
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        let id = try await server.upload(bytes)
        let part = try await server.download(id, [.range: "bytes=10-19"])
        #expect(part.status == 206 && part.body == Array(bytes[10..<20]))
        #expect(part["Content-Range"] == "bytes 10-19/1000")
        let beyond = try await server.download(id, [.range: "bytes=1000-"])
        #expect(beyond.status == 416 && beyond["Content-Range"] == "bytes */1000")
        let whole = try await server.download(id)
        #expect(whole.status == 200 && whole["Accept-Ranges"] == "bytes")
        let tag = try #require(whole["ETag"])
        #expect(try await server.download(id, [.ifNoneMatch: "\"x\", \(tag)"]).status == 304)
        #expect(try await server.download(id, [.range: "bytes=0-0", .ifRange: tag]).status == 206)
        #expect(try await server.download(id, [.range: "bytes=0-0", .ifRange: "\"other\""]).status == 200)
    }

    @Test("without a token nothing is served, and the old paths serve nothing at all")
    func closed() async throws {
        let server = try MediaServer()
        let id = try await server.upload([1, 2, 3])
        let root = "/_matrix/client/v1/media"
        for path in ["\(root)/config", "\(root)/download/shop.test/\(id)", "\(root)/thumbnail/shop.test/\(id)"] {
            let reply = try await server.ask(.get, path, token: nil)
            #expect(reply.status == 401 && reply.json?["errcode"]?.stringValue == "M_MISSING_TOKEN")
        }
        #expect(try await server.ask(.post, "/_matrix/media/v3/upload", token: nil, body: [1]).status == 401)
        for path in ["download/shop.test/\(id)", "download/shop.test/\(id)/a.png", "thumbnail/shop.test/\(id)"] {
            let reply = try await server.ask(.get, "/_matrix/media/v3/\(path)")
            #expect(reply.status == 404 && reply.json?["errcode"]?.stringValue == "M_NOT_FOUND")
        }
        for path in ["\(root)/config", "/_matrix/media/v3/config"] {
            let reply = try await server.ask(.get, path)
            #expect(reply.json?["m.upload.size"]?.intValue == 52_428_800)
        }
        #expect(try await server.ask(.get, "\(root)/download/other.test/\(id)").status == 404)
    }

    @Test("an id is made first and filled later, once")
    func later() async throws {
        let server = try MediaServer()
        let made = try await server.ask(.post, "/_matrix/media/v1/create")
        let address = try #require(made.json?["content_uri"]?.stringValue)
        #expect(made.json?["unused_expires_at"]?.intValue != nil)
        let id = address.dropFirst("mxc://shop.test/".count)
        let early = try await server.ask(.get, "/_matrix/client/v1/media/download/shop.test/\(id)?timeout_ms=0")
        #expect(early.status == 504 && early.json?["errcode"]?.stringValue == "M_NOT_YET_UPLOADED")
        let path = "/_matrix/media/v3/upload/shop.test/\(id)"
        #expect(try await server.ask(.put, path, token: "2", body: [9]).status == 403)
        #expect(try await server.ask(.put, path, headers: [.contentType: "text/plain"], body: [9]).status == 200)
        #expect(try await server.ask(.put, path, body: [8]).status == 409)
        #expect(try await server.download(String(id)).body == [9])
        #expect(try await server.ask(.put, "/_matrix/media/v3/upload/other.test/\(id)", body: [8]).status == 404)
    }

    @Test("MSG-45 thumbnails by query, and what is wrong with a query")
    func thumbnails() async throws {
        let server = try MediaServer()
        let id = try await server.upload(try Self.picture())
        let root = "/_matrix/client/v1/media/thumbnail/shop.test/\(id)"
        let small = try await server.ask(.get, "\(root)?width=20&height=30&method=crop")
        let probe = try ImageProbe.read(small.body)
        #expect(small.status == 200 && probe.width == 32 && probe.height == 32)
        #expect(small["Content-Type"] == "image/jpeg")
        let scaled = try ImageProbe.read(try await server.ask(.get, "\(root)?width=200&height=100").body)
        #expect(scaled.width == 320 && scaled.height == 240)
        for (query, code) in [
            ("?width=20", "M_MISSING_PARAM"), ("?width=a&height=1", "M_INVALID_PARAM"),
            ("?width=0&height=1", "M_INVALID_PARAM"), ("?width=9&height=9&method=blur", "M_INVALID_PARAM"),
        ] {
            #expect(try await server.ask(.get, root + query).json?["errcode"]?.stringValue == code)
        }
    }

    @Test("too long uploads are refused by their announced length and by their real one")
    func tooLong() async throws {
        let server = try MediaServer { $0.maximumBytes = 100 }
        let bytes = [UInt8](repeating: 1, count: 101)
        let announced = try await server.ask(
            .post, "/_matrix/media/v3/upload", headers: [.contentLength: "101"], body: bytes)
        #expect(announced.status == 413)
        let real = try await server.ask(.post, "/_matrix/media/v3/upload", body: bytes)
        #expect(real.status == 413 && real.json?["errcode"]?.stringValue == "M_TOO_LARGE")
    }

    private static func picture() throws -> [UInt8] {
        let white = Pixel(red: 255, green: 255, blue: 255)
        return try Image(width: 400, height: 300, format: .rgb8, filledWith: white).encoded(as: .jpeg(quality: 80))
    }
}
