internal import Basics
internal import Foundation
internal import Storage

/// Feeds of products among the listed sites: fetched anew each day, and imported as files are.
extension Catalogue {
    /// How long after its last run a feed is asked for again.
    static let feedMilliseconds: Int64 = 24 * 3_600_000
    static let feedBytes = 64 << 20

    /// Fetches a feed and brings its products in. A run that was stopped goes on with the file that it fetched.
    ///
    /// - Parameter known: the feed, where it was fetched already.
    /// - Throws: ``RequestError`` with the reason why there is no feed.
    func importFeed(
        _ known: [UInt8]?, of source: CrawlSource, fetch: PageFetch, job: Int64,
        progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        let path = feedPath(job)
        if !FileManager.default.fileExists(atPath: path) {
            let bytes: [UInt8]
            if let known { bytes = known } else { bytes = try await feed(of: source, fetch) }
            let url = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url, options: .atomic)
        }
        var defaults = ImportDefaults()
        (defaults.shop, defaults.addsCategories) = (source.shop, false)
        let counts = try await runImport(path, defaults, job: job, fetch: fetch, progress: progress)
        try await database.write { context in
            try CrawlQueries.setFeed(source.number, in: context)
            try CrawlQueries.ended(source.number, in: context)
        }
        try? FileManager.default.removeItem(atPath: path)
        return ["feed": counts]
    }

    private func feedPath(_ job: Int64) -> String { "\(environment.folder)/feeds/\(number)-\(job).xml" }

    private func feed(of source: CrawlSource, _ fetch: PageFetch) async throws -> [UInt8] {
        let site = try await SiteVisit(source.address, fetch: fetch)
        let bytes: [UInt8]
        do {
            bytes = try await site.file(source.address, limit: Self.feedBytes)
        } catch {
            throw RequestError.resourceLimit("\(source.address): \(error.cause).")
        }
        guard ProductFeed.products(bytes) != nil else {
            throw RequestError.invalidParam("\(source.address) holds no products any more.")
        }
        return bytes
    }

    /// Feeds whose last run is a day old.
    func feedsToPoll() async throws -> [Int64] {
        let now = database.now
        return try await crawlSources().filter { source in
            source.isFeed && now - (source.ranMilliseconds ?? now) >= Self.feedMilliseconds
        }.map(\.number)
    }
}
