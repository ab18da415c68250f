import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import VisualSearch

/// What customers looked for in vain, for people who buy in: gaps, things asked for by name, scans answered again.
struct WishRoutes: RouteGroup {
    let access: CatalogueAccess
    let jobs: CatalogueJobs

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/gaps", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            let known = try await catalogue.gaps(week: try call.query()["week"])
            return .json([
                "catalogue": .string(catalogue.name), "weeks": .array(known.weeks.map { .string($0) }),
                "gaps": .array(known.gaps.map(\.json)),
                "wanted": .array(try await catalogue.wanted().map(\.json)),
            ])
        }
        routes.get("/api/v1/gaps/feed.json", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            return .json(Self.feed(of: catalogue.name, try await catalogue.gaps().gaps))
        }
        routes.post("/api/v1/gaps", .catalogue) { call, session in
            try session.requireShop()
            let job = try await jobs.requestGaps(of: try await access.catalogue(call).name)
            return .json(["job": .int(job)], status: .accepted)
        }
        routes.get("/api/v1/replays", .catalogue) { call, session in
            try session.requireShop()
            let limit = Int(try call.query().integer("limit", clampedTo: 1...1_000) ?? 100)
            let replays = try await access.catalogue(call).replays(limit: limit)
            return .json(["replays": .array(replays.map(\.json))])
        }
        routes.post("/api/v1/replays", .catalogue) { call, session in
            try session.requireShop()
            let job = try await jobs.requestReplay(of: try await access.catalogue(call).name)
            return .json(["job": .int(job)], status: .accepted)
        }
        routes.get("/api/v1/titles", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            return .json(["catalogue": .string(catalogue.name), "figures": try await catalogue.titleFigures() ?? .null])
        }
    }

    /// The gaps as a JSON Feed 1.1.
    private static func feed(of catalogue: String, _ gaps: [FoundGap]) -> JSON {
        [
            "version": "https://jsonfeed.org/version/1.1", "title": .string("What \(catalogue) lacks"),
            "items": .array(
                gaps.map { gap in
                    var item: JSONObject = [
                        "id": .string("gap-\(gap.number)"), "title": .string(gap.sentence),
                        "content_text": .string("\(gap.sentence) Week \(gap.week)."),
                        "tags": .array([.string(gap.category)]), "_vitrine": gap.json,
                    ]
                    if let first = gap.samples.first { item["image"] = .string("/api/v1/scans/\(first)/picture") }
                    return .object(item)
                }),
        ]
    }
}

extension FoundGap {
    fileprivate var sentence: String {
        "\(scans) scans by \(visitors) people of a thing like this\(category.isEmpty ? "" : " (\(category))")."
    }

    fileprivate var json: JSON {
        [
            "id": .string(String(number)), "week": .string(week), "category": .string(category), "scans": .int(scans),
            "visitors": .int(visitors), "made": .int(madeMilliseconds),
            "samples": .array(
                samples.map { ["scan": .string($0), "picture": .string("/api/v1/scans/\($0)/picture")] }),
        ]
    }
}

extension WantedThing {
    fileprivate var json: JSON {
        ["kind": .string(kind.rawValue), "key": .string(key), "count": .int(count), "last": .int(lastMilliseconds)]
    }
}

extension ReplayedScan {
    fileprivate var json: JSON {
        [
            "scan": .string(id), "verdict": .string(verdict), "sku": .string(style),
            "score": .likeness(score), "at": .int(atMilliseconds),
        ]
    }
}
