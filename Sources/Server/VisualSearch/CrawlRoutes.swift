import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import VisualSearch

/// Sites whose products are fetched: a list that people of the shop keep. Without a site on it nothing is asked.
struct CrawlRoutes: RouteGroup {
    let access: CatalogueAccess
    let jobs: CatalogueJobs

    func add(to routes: inout RouteTable) {
        let path = "/api/v1/crawl/sources"
        routes.get(path, .catalogue) { call, session in
            try session.requireShop()
            return .json(try await list(try await access.catalogue(call)))
        }
        routes.post(path, .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogueToFill(call)
            let body = try await call.object()
            try await catalogue.addCrawlSource(
                try body.required("address", try body.string("address")), shop: try body.string("shop") ?? "")
            return .json(try await list(catalogue), status: .created)
        }
        routes.delete(path + "/{source}", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            try await catalogue.removeCrawlSource(try source(call))
            return .json(try await list(catalogue))
        }
        routes.get(path + "/{source}", .catalogue) { call, session in
            try session.requireShop()
            let refused = try await access.catalogue(call).refusedPages(of: try source(call))
            return .json([
                "refused": .array(refused.map { ["address": .string($0.address), "cause": .string($0.cause)] })
            ])
        }
        routes.post(path + "/{source}/run", .catalogue) { call, session in
            try session.requireShop()
            let job = try await jobs.requestCrawl(try source(call), into: try await access.catalogue(call).name)
            return .json(["job": .int(job)], status: .accepted)
        }
    }

    private func source(_ call: Call) throws -> Int64 {
        guard let number = Int64(call.parameter("source")) else {
            throw RequestError.notFound("There is no such site on the list.")
        }
        return number
    }

    private func list(_ catalogue: Catalogue) async throws -> JSON {
        [
            "sources": .array(
                try await catalogue.crawlSources().map { source in
                    var object: JSONObject = [
                        "source": .int(source.number), "address": .string(source.address),
                        "shop": .string(source.shop), "feed": .bool(source.isFeed),
                    ]
                    object["ran"] = source.ranMilliseconds.map { .int($0) }
                    for state in ["waiting", "done", "refused"] { object[state] = .int(source.pages[state] ?? 0) }
                    return .object(object)
                })
        ]
    }
}
