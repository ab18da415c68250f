internal import Basics
internal import Foundation
internal import Imaging
internal import Storage

/// An address that was thought to list pages holds a feed of products.
struct FoundFeed: Error {
    let bytes: [UInt8]
}

/// One walk through a listed site: its rules, its lists of pages, then page by page.
struct CrawlRun: Sendable {
    let catalogue: Catalogue
    let source: CrawlSource
    let fetch: PageFetch

    static let mostPages = 5_000
    static let mostMaps = 20
    static let pageBytes = 4 << 20
    /// What a run may fetch in all.
    static let runBytes = 512 << 20
    /// Failures one after the other after which the site is left alone for now.
    static let patience = 5

    /// Works off all pages that wait; lists them first when none does.
    func run(progress: @escaping @Sendable (Double, String) async throws -> Void) async throws -> JSON {
        let site = try await SiteVisit(source.address, fetch: fetch)
        if try await next() == nil { try await list(site) }
        var (items, refused, bytes, failures) = (0, 0, 0, 0)
        while let address = try await next() {
            guard bytes < Self.runBytes else { break }
            do {
                bytes += try await take(address, site)
                failures = 0
                items += 1
            } catch let refusal as PageRefusal {
                try await end(address, "refused", refusal.cause)
                failures = refusal.isFailure ? failures + 1 : 0
                refused += 1
            }
            try catalogue.options.faultPoint("page")
            guard failures < Self.patience else {
                throw RequestError.resourceLimit("\(site.host) failed \(failures) times one after the other.")
            }
            try await progress(0.5, "\(items + refused) pages, \(items) items")
        }
        try await catalogue.database.write { [source] in try CrawlQueries.ended(source.number, in: $0) }
        try await catalogue.finishPending()
        try await catalogue.catchUp()
        return ["items": .int(Int64(items)), "refused": .int(Int64(refused)), "bytes": .int(Int64(bytes))]
    }

    private func next() async throws -> String? {
        try await catalogue.database.read { [source] in try CrawlQueries.waiting(of: source.number, $0) }
    }

    private func end(_ address: String, _ state: String, _ cause: String?) async throws {
        try await catalogue.database.write { [source] context in
            try CrawlQueries.end(address, of: source.number, state: state, cause: cause, in: context)
        }
    }

    // MARK: Lists

    private func list(_ site: SiteVisit) async throws {
        let own = URL(string: "/sitemap.xml", relativeTo: URL(string: source.address))?.absoluteString
        let isMap = [".xml", ".txt", ".rss", ".atom"].contains { source.address.hasSuffix($0) }
        var maps =
            isMap ? [source.address] : site.robots.siteMaps.isEmpty ? [own].compactMap(\.self) : site.robots.siteMaps
        var (seen, pages): (Set<String>, [String]) = ([], [])
        while let map = maps.popLast(), seen.count < Self.mostMaps, pages.count < Self.mostPages {
            guard site.holds(map), seen.insert(map).inserted else { continue }
            let limit = map == source.address ? Catalogue.feedBytes : Self.pageBytes
            let page = try await fetch.get(map, limit, site.pause)
            guard page.status == 200 else { continue }
            guard let read = SiteMap(page.body) else {
                if map == source.address, ProductFeed.products(page.body) != nil { throw FoundFeed(bytes: page.body) }
                continue
            }
            maps += read.maps
            pages += read.pages.filter(site.holds).prefix(Self.mostPages - pages.count)
        }
        if pages.isEmpty, !isMap { pages = [source.address] }
        guard !pages.isEmpty else {
            throw RequestError.invalidParam("\(source.address) lists no pages of \(site.host).")
        }
        try await catalogue.database.write { [source, pages] in
            try CrawlQueries.list(pages, of: source.number, in: $0)
        }
    }

    // MARK: Pages

    /// Fetches a page and puts its product in; the bytes that were fetched.
    private func take(_ address: String, _ site: SiteVisit) async throws -> Int {
        let page = try await site.file(address, limit: Self.pageBytes)
        guard let product = ProductPage(page, address: address, shop: source.shop) else {
            throw PageRefusal(cause: "the page describes no product")
        }
        var (uploads, bytes): ([PictureUpload], Int) = ([], page.count)
        for picture in product.pictures {
            let full = URL(string: picture, relativeTo: URL(string: address))?.absoluteString ?? picture
            guard let file = try? await site.file(full, limit: catalogue.options.limits.maximumBytes) else {
                continue
            }
            bytes += file.count
            uploads.append(PictureUpload(bytes: file, name: full))
        }
        do {
            try await catalogue.put(product.draft, pictures: uploads, waitsForIndex: false)
        } catch let error as RequestError where error.status < 500 {
            throw PageRefusal(cause: error.message)
        }
        try await end(address, "done", nil)
        return bytes
    }
}
