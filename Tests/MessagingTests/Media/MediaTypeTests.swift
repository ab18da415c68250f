import Imaging
import Testing

@testable import Messaging

@Suite("Media types")
struct MediaTypeTests {
    @Test(
        "only harmless types are shown in place",
        arguments: [
            ("image/png", ImageFormat.png, true), ("IMAGE/PNG ; x=y", .png, true),
            ("text/plain; charset=utf-8", nil, true),
            ("text/html", nil, false), ("text/html", .png, false), ("image/svg+xml", .svg, false),
            ("image/png", .svg, false), ("text/plain", .html, false), ("application/pdf", .pdf, false),
            ("application/javascript", nil, false), ("application/octet-stream", .jpeg, false), ("", nil, false),
            ("video/mp4", .mp4, true), ("text/xml", nil, false), ("image/png, text/html", .png, false),
        ] as [(String, ImageFormat?, Bool)])
    func inline(type: String, sniffed: ImageFormat?, isInline: Bool) {
        #expect(MediaType.mayBeInline(type, sniffed: sniffed) == isInline)
    }

    @Test("only what has the form of a type is kept")
    func accepted() {
        for type in ["image/png", "text/plain; charset=utf-8", "application/vnd.x+json"] {
            #expect(MediaType.accepted(type) == type)
        }
        for type in [
            "", "png", "/", "a/", "/b", "a/b/c", "a b/c", "image/png\r\nX: 1", "a/\u{E9}",
            String(repeating: "a/", count: 200),
        ] {
            #expect(MediaType.accepted(type) == nil, "\(type)")
        }
        #expect(MediaType.accepted(nil) == nil)
    }
}
