import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage
import VisualSearch

/// Imports of whole tables: a job that goes on after a stop, with progress and a report of what was refused.
struct ImportRoutes: RouteGroup {
    let access: CatalogueAccess
    let jobs: CatalogueJobs
    let uploads: ImportUploads

    func add(to routes: inout RouteTable) {
        routes.post("/api/v1/imports", .upload) { call, session in
            try session.requireShop()
            return try await begin(call)
        }
        routes.get("/api/v1/imports/{id}", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await described(try await job(call), call))
        }
        routes.get("/api/v1/imports/{id}/errors", .catalogue) { call, session in
            try session.requireShop()
            let report = try await access.catalogue(call).importReport(of: try await job(call).number)
            return .text(report.refused.csv, type: "text/csv; charset=utf-8")
        }
        routes.get("/api/v1/imports/{id}/report", .catalogue) { call, session in
            try session.requireShop()
            let after = Int(try call.query().integer("next", clampedTo: 0...Int64(Int32.max)) ?? 0)
            let report = try await access.catalogue(call).importReport(
                of: try await job(call).number, after: after, limit: Self.linesPerPage)
            var object = report.json.objectValue ?? [:]
            if report.lines.count == Self.linesPerPage, let last = report.lines.last {
                object["next"] = .string(String(last.line))
            }
            return .json(.object(object))
        }
        routes.get("/api/v1/imports/{id}/events", .catalogue) { call, session in
            try session.requireShop()
            let number = try await job(call).number
            return ImportEvents.response {
                guard let job = try await jobs.job(number) else { throw RequestError.notFound("The import is gone.") }
                return (try await described(job, call), job.state.isFinal)
            }
        }
        routes.delete("/api/v1/imports/{id}", .catalogue) { call, session in
            try session.requireShop()
            let job = try await job(call)
            guard !job.state.isFinal else {
                throw RequestError(status: 409, code: "ended", message: "The import \(job.number) has ended.")
            }
            try await jobs.cancel(job.number)
            return .emptyObject
        }
    }

    private static let linesPerPage = 1_000

    /// A table as the body, or a form with a `table` and the `picture` files that it names.
    private func begin(_ call: Call) async throws -> Response {
        let catalogue = try await access.catalogueToFill(call)
        let type = call.request.headers[.contentType] ?? ""
        let kind = type.split(separator: ";").first.map { $0.lowercased() } ?? ""
        let body = Array(buffer: try await call.body(maximumBytes: ImportUploads.maximumBytes))
        let path: String
        if kind == "multipart/form-data" {
            let form = try MultipartForm(body, contentType: type, maximumParts: ImportUploads.maximumParts)
            guard let table = form["table"] else { throw RequestError.missingParam("The form has no 'table'.") }
            let name = table.fileName?.split(separator: ".").last.map(String.init) ?? ""
            let ending = try Self.ending(of: table.contentType ?? "", name: name)
            path = try uploads.store(table: table.content, ending: ending, pictures: form.all("picture"))
        } else {
            path = try uploads.store(table: body, ending: try Self.ending(of: kind, name: ""), pictures: [])
        }
        let query = try call.query()
        var defaults = ImportDefaults()
        defaults.shop = query["shop"] ?? ""
        defaults.category = query["category"] ?? ""
        defaults.currency = query["currency"] ?? ""
        defaults.addsCategories = try query.bool("adds_categories")
        if try query.bool("dry_run") {
            defer { uploads.forget(path) }
            return .json(try await catalogue.dryRun(path, defaults: defaults, fetch: jobs.fetch).json)
        }
        let number = try await jobs.requestImport(path, into: catalogue.name, defaults: defaults)
        return .json(["import": .int(number)], status: .accepted)
    }

    private static func ending(of type: String, name: String) throws -> String {
        switch (name.lowercased(), type) {
        case ("csv", _), ("", "text/csv"): "csv"
        case ("tsv", _), ("", "text/tab-separated-values"): "tsv"
        case ("ndjson", _), ("jsonl", _), ("", "application/x-ndjson"), ("", "application/jsonl"): "ndjson"
        case ("xml", _), ("rss", _), ("", "application/xml"), ("", "text/xml"), ("", "application/rss+xml"): "xml"
        case ("zip", _), ("", "application/zip"): "zip"
        default:
            throw RequestError(
                status: 415, code: "unsupported_table",
                message: "An import is a table (CSV, TSV, NDJSON), an XML feed of products, or a zip archive.")
        }
    }

    private func job(_ call: Call) async throws -> Job {
        guard let number = Int64(call.parameter("id")), let job = try await jobs.job(number),
            job.kind == "catalogue.import"
        else { throw RequestError.notFound("There is no such import.") }
        return job
    }

    private func described(_ job: Job, _ call: Call) async throws -> JSON {
        let counts = try await access.catalogue(call).importCounts(of: job.number)
        var object: JSONObject = [
            "import": .int(job.number), "state": .string("\(job.state)"),
            "progress": .double(job.state == .done ? 1 : job.progress), "note": .string(job.note),
            "counts": counts.json,
        ]
        object["error"] = job.error.map { .string($0) }
        return .object(object)
    }
}

extension ImportReport {
    /// Every line that was not simply taken, with the reason, and what became of its pictures; counts of everything.
    fileprivate var json: JSON {
        let pictures = Dictionary(grouping: pictures, by: \.line)
        let told = lines.filter { line in
            line.outcome == .refused || (pictures[line.line] ?? []).contains { $0.outcome == .refused }
        }
        return [
            "counts": counts.json,
            "refused": .array(
                told.map { line in
                    var object: JSONObject = [
                        "line": .int(Int64(line.line)), "sku": .string(line.sku),
                        "outcome": .string(line.outcome.rawValue),
                    ]
                    object["cause"] = line.cause.map { .string($0) }
                    object["pictures"] = .array(
                        (pictures[line.line] ?? []).filter { $0.outcome == .refused }.map {
                            ["name": .string($0.name), "cause": .string($0.cause ?? "")]
                        })
                    return .object(object)
                }),
        ]
    }
}
