internal import Basics
internal import Foundation
internal import Imaging
internal import Storage

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
    private static let leastPause = 1.0

    /// Works off all pages that wait; lists them first when none does.
    func run(progress: @escaping @Sendable (Double, String) async throws -> Void) async throws -> JSON {
        guard let host = URL(string: source.address)?.host() else {
            throw RequestError.invalidParam("'\(source.address)' is no address of a site.")
        }
        let robots = try await robots()
        let pause = max(Self.leastPause, robots.pauseSeconds ?? 0)
        if try await next() == nil { try await list(host, robots, pause) }
        var (items, refused, bytes, failures) = (0, 0, 0, 0)
        while let address = try await next() {
            guard bytes < Self.runBytes else { break }
            do {
                bytes += try await take(address, host, robots, pause)
                failures = 0
                items += 1
            } catch let refusal as PageRefusal {
                try await end(address, "refused", refusal.cause)
                failures = refusal.isFailure ? failures + 1 : 0
                refused += 1
            }
            try catalogue.options.faultPoint("page")
            guard failures < Self.patience else {
                throw RequestError.resourceLimit("\(host) failed \(failures) times one after the other.")
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

    // MARK: Rules and lists

    /// Without rules everything is allowed; while they cannot be had, nothing is.
    private func robots() async throws -> RobotsRules {
        guard let address = URL(string: "/robots.txt", relativeTo: URL(string: source.address))?.absoluteString else {
            return .closed
        }
        let page = try await fetch.get(address, RobotsRules.maximumBytes, Self.leastPause)
        switch page.status {
        case 200: return RobotsRules(String(decoding: page.body, as: UTF8.self), robot: PageFetch.robot)
        case 400..<500: return RobotsRules("", robot: PageFetch.robot)
        default: throw RequestError.resourceLimit("\(address) answered \(page.status): nothing is fetched for now.")
        }
    }

    private func list(_ host: String, _ robots: RobotsRules, _ pause: Double) async throws {
        let own = URL(string: "/sitemap.xml", relativeTo: URL(string: source.address))?.absoluteString
        let isMap = [".xml", ".txt"].contains { source.address.hasSuffix($0) }
        var maps = isMap ? [source.address] : robots.siteMaps.isEmpty ? [own].compactMap(\.self) : robots.siteMaps
        var (seen, pages): (Set<String>, [String]) = ([], [])
        while let map = maps.popLast(), seen.count < Self.mostMaps, pages.count < Self.mostPages {
            guard Self.isOn(host, map), seen.insert(map).inserted else { continue }
            let page = try await fetch.get(map, Self.pageBytes, pause)
            guard page.status == 200, let read = SiteMap(page.body) else { continue }
            maps += read.maps
            pages += read.pages.filter { Self.isOn(host, $0) }.prefix(Self.mostPages - pages.count)
        }
        if pages.isEmpty, !isMap { pages = [source.address] }
        guard !pages.isEmpty else {
            throw RequestError.invalidParam("\(source.address) lists no pages of \(host).")
        }
        try await catalogue.database.write { [source, pages] in
            try CrawlQueries.list(pages, of: source.number, in: $0)
        }
    }

    private static func isOn(_ host: String, _ address: String) -> Bool {
        URL(string: address)?.host()?.lowercased() == host.lowercased()
    }

    // MARK: Pages

    /// Why a page brings nothing.
    private struct PageRefusal: Error {
        let cause: String
        /// Whether the site could not answer; else the page is just not what is looked for.
        var isFailure = false
    }

    /// Fetches a page and puts its product in; the bytes that were fetched.
    private func take(_ address: String, _ host: String, _ robots: RobotsRules, _ pause: Double) async throws -> Int {
        let page = try await get(address, Self.pageBytes, host, robots, pause)
        guard let product = ProductPage(page, address: address, shop: source.shop) else {
            throw PageRefusal(cause: "the page describes no product")
        }
        var (uploads, bytes): ([PictureUpload], Int) = ([], page.count)
        for picture in product.pictures {
            let full = URL(string: picture, relativeTo: URL(string: address))?.absoluteString ?? picture
            guard let file = try? await get(full, catalogue.options.limits.maximumBytes, host, robots, pause) else {
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

    /// Follows a few redirections, none of which leads off the site or past its rules.
    private func get(
        _ address: String, _ limit: Int, _ host: String, _ robots: RobotsRules, _ pause: Double
    ) async throws -> [UInt8] {
        var address = address
        for _ in 0..<4 {
            guard let url = URL(string: address), Self.isOn(host, address) else {
                throw PageRefusal(cause: "\(address) lies on another site")
            }
            let path = (url.path().isEmpty ? "/" : url.path()) + (url.query().map { "?" + $0 } ?? "")
            guard robots.allows(path) else { throw PageRefusal(cause: "the site does not allow robots here") }
            let page: PageFetch.Page
            do {
                page = try await fetch.get(address, limit, pause)
            } catch {
                throw PageRefusal(cause: (error as? RequestError)?.message ?? "\(error)", isFailure: true)
            }
            switch page.status {
            case 200: return page.body
            case 300..<400:
                let next = page.location.flatMap { URL(string: $0, relativeTo: url)?.absoluteString }
                guard let next else { throw PageRefusal(cause: "the page answered \(page.status)") }
                address = next
            case 429, 500...: throw PageRefusal(cause: "the page answered \(page.status)", isFailure: true)
            default: throw PageRefusal(cause: "the page answered \(page.status)")
            }
        }
        throw PageRefusal(cause: "the page sends to others again and again")
    }
}
