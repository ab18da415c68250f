import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Imaging
import NIOCore
import Panorama
import Storage

/// The photos of panoramas, and the pictures that came out of them.
struct PanoramaFileRoutes: RouteGroup {
    let panoramas: Panoramas
    let jobs: PanoramaJobs

    /// What a form with photos may weigh: it is held in memory.
    private static let formBytes = 64 << 20

    func add(to routes: inout RouteTable) {
        routes.post("/api/v1/panoramas/{panorama}/photos", .catalogue) { call, session in
            try session.refuseSuspended()
            return try await upload(call, session)
        }
        let photo = "/api/v1/panoramas/{panorama}/photos/{photo}"
        routes.get(photo, .download) { call, session in
            let photo = try await self.photo(call, session)
            return BlobReply.file(
                try await panoramas.blobs.reader(of: photo.blob.hash), type: "application/octet-stream",
                name: photo.name, request: call.request)
        }
        routes.get(photo + "/thumbnail", .download) { call, session in
            let photo = try await self.photo(call, session)
            let bytes = try await panoramas.blobs.reader(of: photo.blob.hash).readAll()
            guard
                let small = try? Thumbnail.make(
                    bytes, width: 320, height: 240, method: .scale)
            else { throw RequestError.notFound("The photo cannot be read.") }
            return PictureReply.thumbnail(small, tag: photo.blob.hash.hex, request: call.request, isPublic: false)
        }
        routes.delete(photo, .catalogue) { call, session in
            try await panoramas.remove(photo: try Self.number(call), of: call.parameter("panorama"), by: session)
            return .emptyObject
        }
        routes.put(photo + "/mask", .catalogue) { call, session in
            let mask = try await call.object(limits: PanoramaMask.limits)
            let isEmpty = mask["areas"]?.arrayValue?.isEmpty ?? mask.isEmpty
            let text = JSON.object(mask).text
            if !isEmpty { _ = try PanoramaMask.read(text) }
            try await panoramas.setMask(
                isEmpty ? nil : text, photo: try Self.number(call), of: call.parameter("panorama"), by: session)
            return .emptyObject
        }
        addResults(to: &routes)
    }

    private func addResults(to routes: inout RouteTable) {
        for kind in ["image", "preview", "seams", "view", "cameras", "geometry", "layers"] {
            routes.get("/api/v1/panoramas/{panorama}/groups/{group}/\(kind)", .download) { call, session in
                let row = try await panoramas.row(call.parameter("panorama"), of: session)
                return try await result(kind, of: row, call)
            }
        }
        let things = "/api/v1/panoramas/{panorama}/groups/{group}/things"
        routes.get(things, .download) { call, session in
            let row = try await panoramas.row(call.parameter("panorama"), of: session)
            return try await result("things", of: row, call)
        }
        routes.get(things + "/{thing}/{photo}", .download) { call, session in
            let row = try await panoramas.row(call.parameter("panorama"), of: session)
            return try await result("thing-\(call.parameter("thing"))-\(call.parameter("photo"))", of: row, call)
        }
        routes.put(things + "/{thing}", .catalogue) { call, session in
            guard let thing = Int64(call.parameter("thing")) else { throw RequestError.notFound("No such thing.") }
            try await panoramas.setThing(
                thing, in: try group(call), try await call.object(), of: call.parameter("panorama"), by: session)
            return .emptyObject
        }
        routes.get("/api/v1/panoramas/{panorama}/report", .download) { call, session in
            let row = try await panoramas.row(call.parameter("panorama"), of: session)
            return try await file("report", group: 0, of: row, call)
        }
        // Whoever has the link may look; the word in it cannot be guessed.
        routes.openGet("/api/v1/shared/panoramas/{share}/groups/{group}/view", .download) { call in
            try await result("view", of: try await panoramas.row(share: call.parameter("share")), call)
        }
    }

