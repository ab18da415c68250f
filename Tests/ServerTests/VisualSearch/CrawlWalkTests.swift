import Basics
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import Server
@testable import VisualSearch

@Suite("Walks through a listed site")
struct CrawlWalkTests {
    /// A small shop: rules, a list of pages, two products and a page that is none.
    private final class Site: Sendable {
        let base = Mutex("")
        let picture: [UInt8]

        init() throws { picture = try DrawnGoods.photo(3) }

        func answer(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer {
            let base = base.withLock { $0 }
            func text(_ text: String, _ type: String) -> HTTPReceiver.Answer {
                .init(200, Array(text.utf8), type: type)
            }
            switch request.path {
            case "/robots.txt":
                return text("User-agent: *\nDisallow: /secret\nSitemap: \(base)/map.xml\n", "text/plain")
            case "/map.xml":
                let pages = ["p/1", "p/2", "about", "secret/3"].map { "<url><loc>\(base)/\($0)</loc></url>" }
                return text("<urlset>\(pages.joined())</urlset>", "application/xml")
            case "/p/1", "/p/2":
                let sku = String(request.path.suffix(1))
                let image = sku == "1" ? ", \"image\": \"/p.png\"" : ""
                return text(
                    """
                    <html><script type="application/ld+json">{"@type": "Product", "sku": "\(sku)", "name": "Thing \(sku)"\
                    \(image), "offers": {"price": "3.50", "priceCurrency": "EUR"}}</script></html>
                    """, "text/html")
            case "/p.png": return .init(200, picture, type: "image/png")
            case "/about": return text("<p>About us</p>", "text/html")
            default: return .init(404)
            }
        }
    }

    @Test("SCAN-031 a site is listed, gone through over the network and taken off again by requests alone")
    func walk() async throws {
        let site = try Site()
        let receiver = try HTTPReceiver { site.answer($0) }
        site.base.withLock { $0 = receiver.baseURL }
        let http = OutgoingHTTP()
        let open = try #require(NetworkList(["127.0.0.0/8"]))
        try await ScanServer.with { server in
            let path = "/api/v1/crawl/sources"
            #expect(try await server.ask(.get, path, as: "7").status == 403)
            #expect(try await server.ask(.post, path, as: "mei", json: ["address": "ftp://x.test/"]).status == 400)
            let listed = try await server.ask(
                .post, path, as: "mei", json: ["address": .string(receiver.baseURL + "/"), "shop": "corner"])
            let number = try #require(listed.json?["sources"]?.arrayValue?.first?["source"]?.intValue)
            #expect(try await server.ask(.post, "\(path)/\(number)/run", as: "mei").status == 202)
            let jobs = CatalogueJobs(
                server.catalogues, fetch: .outgoing(http, except: open, pace: HostPace { _ in }))
            while try await jobs.runNext(owner: "test") != nil {}
            let first = try await server.ask(.get, "/api/v1/catalogue/items/1").json
            #expect(
                first?["title"] == "Thing 1" && first?["price"] == 350 && first?["pictures"]?.arrayValue?.count == 1)
            let refused = try await server.ask(.get, "\(path)/\(number)", as: "mei").json?["refused"]?.arrayValue ?? []
            #expect(refused.count == 2)
            #expect(refused.contains { $0["cause"]?.stringValue?.contains("robots") == true })
            #expect(!receiver.requests.contains { $0.path.contains("secret") })
            #expect(receiver.requests.allSatisfy { $0.headers["user-agent"]?.hasPrefix("Vitrine") == true })
            let done = try await server.ask(.get, path, as: "mei").json?["sources"]?.arrayValue?.first
            #expect(done?["done"] == 2 && done?["refused"] == 2 && done?["waiting"] == 0)
            let gone = try await server.ask(.delete, "\(path)/\(number)", as: "mei")
            #expect(gone.json?["sources"] == [])
            #expect(try await server.ask(.get, "/api/v1/catalogue/items/2").status == 200)
        }
        await http.close()
    }
}
