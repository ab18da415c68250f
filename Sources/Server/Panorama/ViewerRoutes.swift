import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore
import Panorama
import Storage

/// What viewers of panoramas ask for: the manifest, tiles, and hotspots.
struct ViewerRoutes: RouteGroup {
    let panoramas: Panoramas
    /// An item as a viewer shows it, by its SKU.
    let item: @Sendable (String) async -> JSONObject?

    func add(to routes: inout RouteTable) {
        let group = "/api/v1/panoramas/{panorama}/groups/{group}"
        routes.get(group + "/viewer", .download) { call, session in
            let row = try await panoramas.row(call.parameter("panorama"), of: session)
            var manifest = try await manifest(of: row, call, "/api/v1/panoramas/\(row.id)", isShared: false)
            manifest["editable"] = .bool(session.isOfShop)
            return .json(.object(manifest))
        }
        routes.get(group + "/tiles/{face}/{level}/{place}", .download) { call, session in
            try await tile(of: try await panoramas.row(call.parameter("panorama"), of: session), call)
        }
        // Whoever has the link may look; the word in it cannot be guessed.
        let shared = "/api/v1/shared/panoramas/{share}/groups/{group}"
        routes.openGet(shared + "/viewer", .download) { call in
            let share = call.parameter("share")
            let row = try await panoramas.row(share: share)
            return .json(
                .object(try await manifest(of: row, call, "/api/v1/shared/panoramas/\(share)", isShared: true)))
        }
        routes.openGet(shared + "/tiles/{face}/{level}/{place}", .download) { call in
            try await tile(of: try await panoramas.row(share: call.parameter("share")), call)
        }
        addSpots(to: &routes, group)
    }

    private func addSpots(to routes: inout RouteTable, _ place: String) {
        routes.get(place + "/spots", .catalogue) { call, session in
            let row = try await panoramas.row(call.parameter("panorama"), of: session)
            let spots = try await panoramas.spots(of: row, group: try group(call))
            return .json(["spots": .array(spots.map { .object($0.json) })])
        }
        routes.post(place + "/spots", .catalogue) { call, session in
            let number = try await panoramas.addSpot(
                try await call.object(), to: try group(call), of: call.parameter("panorama"), by: session)
            return .json(["spot": .int(number)], status: .created)
        }
        let spot = "/api/v1/panoramas/{panorama}/spots/{spot}"
        routes.put(spot, .catalogue) { call, session in
            try await panoramas.setSpot(
                try number(call), try await call.object(), of: call.parameter("panorama"), by: session)
            return .emptyObject
        }
        routes.delete(spot, .catalogue) { call, session in
            try await panoramas.setSpot(
                try number(call), isDeleted: true, of: call.parameter("panorama"), by: session)
            return .json(["undoMilliseconds": .int(panoramas.limits.undoMilliseconds)])
        }
        routes.post(spot + "/restore", .catalogue) { call, session in
            try await panoramas.setSpot(
                try number(call), isDeleted: false, of: call.parameter("panorama"), by: session)
            return .emptyObject
        }
    }

    private func group(_ call: Call) throws(RequestError) -> Int64 {
        guard let group = Int64(call.parameter("group")), group > 0 else { throw .notFound("There is no such group.") }
        return group
    }

    private func number(_ call: Call) throws(RequestError) -> Int64 {
        guard let number = Int64(call.parameter("spot")) else { throw .notFound("There is no such hotspot.") }
        return number
    }

    // MARK: Manifest

    /// What a viewer needs to know.
    private func manifest(
        of row: PanoramaRow, _ call: Call, _ place: String, isShared: Bool
    ) async throws -> JSONObject {
        let group = try group(call)
        let files = try await panoramas.files(of: row)
        guard let frame = files.first(where: { $0.kind == "frame" && $0.group == group }) else {
            throw RequestError.notFound("The panorama has no such result.")
        }
        let bytes = try await panoramas.blobs.reader(of: frame.blob.hash).readAll()
        var manifest = try JSON(parsing: bytes).objectValue ?? [:]
        manifest["image"] = .string("\(place)/groups/\(group)/view")
        let verdict = row.groups.first { $0["group"]?.intValue == group }
        manifest["grade"] = verdict?["grade"]
        manifest["fovDegrees"] = verdict?["fovDegrees"]
        manifest["groups"] = .int(Int64(row.groups.count))
        if let index = files.first(where: { $0.kind == "tile-index" && $0.group == group }) {
            let known = try JSON(
                parsing: try await panoramas.blobs.reader(of: index.blob.hash).readAll(), limits: .panorama)
            manifest["tiles"] = [
                "side": known["side"] ?? .null, "tile": known["tile"] ?? .null, "levels": known["levels"] ?? .null,
                "places": .array((known["places"]?.objectValue ?? [:]).keys.sorted().map { .string($0) }),
                "address": .string("\(place)/groups/\(group)/tiles"),
            ]
        }
        manifest["spots"] = .array(try await spots(of: row, group, isShared: isShared))
        return manifest
    }

    /// Hotspots with where they lead; what is gone leads nowhere.
    private func spots(of row: PanoramaRow, _ group: Int64, isShared: Bool) async throws -> [JSON] {
        let spots = try await panoramas.spots(of: row, group: group)
        let targets = try await panoramas.targets(of: spots, owner: row.owner)
        var out: [JSON] = []
        for spot in spots {
            var entry = spot.json
            if let target = spot.panorama, let other = targets[target.id] {
                let path = isShared ? other.share.map { "shared/panoramas/\($0)" } : "panoramas/\(other.id)"
                entry["viewer"] = path.map { .string("/api/v1/\($0)/groups/\(target.group)/viewer") }
            }
            // The ids of a shop's other panoramas are nobody's business.
            if isShared { entry["panorama"] = nil }
            if spot.kind == .item, let item = await item(spot.target) { entry["offer"] = .object(item) }
            out.append(.object(entry))
        }
        return out
    }

    // MARK: Tiles

    private func tile(of row: PanoramaRow, _ call: Call) async throws -> Response {
        let group = try group(call)
        let gone = RequestError.notFound("There is no such tile.")
        let files = try await panoramas.files(of: row)
        guard let index = files.first(where: { $0.kind == "tile-index" && $0.group == group }),
            let tiles = files.first(where: { $0.kind == "tiles" && $0.group == group })
        else { throw gone }
        var place = call.parameter("place")
        if place.hasSuffix(".jpg") { place.removeLast(4) }
        let known = try JSON(
            parsing: try await panoramas.blobs.reader(of: index.blob.hash).readAll(), limits: .panorama)
        let key = "\(call.parameter("face"))/\(call.parameter("level"))/\(place)"
        guard let span = known["places"]?[key]?.arrayValue?.compactMap(\.intValue), span.count == 2, span[0] >= 0,
            span[1] > 0, span[0] <= tiles.blob.size - span[1]
        else { throw gone }
        // The same bytes for ever: a tag of all tiles and the place among them.
        let tag = "\"\(tiles.blob.hash.hex)-\(span[0])\""
        var headers: HTTPFields = [
            .contentType: "image/jpeg", .xContentTypeOptions: "nosniff", .eTag: tag,
            .cacheControl: "private, max-age=3600",
        ]
        if call.request.headers[values: .ifNoneMatch].contains(where: { $0 == "*" || $0.contains(tag) }) {
            return Response(status: .notModified, headers: headers)
        }
        let bytes = try await panoramas.blobs.reader(of: tiles.blob.hash).read(at: span[0], count: Int(span[1]))
        headers[.contentLength] = "\(bytes.count)"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
