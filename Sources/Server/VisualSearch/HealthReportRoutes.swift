import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import Storage
import VisualSearch

/// What an operator wants to know of a catalogue: coverage, copies, what looks found, pictures by number, jobs.
struct HealthReportRoutes: RouteGroup {
    let access: CatalogueAccess
    let jobs: CatalogueJobs
    let cache = ThumbnailCache()

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/catalogues", .catalogue) { call, session in
            try session.requireShop()
            return .json(["catalogues": .array(try await access.catalogues.names().map { .string($0) })])
        }
        routes.get("/api/v1/coverage", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await coverage(call))
        }
        routes.get("/api/v1/catalogue/health", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await health(try await access.catalogue(call)))
        }
        routes.get("/api/v1/catalogue/jobs/{job}", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await job(call))
        }
        routes.get("/api/v1/catalogue/pictures/{picture}", .catalogue) { call, session in
            try session.requireShop()
            return try await picture(call)
        }
    }

    // MARK: Figures

    private func coverage(_ call: Call) async throws -> JSON {
        let weeks = Int(try call.query().integer("weeks", clampedTo: 1...520) ?? 26)
        let catalogue = try await access.catalogue(call)
        let coverage = try await catalogue.coverage()
        let shown = Set(coverage.cells.map(\.week)).sorted(by: >).prefix(weeks)
        return [
            "catalogue": .string(catalogue.name),
            "weeks": .array(
                shown.reversed().map { week in
                    let cells = coverage.cells.filter { $0.week == week }
                    return [
                        "week": .string(week.description), "scans": .int(Int64(cells.reduce(0) { $0 + $1.scans })),
                        "share": coverage.share(in: week).map { .double($0) } ?? .null,
                        "categories": .array(cells.map(\.json)),
                    ]
                }),
        ]
    }

    private func health(_ catalogue: Catalogue) async throws -> JSON {
        let copies = try await catalogue.copies()
        var looks = JSONObject()
        for look in CatalogueLook.allCases {
            guard let last = try await jobs.last(look, of: catalogue.name) else { continue }
            looks[look.rawValue] = ["at": .int(last.at), "result": last.result]
        }
        return [
            "catalogue": .string(catalogue.name), "items": .int(try await catalogue.statistics().items),
            "copies": [
                "pictures": .int(copies.pictures), "copies": .int(copies.copies), "share": .double(copies.share),
                "bytes": .int(copies.bytes), "copy_bytes": .int(copies.copyBytes),
            ],
            "looks": .object(looks),
        ]
    }

    private func job(_ call: Call) async throws -> JSON {
        guard let number = Int64(call.parameter("job")), let job = try await jobs.job(number),
            CatalogueJobs.kinds.contains(job.kind)
        else { throw RequestError.notFound("There is no such job of a catalogue.") }
        var object: JSONObject = [
            "job": .int(job.number), "kind": .string(job.kind), "state": .string("\(job.state)"),
            "progress": .double(job.state == .done ? 1 : job.progress), "note": .string(job.note),
        ]
        object["error"] = job.error.map { .string($0) }
        object["result"] = job.result.flatMap { try? JSON(parsing: $0) }
        return .object(object)
    }

    // MARK: Pictures by number

    /// Pictures that were removed or are copies are shown too: people decide about them.
    private func picture(_ call: Call) async throws -> Response {
        let catalogue = try await access.catalogue(call)
        guard let number = Int64(call.parameter("picture")),
            let known = try await catalogue.picture(number)
        else { throw RequestError.notFound("There is no such picture, or it was deleted for good.") }
        guard let wished = try call.query().integer("side", clampedTo: 1...960) else {
            return PictureReply.file(try await catalogue.file(of: number).readAll())
        }
        let side = CataloguePictureRoutes.side(atLeast: wished)
        let tag = "\(known.blob.hex.prefix(24))-\(side)"
        if let made = cache[tag] {
            return PictureReply.thumbnail(made, tag: tag, request: call.request, isPublic: false)
        }
        let made = try await catalogue.thumbnail(of: number, width: side, height: side)
        cache.keep(made, as: tag)
        return PictureReply.thumbnail(made, tag: tag, request: call.request, isPublic: false)
    }
}

extension Coverage.Cell {
    fileprivate var json: JSON {
        [
            "category": .string(category), "scans": .int(Int64(scans)), "found": .int(Int64(found)),
            "right": .int(Int64(right)), "wrong": .int(Int64(wrong)), "share": .double(share),
            "confirmed": confirmed.map { .double($0) } ?? .null,
        ]
    }
}
