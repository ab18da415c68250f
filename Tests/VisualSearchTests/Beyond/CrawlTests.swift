import Basics
import Storage
import Synchronization
import Testing

@testable import VisualSearch

@Suite("Fetching of listed sites")
struct CrawlTests {
    /// A site as its own answers: pages by path; what is asked is noted.
    private final class Site: Sendable {
        let pages: [String: PageFetch.Page]
        let asked = Mutex<[String]>([])

        init(_ pages: [String: PageFetch.Page]) { self.pages = pages }

        var fetch: PageFetch {
            PageFetch { [self] address, limit, pause in
                #expect(pause >= 1)
                asked.withLock { $0.append(address) }
                let path = String(address.dropFirst("https://shop.test".count))
                guard address.hasPrefix("https://shop.test/"), let page = pages[path] else {
                    return PageFetch.Page(status: 404)
                }
                guard page.body.count <= limit else { throw RequestError.tooLarge("too long") }
                return page
            }
        }
    }

    private static func text(_ text: String) -> PageFetch.Page { PageFetch.Page(status: 200, body: Array(text.utf8)) }

    private static func product(_ sku: String, picture: String) -> PageFetch.Page {
        text(
            """
            <html><head><script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
            {"@type": "WebPage"}, {"@type": ["Product"], "sku": "\(sku)", "name": "Thing \(sku)",
            "brand": {"@type": "Brand", "name": "Acme"}, "image": ["\(picture)"], "category": "Home > shoes",
            "offers": {"@type": "Offer", "price": "12.90", "priceCurrency": "EUR",
            "availability": "https://schema.org/OutOfStock"}}]}</script></head></html>
            """)
    }

    private static var shop: [String: PageFetch.Page] {
        [
            "/robots.txt": text(
                "User-agent: *\nDisallow: /private\nCrawl-delay: 2\nSitemap: https://shop.test/maps.xml"),
            "/maps.xml": text("<sitemapindex><sitemap><loc>https://shop.test/all.xml</loc></sitemap></sitemapindex>"),
            "/all.xml": text(
                """
                <urlset><url><loc>https://shop.test/a</loc></url><url><loc>https://shop.test/b</loc></url>
                <url><loc>https://other.test/x</loc></url><url><loc>https://shop.test/private/c</loc></url>
                <url><loc>https://shop.test/about</loc></url><url><loc>https://shop.test/away</loc></url></urlset>
                """),
            "/a": product("A", picture: "/a.png"), "/a.png": PageFetch.Page(status: 200, body: Goods.photo(1)),
            "/b": PageFetch.Page(status: 301, location: "/b2"),
            "/b2": product("B", picture: "https://other.test/b.png"),
            "/about": text("<p>About us</p>"), "/away": PageFetch.Page(status: 302, location: "https://127.0.0.1/"),
        ]
    }

