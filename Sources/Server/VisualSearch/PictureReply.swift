import HTTPTypes
import HummingbirdCore
import Imaging
import VisualSearch

/// Replies that are a picture of the catalogue or of a scan.
enum PictureReply {
    /// A file as it was handed in; its type is what its first bytes say.
    static func file(_ bytes: [UInt8]) -> Response {
        let type = ImageFormat.sniff(bytes)?.mediaType ?? "application/octet-stream"
        return .bytes(bytes, type: type, headers: headers("private, max-age=3600"))
    }

    /// A small picture; `tag` names its content.
    ///
    /// - Parameter isPublic: whether caches on the way may keep it; not for what only people of the shop may see.
    static func thumbnail(
        _ thumbnail: Thumbnail, tag: String, request: Request, isPublic: Bool = true
    ) -> Response {
        var fields = headers("\(isPublic ? "public" : "private"), max-age=300")
        fields[.eTag] = "\"\(tag)\""
        if request.headers[values: .ifNoneMatch].contains(where: { $0 == "*" || $0.contains(tag) }) {
            return Response(status: .notModified, headers: fields)
        }
        return .bytes(thumbnail.bytes, type: thumbnail.mediaType, headers: fields)
    }

    /// Nothing that came from outside acts as a page of this server.
    private static func headers(_ caching: String) -> HTTPFields {
        [
            .contentSecurityPolicy: "sandbox; default-src 'none'", .xContentTypeOptions: "nosniff",
            .cacheControl: caching, .contentDisposition: "inline",
        ]
    }
}
