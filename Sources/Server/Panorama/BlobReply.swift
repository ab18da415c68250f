import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage

/// Replies that are a stored file: ranges, a tag, and nothing in it acts as a page of this server.
enum BlobReply {
    static func file(_ reader: BlobReader, type: String, name: String, request: Request) -> Response {
        let isInline = type.hasPrefix("image/") || type.hasPrefix("text/html")
        // A report holds its pictures and its style; nothing else is fetched, and nothing runs.
        var headers: HTTPFields = [
            .contentType: type,
            .contentSecurityPolicy: "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'",
            .xContentTypeOptions: "nosniff", .cacheControl: "private, no-cache", .acceptRanges: "bytes",
            .eTag: "\"\(reader.hash.hex)\"",
            .contentDisposition: ContentDisposition.value(isInline: isInline, name: name),
        ]
        if request.headers[values: .ifNoneMatch].contains(where: { $0 == "*" || $0.contains(reader.hash.hex) }) {
            return Response(status: .notModified, headers: headers)
        }
        let size = reader.size
        let isMeant = request.headers[.ifRange].map { $0 == headers[.eTag] } ?? true
        switch isMeant ? ByteRange(header: request.headers[.range], size: size) : .whole {
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(size)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return Response(status: .partialContent, headers: headers, body: body(reader, range))
        case .whole:
            return Response(status: .ok, headers: headers, body: body(reader, 0..<size))
        }
    }

    private static func body(_ reader: BlobReader, _ range: Range<Int64>) -> ResponseBody {
        ResponseBody(contentLength: Int(clamping: range.upperBound - range.lowerBound)) { writer in
            for try await chunk in reader.chunks(range) { try await writer.write(ByteBuffer(bytes: chunk)) }
            try await writer.finish(nil)
        }
    }
}
