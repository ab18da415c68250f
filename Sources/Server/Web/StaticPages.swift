import Crypto
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The files of the web pages, read once at start. Only what is in this table can be served, so no path leads out of
/// it.
package struct StaticPages: Sendable {
    private struct Page: Sendable {
        let body: ByteBuffer
        let type: String
        let tag: String

        init(body: Data, type: String) {
            let digest = SHA256.hash(data: body).prefix(12).map {
                String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
            }
            self.body = ByteBuffer(bytes: body)
            self.type = type
            tag = "\"\(digest.joined())\""
        }
    }

    private let pages: [String: Page]

    /// No pages at all.
    package static let none = StaticPages(pages: [:])

    /// How many files there are.
    package var fileCount: Int { pages.keys.count { $0.hasPrefix("/web/") } }

    private init(pages: [String: Page]) { self.pages = pages }

    /// Reads the regular files under a folder, which answer `/web/...`, and its ``PageTable``, whose pages answer at
    /// their own addresses. Hidden files and those of unknown type are left out.
    ///
    /// - Throws: ``ConfigurationError`` for a table that names what is not there.
    package init(folder: String) throws {
        let root = URL(filePath: folder, directoryHint: .isDirectory)
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root.path())
        where Self.type(of: name) != nil && !name.split(separator: "/").contains(where: { $0.first == "." }) {
            files[name] = try Data(contentsOf: root.appending(path: name))
        }
        var pages: [String: Page] = [:]
        for (name, bytes) in files where !PageTable.ownFiles.contains(name) {
            if let type = Self.type(of: name) { pages["/web/" + name] = Page(body: bytes, type: type) }
        }
        for (address, text) in try PageTable(files: files).pages() {
            pages[address] = Page(body: Data(text.utf8), type: "text/html; charset=utf-8")
        }
        self.pages = pages
    }

    /// The reply to a request for a page; nil when there is no such page.
    func response(to request: Request, at path: RequestPath) -> Response? {
        guard let page = pages["/" + path.segments.joined(separator: "/")] else { return nil }
        guard request.method == .get || request.method == .head else {
            return ErrorReply.wrongMethod(allowed: [.get, .head])
        }
        // The chat stands in frames of the shop's pages, wherever they come from.
        var headers = path.segments == ["widget"] ? Self.embeddable : Self.headers
        headers[.eTag] = page.tag
        if request.headers[values: .ifNoneMatch].contains(where: { $0 == "*" || $0.contains(page.tag) }) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = page.type
        headers[.contentLength] = String(page.body.readableBytes)
        return Response(
            status: .ok, headers: headers, body: request.method == .head ? .init() : .init(byteBuffer: page.body))
    }

    private static func policy(framedBy ancestors: String, pictures: String) -> String {
        [
            "default-src 'self'", "img-src 'self' blob: data:\(pictures)", "style-src 'self'", "script-src 'self'",
            "connect-src 'self'", "frame-ancestors \(ancestors)", "base-uri 'none'", "form-action 'self'",
            "object-src 'none'",
        ].joined(separator: "; ")
    }

    /// The pinned item shows the picture of the shop's own page.
    private static let embeddable: HTTPFields = {
        var fields = headers
        fields[.contentSecurityPolicy] = policy(framedBy: "*", pictures: " https:")
        return fields
    }()

    /// What pages may load, and who may show them.
    static let headers: HTTPFields = [
        .contentSecurityPolicy: policy(framedBy: "'self'", pictures: ""),
        .xContentTypeOptions: "nosniff",
        .referrerPolicy: "no-referrer",
        .openerPolicy: "same-origin",
        .permissionsPolicy: "camera=(self), microphone=(self), geolocation=()",
        .cacheControl: "no-cache",
    ]

    private static func type(of name: String) -> String? {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "json", "webmanifest": "application/json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "webp": "image/webp"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "txt": "text/plain; charset=utf-8"
        default: nil
        }
    }
}
