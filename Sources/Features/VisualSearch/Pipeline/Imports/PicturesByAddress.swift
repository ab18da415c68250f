internal import Basics

/// Fetches pictures that a table or a feed names by address: only from sites on the operator's list, by their rules for
/// robots, and so much at most.
actor PicturesByAddress {
    /// What one import may fetch in all.
    static let mostBytes = 4 << 30
    /// Failures one after the other after which a site is left alone for the rest of the import.
    static let patience = 5

    private let hosts: Set<String>
    private let fetch: PageFetch?
    private var visits: [String: Task<SiteVisit, any Error>] = [:]
    private var failures: [String: Int] = [:]
    private var bytes = 0

    /// - Parameters:
    ///   - sources: the sites on the list.
    ///   - fetch: how other sites are asked; without it nothing is.
    init(_ sources: [CrawlSource], fetch: PageFetch?) {
        hosts = Set(sources.compactMap { SiteVisit.host($0.address) })
        self.fetch = fetch
    }

    /// Whether a name is an address.
    static func isAddress(_ name: String) -> Bool { name.hasPrefix("https://") || name.hasPrefix("http://") }

    /// Why an address would not even be asked for; nil when it would.
    func refusal(of address: String) -> String? {
        guard let host = SiteVisit.host(address) else { return "'\(address)' is no address of a site" }
        guard hosts.contains(host) else {
            return "\(host) is not on the list of sites that are asked: put it there first"
        }
        return fetch == nil ? "this process asks no other servers" : nil
    }

    /// Fetches a picture.
    ///
    /// - Throws: ``PageRefusal`` with the reason why there is none.
    func picture(_ address: String, limit: Int) async throws(PageRefusal) -> [UInt8] {
        if let cause = refusal(of: address) { throw PageRefusal(cause: cause) }
        guard let host = SiteVisit.host(address), let fetch else { throw PageRefusal(cause: "nothing can be asked") }
        guard failures[host, default: 0] < Self.patience else {
            throw PageRefusal(cause: "\(host) failed \(Self.patience) times one after the other", isFailure: true)
        }
        guard bytes < Self.mostBytes else {
            throw PageRefusal(cause: "the import has fetched \(Self.mostBytes >> 30) GiB, which is all it may")
        }
        let site = try await visit(host, address, fetch)
        do {
            let file = try await site.file(address, limit: limit)
            bytes += file.count
            failures[host] = 0
            return file
        } catch {
            if error.isFailure { failures[host, default: 0] += 1 }
            throw error
        }
    }

    /// The rules of a site are asked for once.
    private func visit(_ host: String, _ address: String, _ fetch: PageFetch) async throws(PageRefusal) -> SiteVisit {
        let task = visits[host] ?? Task { try await SiteVisit(address, fetch: fetch) }
        visits[host] = task
        do {
            return try await task.value
        } catch {
            throw PageRefusal(cause: (error as? RequestError)?.message ?? "\(error)", isFailure: true)
        }
    }
}
