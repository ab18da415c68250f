internal import Basics
internal import Foundation

/// Asks one site for files, by its own rules for robots and not faster than it wants.
struct SiteVisit: Sendable {
    let host: String
    let robots: RobotsRules
    /// Seconds between two requests.
    let pause: Double
    let fetch: PageFetch

    private static let leastPause = 1.0
    private static let mostRedirections = 4

    /// Asks for the rules of a site. Without rules everything is allowed; while they cannot be had, nothing is.
    ///
    /// - Parameter address: any address of the site.
    /// - Throws: ``RequestError`` when this is no address, or the rules cannot be had.
    init(_ address: String, fetch: PageFetch) async throws {
        guard let host = Self.host(address),
            let rules = URL(string: "/robots.txt", relativeTo: URL(string: address))?.absoluteString
        else { throw RequestError.invalidParam("'\(address)' is no address of a site.") }
        let page = try await fetch.get(rules, RobotsRules.maximumBytes, Self.leastPause)
        switch page.status {
        case 200: robots = RobotsRules(String(decoding: page.body, as: UTF8.self), robot: PageFetch.robot)
        case 400..<500: robots = RobotsRules("", robot: PageFetch.robot)
        default: throw RequestError.resourceLimit("\(rules) answered \(page.status): nothing is fetched for now.")
        }
        self.host = host
        self.fetch = fetch
        pause = max(Self.leastPause, robots.pauseSeconds ?? 0)
    }

    /// The host of an address, in small letters.
    static func host(_ address: String) -> String? {
        guard let host = URL(string: address)?.host()?.lowercased(), !host.isEmpty else { return nil }
        return host
    }

    /// Whether an address lies on this site.
    func holds(_ address: String) -> Bool { Self.host(address) == host }

    /// Fetches a file. Follows a few redirections, none of which leads off the site or past its rules.
    func file(_ address: String, limit: Int) async throws(PageRefusal) -> [UInt8] {
        var address = address
        for _ in 0..<Self.mostRedirections {
            guard let url = URL(string: address), holds(address) else {
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

/// Why a page brings nothing.
struct PageRefusal: Error {
    let cause: String
    /// Whether the site could not answer; else the page is just not what is looked for.
    var isFailure = false
}
