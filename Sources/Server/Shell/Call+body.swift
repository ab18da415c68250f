package import Basics
import HTTPTypes
package import HummingbirdCore
package import NIOCore

extension JSONLimits {
    /// What most requests may carry: 256 KiB.
    package static let request = JSONLimits()
    /// Contents of events: no floats.
    package static let event = JSONLimits(allowsFloats: false)
    /// Uploads of keys: 1 MiB.
    package static let keys = JSONLimits(maximumBytes: 1_048_576)
}

extension Call {
    /// The body as JSON.
    ///
    /// - Throws: `M_NOT_JSON`, `M_BAD_JSON`, or `M_TOO_LARGE` before anything beyond the limit is buffered.
    package func json(limits: JSONLimits = .request) async throws -> JSON {
        let buffer = try await body(maximumBytes: limits.maximumBytes)
        do {
            return try JSON(parsing: buffer.readableBytesView, limits: limits)
        } catch {
            throw RequestError(error)
        }
    }

    /// The body as a JSON object; a missing body counts as `{}` if `orEmpty` is set.
    package func object(limits: JSONLimits = .request, orEmpty: Bool = false) async throws -> JSONObject {
        let buffer = try await body(maximumBytes: limits.maximumBytes)
        if orEmpty, buffer.readableBytes == 0 { return [:] }
        let json: JSON
        do {
            json = try JSON(parsing: buffer.readableBytesView, limits: limits)
        } catch {
            throw RequestError(error)
        }
        guard case .object(let members) = json else { throw RequestError.badJSON("The body must be a JSON object.") }
        return members
    }

    /// The whole body in memory.
    ///
    /// - Throws: `M_TOO_LARGE` as soon as the length that was announced, or what has arrived, is above the limit.
    package func body(maximumBytes: Int) async throws -> ByteBuffer {
        try refuseLongBody(maximumBytes: maximumBytes)
        var whole: ByteBuffer?
        for try await part in request.body {
            guard var started = whole else {
                whole = part
                continue
            }
            whole = nil
            guard started.readableBytes + part.readableBytes <= maximumBytes else { throw bodyTooLarge(maximumBytes) }
            started.writeImmutableBuffer(part)
            whole = started
        }
        let buffer = whole ?? ByteBuffer()
        guard buffer.readableBytes <= maximumBytes else { throw bodyTooLarge(maximumBytes) }
        return buffer
    }

    /// The body piece by piece, for uploads; the caller counts.
    ///
    /// - Throws: `M_TOO_LARGE` when the length that was announced is above the limit.
    package func stream(maximumBytes: Int) throws -> RequestBody {
        try refuseLongBody(maximumBytes: maximumBytes)
        return request.body
    }

    /// The length of the body as announced; nil when it comes in chunks.
    package var announcedLength: Int? { request.headers[.contentLength].flatMap { Int($0) } }

    private func refuseLongBody(maximumBytes: Int) throws {
        guard let length = announcedLength, length > maximumBytes else { return }
        throw bodyTooLarge(maximumBytes)
    }

    private func bodyTooLarge(_ maximumBytes: Int) -> RequestError {
        .tooLarge("The body of this request may have at most \(maximumBytes) bytes.")
    }
}
