internal import Basics
internal import Foundation
internal import Storage

/// Sites whose products are fetched: only those that the operator listed.
extension Catalogue {
    /// Lists a site.
    ///
    /// - Parameters:
    ///   - address: its list of pages (`https://shop.example/sitemap.xml`), or any page of it.
    ///   - shop: whose items these are; the host's name unless told.
    /// - Throws: ``RequestError`` 400 for an address that is none.
    @discardableResult
    public func addCrawlSource(_ address: String, shop: String = "") async throws -> Int64 {
        guard let url = URL(string: address), let host = url.host(), !host.isEmpty, url.user() == nil,
            ["https", "http"].contains(url.scheme), address.utf8.count <= 2_000
        else { throw RequestError.invalidParam("'\(address)' is no address of a site.") }
        return try await database.write { [number] context in
            try CrawlQueries.insert(address, shop: shop.isEmpty ? host : shop, of: number, in: context)
        }
    }

    /// The sites that are listed, with how their pages stand.
    public func crawlSources() async throws -> [CrawlSource] {
        try await database.read { [number] in try CrawlQueries.sources(of: number, $0) }
    }

    /// Takes a site off the list; its items stay.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such site.
    public func removeCrawlSource(_ source: Int64) async throws {
        let isGone = try await database.write { [number] in try CrawlQueries.remove(source, of: number, in: $0) }
        guard isGone else { throw RequestError.notFound("There is no site \(source) on the list.") }
    }

    /// Pages of a site that brought no item, with the reason.
    public func refusedPages(of source: Int64) async throws -> [(address: String, cause: String)] {
        try await database.read { try CrawlQueries.refused(of: source, limit: 1_000, $0) }
    }

    /// Goes through a site. Pages that were dealt with stay so: a run that was stopped goes on with the others.
    func crawl(
        _ source: Int64, fetch: PageFetch?, job: Int64,
        progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        guard let fetch else { throw RequestError.resourceLimit("This process asks no other servers.") }
        guard let known = try await crawlSources().first(where: { $0.number == source }) else {
            throw RequestError.notFound("There is no site \(source) on the list.")
        }
        if known.isFeed { return try await importFeed(nil, of: known, fetch: fetch, job: job, progress: progress) }
        do {
            return try await CrawlRun(catalogue: self, source: known, fetch: fetch).run(progress: progress)
        } catch let feed as FoundFeed {
            return try await importFeed(feed.bytes, of: known, fetch: fetch, job: job, progress: progress)
        }
    }
}
