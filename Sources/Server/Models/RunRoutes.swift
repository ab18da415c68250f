import Accounts
import Basics
import Foundation
import HTTPTypes
import HummingbirdCore

/// The folders that training leaves in `runs` of the data folder, read only: the trainer is another program.
struct RunRoutes: RouteGroup {
    let folder: String

    func add(to routes: inout RouteTable) {
        let runs = "/api/v1/training/runs"
        routes.get(runs, .admin) { _, session in
            try session.requireAdmin()
            return .json(["runs": .array(names().map { summary($0) })])
        }
        routes.get(runs + "/{run}", .admin) { call, session in
            try session.requireAdmin()
            return .json(try describe(try run(call)))
        }
        routes.get(runs + "/{run}/metrics", .admin) { call, session in
            try session.requireAdmin()
            return .json(try metrics(call))
        }
        routes.get(runs + "/{run}/samples/{name}", .admin) { call, session in
            try session.requireAdmin()
            return try sample(call)
        }
    }

    // MARK: Folders

    private func names() -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { EvaluationSet.isName($0) && kind("\(folder)/\($0)") == .typeDirectory }.sorted(by: >)
    }

    /// The folder of the run in the path; links are none.
    private func run(_ call: Call) throws -> String {
        let name = call.parameter("run")
        guard EvaluationSet.isName(name), kind("\(folder)/\(name)") == .typeDirectory else {
            throw RequestError.notFound("There is no such training run.")
        }
        return name
    }

    private func kind(_ path: String) -> FileAttributeType? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    }

    private func file(_ path: String, atMost limit: Int) -> [UInt8]? {
        guard kind("\(folder)/\(path)") == .typeRegular,
            let handle = FileHandle(forReadingAtPath: "\(folder)/\(path)")
        else { return nil }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: limit)).flatMap { $0.map { [UInt8]($0) } }
    }

    private func json(_ path: String) -> JSON {
        file(path, atMost: 1 << 20).flatMap { try? JSON(parsing: $0, limits: JSONLimits(maximumBytes: 1 << 20)) }
            ?? .null
    }

    // MARK: Replies

    private func summary(_ run: String) -> JSON {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(run)/metrics.jsonl")
        let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return [
            "run": .string(run), "verdict": json("\(run)/verdict.json"), "state": json("\(run)/run.json"),
            "changed_ms": .int(Int64(exactly: (changed * 1_000).rounded()) ?? 0),
        ]
    }

    private func describe(_ run: String) throws -> JSON {
        let exports = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(run)/export")) ?? []
        let cards = exports.filter { EvaluationSet.isName($0) && $0.hasSuffix(".md") }.sorted()
        let card = cards.first.flatMap { file("\(run)/export/\($0)", atMost: 1 << 20) }
            .map { String(decoding: $0, as: UTF8.self) }
        let samples = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(run)/samples")) ?? []
        return [
            "run": .string(run), "state": json("\(run)/run.json"), "config": json("\(run)/config.json"),
            "env": json("\(run)/env.json"),
            "verdict": json("\(run)/verdict.json"), "card": card.map { .string($0) } ?? .null,
            "samples": .array(samples.filter(EvaluationSet.isName).sorted().map { .string($0) }),
        ]
    }

    /// Lines of the log, oldest first: those of one tag if one is asked for, those behind a step.
    private func metrics(_ call: Call) throws -> JSON {
        let run = try run(call)
        let query = try call.query()
        let since = try query.integer("since", clampedTo: -1...Int64.max) ?? -1
        let tag = query["tag"]
        var tags: Set<String> = []
        var points: [JSON] = []
        let text = file("\(run)/metrics.jsonl", atMost: 64 << 20) ?? []
        for line in text.split(separator: 10) {
            // The last line may be half written.
            guard let object = (try? JSON(parsing: line))?.objectValue, let name = object["tag"]?.stringValue else {
                continue
            }
            tags.insert(name)
            guard tag == nil || tag == name, (object["step"]?.intValue ?? 0) > since, points.count < 20_000 else {
                continue
            }
            points.append(.object(object))
        }
        return ["tags": .array(tags.sorted().map { .string($0) }), "points": .array(points)]
    }

    private func sample(_ call: Call) throws -> Response {
        let run = try run(call)
        let name = call.parameter("name")
        let types = ["png": "image/png", "jpg": "image/jpeg", "json": "application/json", "txt": "text/plain"]
        guard EvaluationSet.isName(name), let type = types[String(name.split(separator: ".").last ?? "")],
            let bytes = file("\(run)/samples/\(name)", atMost: 16 << 20)
        else { throw RequestError.notFound("There is no such sample.") }
        return .bytes(bytes, type: type)
    }
}
