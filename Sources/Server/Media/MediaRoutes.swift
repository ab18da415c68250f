import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Imaging
package import Messaging
import NIOCore

/// Uploads, downloads and thumbnails of files (Matrix client-server API, "Content repository").
package struct MediaRoutes: RouteGroup {
    let media: MediaStore

    /// The routes of a store.
    package init(media: MediaStore) { self.media = media }

    package func add(to routes: inout RouteTable) {
        routes.post("/_matrix/media/v3/upload", .upload) { call, session in try await upload(call, session) }
        routes.post("/_matrix/media/v1/create", .upload) { _, session in try await create(session) }
        routes.put("/_matrix/media/v3/upload/{server}/{id}", .upload) { call, session in
            try await fill(call, session)
        }
        routes.get("/_matrix/client/v1/media/config", .download) { _, _ in config }
        routes.get("/_matrix/client/v1/media/download/{server}/{id}", .download) { call, session in
            try await download(call, session, name: nil)
        }
        routes.get("/_matrix/client/v1/media/download/{server}/{id}/{name}", .download) { call, session in
            try await download(call, session, name: call.parameter("name"))
        }
        routes.get("/_matrix/client/v1/media/thumbnail/{server}/{id}", .download) { call, session in
            try await thumbnail(call, session)
        }
        addOldPaths(to: &routes)
    }

    /// The paths from before downloads needed a token: they serve no file.
    private func addOldPaths(to routes: inout RouteTable) {
        routes.get("/_matrix/media/v3/config", .download) { _, _ in config }
        routes.openGet("/_matrix/media/v3/download/{server}/{id}", .download) { _ in throw Self.frozen }
        routes.openGet("/_matrix/media/v3/download/{server}/{id}/{name}", .download) { _ in throw Self.frozen }
        routes.openGet("/_matrix/media/v3/thumbnail/{server}/{id}", .download) { _ in throw Self.frozen }
    }

    private static let frozen = RequestError.notFound(
        "Files are served to those with an access token, under /_matrix/client/v1/media.")

    private var config: Response {
        .json(["m.upload.size": .int(media.policy.maximumBytes)])
    }

    // MARK: Uploads

    private func upload(_ call: Call, _ session: Session) async throws -> Response {
        let id = try await media.upload(
            try description(of: call, session), by: MediaUploader(session), body: try content(of: call))
        return .json(["content_uri": .string(media.address(of: id))])
    }

    private func create(_ session: Session) async throws -> Response {
        try refuseSuspended(session)
        let (id, expires) = try await media.reserve(by: MediaUploader(session))
        return .json(["content_uri": .string(media.address(of: id)), "unused_expires_at": .int(expires)])
    }

    private func fill(_ call: Call, _ session: Session) async throws -> Response {
        guard call.parameter("server") == media.serverName else {
            throw RequestError.notFound("That file is not one of this server.")
        }
        try await media.fill(
            call.parameter("id"), with: try description(of: call, session), by: MediaUploader(session),
            body: try content(of: call))
        return .emptyObject
    }

    private func description(of call: Call, _ session: Session) throws -> MediaUpload {
        try refuseSuspended(session)
        return MediaUpload(
            type: call.request.headers[.contentType], name: try call.query()["filename"],
            announcedLength: call.announcedLength.map(Int64.init))
    }

    private func content(of call: Call) throws -> some AsyncSequence<[UInt8], any Error> & Sendable {
        try call.stream(maximumBytes: Int(clamping: media.policy.maximumBytes)).map { Array(buffer: $0) }
    }

    private func refuseSuspended(_ session: Session) throws {
        guard session.isSuspended else { return }
        throw RequestError(status: 403, code: "M_USER_SUSPENDED", message: "This account may read and not write.")
    }

    // MARK: Downloads

    private func download(_ call: Call, _ session: Session, name: String?) async throws -> Response {
        let file = try await media.open(
            call.parameter("id"), of: call.parameter("server"), for: session.userNumber,
            waitMilliseconds: try wait(call))
        return MediaReply.file(file, name: name, request: call.request)
    }

    private func thumbnail(_ call: Call, _ session: Session) async throws -> Response {
        let query = try call.query()
        let sides: ClosedRange<Int64> = 0...100_000
        guard let width = try query.integer("width", clampedTo: sides),
            let height = try query.integer("height", clampedTo: sides)
        else { throw RequestError.missingParam("The query parameters 'width' and 'height' are needed.") }
        guard let method = ThumbnailMethod(rawValue: query["method"] ?? "scale") else {
            throw RequestError.invalidParam("The query parameter 'method' is neither crop nor scale.")
        }
        let thumbnail = try await media.thumbnail(
            of: call.parameter("id"), on: call.parameter("server"), width: Int(width), height: Int(height),
            method: method, for: session.userNumber, waitMilliseconds: try wait(call))
        return MediaReply.thumbnail(thumbnail, request: call.request)
    }

    private func wait(_ call: Call) throws -> Int64 {
        try call.query().integer("timeout_ms", clampedTo: 0...60_000) ?? 20_000
    }
}
