import Basics
import HTTPTypes
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Server
@testable import VisualSearch

/// Pictures that a feed names by address, fetched from a server on this machine through the program's own client.
@Suite("Pictures by address")
struct FetchedPictureTests {
    /// A shop with its rules for robots and two pictures; `late` fails until it is well again.
    private final class Site: Sendable {
        let isWell = Mutex(false)
        let thing: [UInt8]
        let other: [UInt8]

        init() throws {
            thing = try DrawnGoods.photo(1)
            other = try DrawnGoods.photo(2)
        }

        func answer(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer {
            switch request.path {
            case "/robots.txt": .init(200, Array("User-agent: *\nDisallow: /private\n".utf8), type: "text/plain")
            case "/thing.png", "/moved.png": .init(200, thing, type: "image/png")
            case "/old.png": .init(301, [], type: "text/plain", location: "/moved.png")
            case "/away.png": .init(302, [], type: "text/plain", location: "http://localhost:1/x.png")
            case "/words.png": .init(200, Array("no picture".utf8), type: "image/png")
            case "/late.png" where isWell.withLock { $0 }: .init(200, other, type: "image/png")
            case "/late.png": .init(503)
            default: .init(404)
            }
        }
    }

    /// Waits take no time, and what was waited for is noted.
    private static func fetch(_ http: OutgoingHTTP, open networks: [String], waited: Waits) throws -> PageFetch {
        .outgoing(http, except: try #require(NetworkList(networks)), pace: HostPace { waited.note($0) })
    }

    private final class Waits: Sendable {
        private let turns = Mutex<[ContinuousClock.Instant]>([])

        func note(_ turn: ContinuousClock.Instant) { turns.withLock { $0.append(turn) } }

        /// The least time between two requests that had to wait.
        var least: Duration? {
            let turns = turns.withLock { $0.sorted() }
            return zip(turns, turns.dropFirst()).map { $0.duration(to: $1) }.min()
        }
    }

    private static func table(_ base: String) -> [UInt8] {
        let rows = [
            "a,thing.png", "b,old.png", "c,private/x.png", "d,away.png", "e,words.png", "f,none.png", "g,late.png",
        ]
        let lines = rows.map { row in
            row.replacing(",", with: ",\(base)/")
        }
        return Array((["sku,picture"] + lines + ["h,https://other.test/x.png"]).joined(separator: "\n").utf8)
    }

    /// Imports the table; what became of each item's picture, by SKU.
    private static func imported(
        _ server: ScanServer, _ table: [UInt8], _ fetch: PageFetch?
    ) async throws -> [String: (ImportOutcome, String)] {
        let begun = try await server.ask(.post, "/api/v1/imports", as: "mei", type: "text/csv", table)
        let job = try #require(begun.json?["import"]?.intValue)
        let jobs = CatalogueJobs(server.catalogues, fetch: fetch)
        while try await jobs.runNext(owner: "test") != nil {}
        let report = try await server.catalogues.catalogue("shop").importReport(of: job)
        let skus = Dictionary(uniqueKeysWithValues: report.lines.map { ($0.line, $0.sku) })
        return Dictionary(
            uniqueKeysWithValues: report.pictures.map { (skus[$0.line] ?? "", ($0.outcome, $0.cause ?? "")) })
    }

    @Test(
        "SCAN-030 pictures that a feed names by address come from listed sites, by their rules, and failures cost none")
    func pictures() async throws {
        let site = try Site()
        let receiver = try HTTPReceiver { site.answer($0) }
        let http = OutgoingHTTP()
        let waited = Waits()
        let fetch = try Self.fetch(http, open: ["127.0.0.0/8"], waited: waited)
        try await ScanServer.with { server in
            let table = Self.table(receiver.baseURL)
            let catalogue = try await server.catalogues.create("shop")
            // Nothing is listed: nothing is asked.
            let closed = try await Self.imported(server, table, fetch)
            #expect(closed.values.allSatisfy { $0.0 == .refused && $0.1.contains("list of sites") })
            #expect(receiver.requests.isEmpty)
            _ = try await catalogue.addCrawlSource(receiver.baseURL + "/feed.xml")
            let first = try await Self.imported(server, table, fetch)
            #expect(first["a"]?.0 != .refused && first["b"]?.0 != .refused)
            for (sku, cause) in [
                ("c", "does not allow robots"), ("d", "another site"), ("f", "404"), ("g", "503"),
                ("h", "list of sites"),
            ] { #expect(first[sku]?.0 == .refused && first[sku]?.1.contains(cause) == true, "\(sku) \(first)") }
            #expect(first["e"]?.0 == .refused)
            #expect(!receiver.requests.contains { $0.path.contains("private") })
            #expect(receiver.requests.count { $0.path == "/robots.txt" } == 1)
            let least = try #require(waited.least)
            #expect(least >= .milliseconds(999))
            site.isWell.withLock { $0 = true }
            #expect(try await Self.imported(server, table, fetch)["g"]?.0 != .refused)
            // A site that fails again takes no picture away from an item that has it.
            site.isWell.withLock { $0 = false }
            let again = try await Self.imported(server, table, fetch)
            #expect(again["a"]?.0 == .unchanged && again["g"]?.0 == .refused)
            let item = try #require(try await catalogue.items(sku: "g").first)
            #expect(try await catalogue.pictures(of: item.number).count == 1)
            let dry = try await server.ask(.post, "/api/v1/imports?dry_run=true", as: "mei", type: "text/csv", table)
            #expect(dry.json?["counts"]?["pictures"]?["refused"] == 8)
        }
        await http.close()
    }

    @Test("SCAN-030 an address of this machine is refused after its name was resolved, though its site is listed")
    func privateAddress() async throws {
        let receiver = try HTTPReceiver { _ in .init(200) }
        let http = OutgoingHTTP()
        let fetch = try Self.fetch(http, open: [], waited: Waits())
        try await ScanServer.with { server in
            let catalogue = try await server.catalogues.create("shop")
            _ = try await catalogue.addCrawlSource("http://localhost:\(receiver.port)/")
            let table = Array("sku,picture\na,http://localhost:\(receiver.port)/x.png\n".utf8)
            let found = try await Self.imported(server, table, fetch)
            #expect(found["a"]?.0 == .refused && found["a"]?.1.contains("this network") == true)
        }
        #expect(receiver.requests.isEmpty)
        await http.close()
    }
}