    @Test("SCAN-031 a listed site is gone through by its rules: its own pages alone, products with their pictures")
    func walk() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        let site = Site(Self.shop)
        let source = try await catalogue.addCrawlSource("https://shop.test/")
        let jobs = CatalogueJobs(open.catalogues, fetch: site.fetch)
        let job = try await jobs.requestCrawl(source, into: "shop")
        while try await jobs.runNext(owner: "test") != nil {}
        let ended = try #require(try await jobs.job(job))
        #expect(ended.state == .done, "\(ended.error ?? "")")
        let item = try #require(try await catalogue.items(sku: "A").first).draft
        #expect(item.title == "Thing A" && item.price == 1_290 && item.currency == "EUR" && item.stock == 0)
        #expect(item.category == "shoes" && item.attributes["brand"] == "Acme" && item.link == "https://shop.test/a")
        #expect(item.shop == "shop.test")
        #expect(try await catalogue.found(Goods.photo(1)).first == "A")
        #expect(try await catalogue.items(sku: "B").count == 1)
        let refused = Dictionary(
            uniqueKeysWithValues: try await catalogue.refusedPages(of: source).map { ($0.address, $0.cause) })
        #expect(refused["https://shop.test/private/c"]?.contains("robots") == true)
        #expect(refused["https://shop.test/about"]?.contains("no product") == true)
        #expect(refused["https://shop.test/away"]?.contains("another site") == true)
        let asked = site.asked.withLock { $0 }
        #expect(asked.allSatisfy { $0.hasPrefix("https://shop.test/") } && !asked.contains { $0.contains("private") })
        #expect(try await catalogue.crawlSources().first?.pages == ["done": 2, "refused": 3])
        await open.close()
    }

    @Test("SCAN-031 SCAN-115 a walk that stops goes on with the pages that are left")
    func stops() async throws {
        let shop = try Shop()
        let left = Mutex(2)
        var options = CatalogueOptions()
        options.faultPoint = { point in
            guard point == "page" else { return }
            let isNow = left.withLock { left in
                left -= 1
                return left == 0
            }
            if isNow { throw IngestFault(point) }
        }
        let first = try shop.open(options)
        let source = try await first.catalogues.create("shop").addCrawlSource("https://shop.test/maps.xml")
        let before = CatalogueJobs(first.catalogues, fetch: Site(Self.shop).fetch)
        _ = try await before.requestCrawl(source, into: "shop")
        await #expect(throws: IngestFault.self) { try await before.runNext(owner: "test") }
        await first.close()
        let second = try shop.open()
        let site = Site(Self.shop)
        let jobs = CatalogueJobs(second.catalogues, fetch: site.fetch)
        try await jobs.takeOver()
        while try await jobs.runNext(owner: "test") != nil {}
        let catalogue = try await second.catalogues.catalogue("shop")
        #expect(try await catalogue.items().map(\.draft.sku).sorted() == ["A", "B"])
        #expect(try await catalogue.crawlSources().first?.pages == ["done": 2, "refused": 3])
        #expect(!site.asked.withLock { $0 }.contains("https://shop.test/a"))
        await second.close()
    }

    @Test("SCAN-033 a listed feed of products is imported, and asked for again when a day has passed")
    func feed() async throws {
        let shop = try Shop()
        let clock = TestClock()
        let open = try shop.open(clock: clock)
        let catalogue = try await open.catalogues.create("shop")
        func feed(_ skus: [String]) -> PageFetch.Page {
            let items = skus.map { sku in
                "<item><g:id>\(sku)</g:id><title>Thing</title><g:image_link>https://shop.test/a.png</g:image_link></item>"
            }
            return Self.text("<rss><channel>\(items.joined())<item/></channel></rss>")
        }
        var pages = ["/a.png": PageFetch.Page(status: 200, body: Goods.photo(1)), "/feed.xml": feed(["A"])]
        let source = try await catalogue.addCrawlSource("https://shop.test/feed.xml", shop: "supplier")
        let jobs = CatalogueJobs(open.catalogues, fetch: Site(pages).fetch)
        #expect(try await catalogue.feedsToPoll().isEmpty)
        let job = try await jobs.requestCrawl(source, into: "shop")
        while try await jobs.runNext(owner: "test") != nil {}
        let result = try JSON(parsing: try #require(try await jobs.job(job)?.result))
        #expect(result["feed"]?["lines"]?["accepted"] == 1 && result["feed"]?["lines"]?["refused"] == 1)
        #expect(try await catalogue.items(sku: "A").first?.draft.shop == "supplier")
        #expect(try await catalogue.found(Goods.photo(1)).first == "A")
        #expect(try await catalogue.crawlSources().first?.isFeed == true)
        #expect(try await catalogue.feedsToPoll().isEmpty)
        clock.advance(milliseconds: Catalogue.feedMilliseconds)
        pages["/feed.xml"] = feed(["A", "B"])
        let later = CatalogueJobs(open.catalogues, fetch: Site(pages).fetch)
        try await later.requestFollowUps(of: "shop")
        while try await later.runNext(owner: "test") != nil {}
        #expect(try await catalogue.items().map(\.draft.sku).sorted() == ["A", "B"])
        #expect(try await catalogue.feedsToPoll().isEmpty)
        await open.close()
    }

    @Test("SCAN-031 a site that fails is left alone, one whose rules cannot be had is not fetched at all")
    func failing() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        let urls = (0..<20).map { "<url><loc>https://shop.test/\($0)</loc></url>" }.joined()
        var pages = ["/robots.txt": PageFetch.Page(status: 404), "/map.xml": Self.text("<urlset>\(urls)</urlset>")]
        for number in 0..<20 { pages["/\(number)"] = PageFetch.Page(status: 503) }
        for (pages, count) in [(pages, 2 + CrawlRun.patience), (["/robots.txt": PageFetch.Page(status: 500)], 1)] {
            let site = Site(pages)
            let source = try await catalogue.addCrawlSource(
                "https://shop.test/map.xml?\(count)".replacing("?7", with: ""))
            let jobs = CatalogueJobs(open.catalogues, fetch: site.fetch)
            let job = try await jobs.requestCrawl(source, into: "shop")
            _ = try await jobs.runNext(owner: "test")
            #expect(site.asked.withLock { $0.count } == count)
            #expect(try await jobs.job(job)?.state == .waiting)
            try await jobs.cancel(job)
            try await catalogue.removeCrawlSource(source)
        }
        await #expect(throws: RequestError.self) { try await catalogue.addCrawlSource("ftp://x.test/") }
        #expect(try await catalogue.crawlSources().isEmpty)
        await open.close()
    }

    @Test("rules of robots: the own group, the longest rule, stars and ends")
    func robots() {
        let text = """
            User-agent: other
            Disallow: /
            User-agent: vitrine
            User-agent: third
            Disallow: /a
            Allow: /a/b
            Disallow: /*.pdf$
            Disallow: /q*x*y
            Crawl-delay: 7
            User-agent: *
            Disallow: /only
            """
        let rules = RobotsRules(text, robot: "Vitrine")
        for (path, isAllowed) in [
            ("/", true), ("/a", false), ("/a/b/c", true), ("/x.pdf", false), ("/x.pdf?1", true), ("/only", true),
            ("/q1x2y3", false), ("/q1x2", true),
        ] { #expect(rules.allows(path) == isAllowed, "\(path)") }
        #expect(rules.pauseSeconds == 7)
        #expect(!RobotsRules(text, robot: "unknown").allows("/only/1"))
        #expect(RobotsRules("", robot: "Vitrine").allows("/x") && !RobotsRules.closed.allows("/x"))
        #expect(
            RobotsRules("User-agent: *\nDisallow: \(String(repeating: "*a", count: 900))b", robot: "v")
                .allows("/" + String(repeating: "a", count: 900)))
    }
}
