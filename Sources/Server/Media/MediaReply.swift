import HTTPTypes
import HummingbirdCore
import Messaging
import NIOCore
import Storage

/// Replies that carry uploaded content, with the headers that keep it from acting as a page of this server.
enum MediaReply {
    /// The policy that the Matrix content repository asks for: no scripts, no plugins but PDF, a sandbox around it all.
    private static let contentSecurityPolicy =
        "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; "
        + "object-src 'self';"

    private static let resourcePolicy = HTTPField.Name.named("Cross-Origin-Resource-Policy")

    /// A file, whole or the part that was asked for.
    static func file(_ download: MediaDownload, name: String?, request: Request) -> Response {
        let record = download.record
        let isInline = MediaType.mayBeInline(record.type, sniffed: record.sniffed)
        var headers = headers(type: record.type, tag: record.blob.hash.hex)
        headers[.contentDisposition] = ContentDisposition.value(isInline: isInline, name: name ?? record.name)
        headers[.acceptRanges] = "bytes"
        if isKnown(request, headers) { return Response(status: .notModified, headers: headers) }
        let size = download.reader.size
        switch range(of: request, headers, size: size) {
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(size)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return Response(status: .partialContent, headers: headers, body: body(download.reader, range))
        case .whole:
            return Response(status: .ok, headers: headers, body: body(download.reader, 0..<size))
        }
    }

    /// A thumbnail; always shown in place, since it was made here.
    static func thumbnail(_ thumbnail: MediaThumbnail, request: Request) -> Response {
        var headers = headers(type: thumbnail.type, tag: thumbnail.reader.hash.hex)
        let ending = thumbnail.type == "image/png" ? "png" : "jpg"
        headers[.contentDisposition] = ContentDisposition.value(isInline: true, name: "thumbnail.\(ending)")
        if isKnown(request, headers) { return Response(status: .notModified, headers: headers) }
        let size = thumbnail.reader.size
        return Response(status: .ok, headers: headers, body: body(thumbnail.reader, 0..<size))
    }

    /// Content never changes under its address, and only those with a token may have it.
    private static func headers(type: String, tag: String) -> HTTPFields {
        [
            .contentType: type,
            .contentSecurityPolicy: contentSecurityPolicy,
            resourcePolicy: "cross-origin",
            .xContentTypeOptions: "nosniff",
            .cacheControl: "private, max-age=31536000, immutable",
            .eTag: "\"\(tag)\"",
        ]
    }

    private static func isKnown(_ request: Request, _ headers: HTTPFields) -> Bool {
        guard let tags = request.headers[.ifNoneMatch], let tag = headers[.eTag] else { return false }
        return tags == "*" || tags.split(separator: ",").contains { $0.drop { $0 == " " }.hasPrefix(tag) }
    }

    /// A range counts only for the content that it was meant for (`If-Range`).
    private static func range(of request: Request, _ headers: HTTPFields, size: Int64) -> ByteRange {
        if let condition = request.headers[.ifRange], condition != headers[.eTag] { return .whole }
        return ByteRange(header: request.headers[.range], size: size)
    }

    private static func body(_ reader: BlobReader, _ range: Range<Int64>) -> ResponseBody {
        ResponseBody(contentLength: Int(clamping: range.upperBound - range.lowerBound)) { writer in
            for try await chunk in reader.chunks(range) { try await writer.write(ByteBuffer(bytes: chunk)) }
            try await writer.finish(nil)
        }
    }
}
