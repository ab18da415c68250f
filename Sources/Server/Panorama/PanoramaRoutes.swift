import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import NIOCore
import Storage

/// Panoramas: what is wanted, its work, its end.
struct PanoramaRoutes: RouteGroup {
    let panoramas: Panoramas

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/panoramas", .catalogue) { _, session in try await list(session) }
        routes.post("/api/v1/panoramas", .catalogue) { call, session in
            try session.refuseSuspended()
            return try await create(call, session)
        }
        routes.get("/api/v1/panoramas/{panorama}", .catalogue) { call, session in
            .json(try await state(of: try await panoramas.row(call.parameter("panorama"), of: session)))
        }
        routes.patch("/api/v1/panoramas/{panorama}", .catalogue) { call, session in
            let id = call.parameter("panorama")
            try await panoramas.setOptions(try await call.object(), of: id, by: session)
            return .json(try await state(of: try await panoramas.row(id, of: session)))
        }
        routes.delete("/api/v1/panoramas/{panorama}", .catalogue) { call, session in
            try await panoramas.delete(call.parameter("panorama"), by: session)
            return .json(["undoMilliseconds": .int(panoramas.limits.undoMilliseconds)])
        }
        addActions(to: &routes)
        routes.get("/api/v1/panoramas/{panorama}/events", .catalogue) { call, session in
            events(of: try await panoramas.row(call.parameter("panorama"), of: session), session)
        }
        routes.get("/api/v1/panoramas/{panorama}/graph", .catalogue) { call, session in
            let row = try await panoramas.row(call.parameter("panorama"), of: session)
            guard let graph = row.graph else { throw RequestError.notFound("Nothing was compared yet.") }
            return .json(bytes: graph)
        }
    }

    private func addActions(to routes: inout RouteTable) {
        routes.post("/api/v1/panoramas/{panorama}/start", .scan) { call, session in
            try session.refuseSuspended()
            let id = call.parameter("panorama")
            try await panoramas.start(id, by: session)
            return .json(try await state(of: try await panoramas.row(id, of: session)), status: .accepted)
        }
        routes.post("/api/v1/panoramas/{panorama}/cancel", .catalogue) { call, session in
            let id = call.parameter("panorama")
            try await panoramas.cancel(id, by: session)
            return .json(try await state(of: try await panoramas.row(id, of: session)))
        }
        routes.post("/api/v1/panoramas/{panorama}/restore", .catalogue) { call, session in
            let id = call.parameter("panorama")
            try await panoramas.restore(id, by: session)
            return .json(try await state(of: try await panoramas.row(id, of: session)))
        }
        routes.post("/api/v1/panoramas/{panorama}/share", .catalogue) { call, session in
            let share = try await panoramas.share(call.parameter("panorama"), by: session)
            return .json(["share": .string(share), "viewer": .string("/panorama?share=\(share)")])
        }
    }

    // MARK: Asking

    private func list(_ session: Session) async throws -> Response {
        let rows = try await panoramas.database.read { connection in
            try PanoramaRows.list(owner: session.userNumber, limit: 100, connection).map { row in
                JSON.object([
                    "job": .string(row.id), "state": .string(row.state.rawValue), "created": .int(row.created),
                    "photos": .int(try PanoramaRows.totals(row.number, connection).photos),
                    "groups": .int(Int64(row.groups.count)),
                ])
            }
        }
        return .json(["panoramas": .array(rows)])
    }

    /// `{…options, media: [mxc…], room, start}`; everything may be left out.
    private func create(_ call: Call, _ session: Session) async throws -> Response {
        var options = try await call.object(orEmpty: true)
        let media = options.take("media")?.arrayValue?.compactMap(\.stringValue) ?? []
        let room = options.take("room")?.stringValue
        let starts = options.take("start")?.boolValue ?? false
        guard media.count <= Int(panoramas.limits.photos) else {
            throw RequestError(
                status: 413, code: "too_many_photos",
                message: "A panorama is made of at most \(panoramas.limits.photos) photos.")
        }
        let key = call.request.headers[.named("Idempotency-Key")].map { String($0.prefix(200)) }
        let row = try await panoramas.create(options, room: room, key: key, by: session)
        if try await panoramas.photos(of: row).isEmpty {
            for address in media { try await take(address, into: row.id, session) }
        }
        if starts, row.state == .draft { try await panoramas.start(row.id, by: session) }
        return .json(try await state(of: try await panoramas.row(row.id, of: session)), status: .accepted)
    }

    /// A picture of a conversation as a photo.
    private func take(_ address: String, into id: String, _ session: Session) async throws {
        let parts = address.split(separator: "/", omittingEmptySubsequences: true)
        guard address.hasPrefix("mxc://"), parts.count == 3 else {
            throw RequestError.invalidParam("'\(address.prefix(200))' is no address of a picture (mxc://…).")
        }
        let file = try await panoramas.media.open(
            String(parts[2]), of: String(parts[1]), for: session.userNumber, waitMilliseconds: 0)
        guard file.record.blob.size <= panoramas.limits.photoBytes else {
            throw RequestError.tooLarge("A photo may have at most \(panoramas.limits.photoBytes) bytes.")
        }
        _ = try await panoramas.room(for: id, by: session)
        _ = try await panoramas.add(file.record.blob, name: file.record.name ?? "", to: id, by: session)
    }

    // MARK: Telling

    /// Where a panorama stands: its verdict once there is one, its photos as they are now.
    func state(of row: PanoramaRow) async throws -> JSON {
        var row = row
        var job = try await row.job.asyncMap { try await panoramas.jobs.job($0) } ?? nil
        if row.state == .queued, let number = row.job, job?.state == .failed || job?.state == .cancelled {
            try await panoramas.settle(row.number, number)
            row = try await panoramas.database.read { [id = row.id] in try PanoramaRows.row(id: id, $0) } ?? row
            job = nil
        }
        var reply = row.verdict.flatMap { try? JSON(parsing: $0, limits: .panorama) }?.objectValue ?? [:]
        reply["job"] = .string(row.id)
        reply["state"] = .string(Self.word(row, job?.state == .running ? panoramas.progress.step(row.number) : nil))
        reply["options"] = .object(row.options)
        reply["progress"] = row.state == .queued ? panoramas.progress.step(row.number)?.json ?? .null : nil
        reply["message"] = row.message.map { .string($0) }
        reply["share"] = row.share.map { .string($0) }
        reply["groups"] = .array(
            (reply["groups"]?.arrayValue ?? []).map { group in
                var group = group.objectValue ?? [:]
                let place = "/api/v1/panoramas/\(row.id)/groups/\(group["group"]?.intValue ?? 0)"
                group["links"] = [
                    "preview": .string("\(place)/preview"), "image": .string("\(place)/image"),
                    "seams": .string("\(place)/seams"), "viewer": .string("\(place)/viewer"),
                    "cameras": .string("\(place)/cameras"), "things": .string("\(place)/things"),
                    "geometry": .string("\(place)/geometry"),
                    "layers": row.options["layers"] == true ? .string("\(place)/layers") : .null,
                ]
                return .object(group)
            })
        let verdicts = reply["photos"]?.arrayValue ?? []
        let photos = try await panoramas.photos(of: row)
        // A verdict is of the photos that were there then; what was added since has none.
        let isCurrent = verdicts.count == photos.count
        reply["photos"] = .array(
            photos.enumerated().map { index, photo in
                var entry = isCurrent ? verdicts[index].objectValue ?? [:] : ["name": .string(photo.name)]
                entry["photo"] = .int(photo.number)
                entry["bytes"] = .int(photo.blob.size)
                entry["mask"] = photo.mask.flatMap { try? JSON(parsing: $0, limits: .panorama) }
                return .object(entry)
            })
        return .object(reply)
    }

    private static func word(_ row: PanoramaRow, _ step: PanoramaProgress.Step?) -> String {
        guard row.state == .queued, let step else { return row.state.rawValue }
        return switch step.stage {
        case "detect": "probing"
        case "match", "retry": "matching"
        case "solve": "solving"
        default: "compositing"
        }
    }

    /// Server-sent events (HTML standard, 9.2): `progress` steps, then `end` with the last state.
    private func events(of row: PanoramaRow, _ session: Session) -> Response {
        let id = row.id
        let changes = panoramas.progress.watch(row.number)
        let body = ResponseBody { [self] writer in
            func tell() async throws -> Bool {
                guard let now = try? await panoramas.row(id, of: session) else { return false }
                let isOver = now.state != .queued
                let text: String
                if isOver {
                    text = "event: end\ndata: \(JSON.object(["state": .string(now.state.rawValue)]).text)\n\n"
                } else {
                    let step = panoramas.progress.step(now.number)?.json ?? ["stage": "queued", "done": 0, "of": 1]
                    text = "event: progress\ndata: \(step.text)\n\n"
                }
                try await writer.write(ByteBuffer(string: text))
                return !isOver
            }
            if try await tell() {
                for await _ in changes { if try await !tell() { break } }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }
}

extension JSONLimits {
    /// Verdicts and masks that this server wrote itself.
    static let panorama = JSONLimits(maximumBytes: 16 << 20)
}

extension JSONObject {
    /// Takes a member out.
    fileprivate mutating func take(_ key: String) -> JSON? {
        defer { self[key] = nil }
        return self[key]
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ body: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await body(self)
    }
}

extension PanoramaRow {
    /// The groups of its verdict.
    var groups: [JSON] {
        verdict.flatMap { try? JSON(parsing: $0, limits: .panorama) }?["groups"]?.arrayValue ?? []
    }
}