    private static func number(_ call: Call) throws(RequestError) -> Int64 {
        guard let number = Int64(call.parameter("photo")) else { throw .notFound("There is no such photo.") }
        return number
    }

    private func photo(_ call: Call, _ session: Session) async throws -> PanoramaPhotoRow {
        let row = try await panoramas.row(call.parameter("panorama"), of: session)
        return try await panoramas.photo(try Self.number(call), of: row)
    }

    // MARK: Uploads

    /// A photo as the body with its `name` in the query, or a form with `photos`.
    private func upload(_ call: Call, _ session: Session) async throws -> Response {
        let id = call.parameter("panorama")
        let type = call.request.headers[.contentType] ?? ""
        let most = try await panoramas.room(for: id, by: session)
        var added: [JSON] = []
        if type.lowercased().hasPrefix("multipart/form-data") {
            let body = Array(buffer: try await call.body(maximumBytes: Self.formBytes))
            let form = try MultipartForm(body, contentType: type, maximumParts: Int(panoramas.limits.photos) + 8)
            for part in form.all("photos") + form.all("photo") {
                guard part.content.count <= Int(most), !part.content.isEmpty else { throw tooLarge(most) }
                let blob = try await panoramas.blobs.store(Array(part.content))
                added.append(.int(try await panoramas.add(blob, name: part.fileName ?? "", to: id, by: session)))
            }
            guard !added.isEmpty else { throw RequestError.missingParam("The form has no 'photos'.") }
        } else {
            let blob = try await store(call, most)
            added.append(.int(try await panoramas.add(blob, name: try call.query()["name"] ?? "", to: id, by: session)))
        }
        var reply: JSONObject = ["photos": .array(added)]
        if try call.query()["guide"] == "true" {
            reply["guide"] = try await jobs.guide(try await panoramas.row(id, of: session))
        }
        return .json(.object(reply), status: .created)
    }

    /// The body goes to the disk as it comes.
    private func store(_ call: Call, _ most: Int64) async throws -> StoredBlob {
        let writer = try await panoramas.blobs.makeWriter(limit: most)
        do {
            for try await part in try call.stream(maximumBytes: Int(clamping: most)) {
                try await writer.write(Array(buffer: part))
            }
            guard writer.size > 0 else { throw RequestError.missingParam("The body is the photo; it is empty.") }
            return try await writer.finish()
        } catch {
            await writer.abandon()
            if let error = error as? StorageError, error.kind == .tooLarge { throw tooLarge(most) }
            throw error
        }
    }

    private func tooLarge(_ most: Int64) -> RequestError {
        .tooLarge("A photo may have 1 to \(most) bytes here.")
    }

    // MARK: Results

    private func group(_ call: Call) throws(RequestError) -> Int64 {
        guard let group = Int64(call.parameter("group")), group > 0 else { throw .notFound("There is no such group.") }
        return group
    }

    private func result(_ kind: String, of row: PanoramaRow, _ call: Call) async throws -> Response {
        try await file(kind, group: try group(call), of: row, call)
    }

    private func file(_ kind: String, group: Int64, of row: PanoramaRow, _ call: Call) async throws -> Response {
        let file = try await found(kind, group, row)
        let ending = [
            "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/vnd.radiance": "hdr",
            "text/html; charset=utf-8": "html", "application/json": "json", "application/zip": "zip",
        ]
        let name = kind == "cameras" ? "panorama-\(group).pto" : "\(kind)-\(group).\(ending[file.type] ?? "txt")"
        return BlobReply.file(
            try await panoramas.blobs.reader(of: file.blob.hash), type: file.type,
            name: kind == "image" ? "panorama-\(group).\(ending[file.type] ?? "jpg")" : name, request: call.request)
    }

    private func found(_ kind: String, _ group: Int64, _ row: PanoramaRow) async throws -> PanoramaFileRow {
        guard let file = try await panoramas.files(of: row).first(where: { $0.kind == kind && $0.group == group })
        else { throw RequestError.notFound("The panorama has no such result.") }
        return file
    }
}
