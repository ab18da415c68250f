package import Basics
package import HTTPTypes
package import HummingbirdCore
import NIOCore

extension Response {
    /// A JSON value as the reply.
    package static func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Response {
        json(bytes: value.encoded(), status: status)
    }

    /// A JSON text that is ready already.
    package static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: jsonHeaders, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// What a writer has written.
    package static func json(_ writer: JSONWriter, status: HTTPResponse.Status = .ok) -> Response {
        json(bytes: writer.bytes, status: status)
    }

    /// `{}`.
    package static var emptyObject: Response {
        Response(status: .ok, headers: jsonHeaders, body: .init(byteBuffer: emptyObjectBuffer))
    }

    /// Bytes of any type.
    package static func bytes(
        _ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Text of any type, UTF-8.
    package static func text(
        _ text: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static let jsonHeaders: HTTPFields = [.contentType: "application/json"]
    private static let emptyObjectBuffer = ByteBuffer(string: "{}")
}
