import Foundation
import TestSupport
import Testing

@testable import Server

@Suite("Headers for browsers")
struct HeaderTests {
    /// A folder of pages, removed with the object.
    private final class Pages: Sendable {
        let folder = NSTemporaryDirectory() + "vitrine-pages-\(UUID().uuidString)"

        static let rows = """
            {"/": {"description": "customer", "script": "customer.js", "element": "c", "styles": []},
             "/agent": {"description": "agent", "script": "agent.js", "element": "a", "styles": [], "staff": true}}
            """

        init() throws {
            try FileManager.default.createDirectory(atPath: folder + "/web/parts", withIntermediateDirectories: true)
            for (name, text) in [
                ("web/pages.json", Self.rows), ("web/page.html", "{description}{links}{element}"),
                ("web/customer.js", "import './parts/a b.js';"), ("web/agent.js", ""),
                ("web/parts/a b.js", "let x = 1"), ("web/plain.html", "<p>plain"),
                ("web/.hidden.html", "secret"), ("web/notes.unknown", "secret"), ("secret.html", "secret"),
            ] { try Data(text.utf8).write(to: URL(filePath: folder + "/" + name)) }
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        var table: StaticPages { get throws { try StaticPages(folder: folder + "/web") } }
    }

    private func withPages(_ body: (RunningShell) async throws -> Void) async throws {
        let pages = try Pages()
        var wishes = RunningShell.Wishes()
        wishes.pages = try pages.table
        try await RunningShell.with(wishes, routes: { $0.add(SampleRoutes()) }, body)
    }

    @Test(
        "every page of the world may call the API, and is told so beforehand",
        arguments: ["/_matrix/client/versions", "/_matrix/nothing", "/api/v1/anything", "/.well-known/matrix/client"])
    func crossOrigin(path: String) async throws {
        try await withPages { shell in
            let preflight = try await shell.http.send("OPTIONS", path, headers: ["Origin": "https://shop.example"])
            #expect(preflight.status == 204)
            #expect(preflight[header: "access-control-allow-origin"] == "*")
            #expect(preflight[header: "access-control-allow-methods"] == "GET, POST, PUT, PATCH, DELETE, OPTIONS")
            #expect(
                preflight[header: "access-control-allow-headers"] == "X-Requested-With, Content-Type, Authorization")
            let reply = try await shell.http.send("GET", path, headers: ["Origin": "https://shop.example"])
            #expect(reply[header: "access-control-allow-origin"] == "*")
        }
    }

    @Test("pages may load from their own server only, and other pages may not frame or call them")
    func policy() async throws {
        try await withPages { shell in
            for (path, text) in [("/", "customer"), ("/agent", "agent"), ("/web/plain.html", "<p>plain")] {
                let page = try await shell.http.send("GET", path)
                #expect(page.text.hasPrefix(text))
                let policy = page[header: "content-security-policy"] ?? ""
                for rule in [
                    "default-src 'self'", "img-src 'self' blob: data:", "script-src 'self'", "style-src 'self'",
                    "connect-src 'self'", "frame-ancestors 'self'", "base-uri 'none'",
                ] { #expect(policy.contains(rule)) }
                #expect(!policy.contains("unsafe"))
                #expect(page[header: "x-content-type-options"] == "nosniff")
                #expect(page[header: "referrer-policy"] == "no-referrer")
                #expect(page[header: "access-control-allow-origin"] == nil)
                #expect(page[header: "content-type"] == "text/html; charset=utf-8")
            }
        }
    }

    @Test("a page that has not changed is not sent again")
    func revalidation() async throws {
        try await withPages { shell in
            let first = try await shell.http.send("GET", "/")
            let tag = try #require(first[header: "etag"])
            let again = try await shell.http.send("GET", "/", headers: ["If-None-Match": tag])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            #expect(try await shell.http.send("GET", "/", headers: ["If-None-Match": "\"other\""]).status == 200)
            let head = try await shell.http.send("HEAD", "/")
            #expect(head[header: "content-length"] == "\(first.body.count)")
            #expect(try await shell.http.send("POST", "/", body: []).status == 405)
        }
    }

    @Test(
        "no path leads out of the folder, and nothing hidden or unknown is served",
        arguments: [
            "/web/../secret.html", "/web/%2e%2e/secret.html", "/web/..%2fsecret.html", "/web//etc/passwd",
            "/web/parts/../../secret.html", "/../secret.html", "/web/.hidden.html", "/web/notes.unknown", "/web",
            "/web/", "/secret.html", "/web/plain.html%00.js", "/web/parts", "/web/page.html", "/etc/passwd",
            "/web/..\\secret.html",
        ])
    func traversal(path: String) async throws {
        try await withPages { shell in
            let reply = try await shell.http.send("GET", path)
            #expect(reply.status == 404 || reply.status == 400)
            #expect(!reply.text.contains("secret"))
        }
    }

    @Test("names with spaces are found in their escaped form")
    func escaped() async throws {
        try await withPages { shell in
            let script = try await shell.http.send("GET", "/web/parts/a%20b.js?v=1")
            #expect(script.text == "let x = 1")
            #expect(script[header: "content-type"] == "text/javascript; charset=utf-8")
        }
    }
}
