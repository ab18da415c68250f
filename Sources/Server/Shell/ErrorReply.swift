package import Basics
import HTTPTypes
package import HummingbirdCore
import Storage

/// The one place where errors become replies: `{"errcode": ..., "error": ..., ...}` with a status.
package enum ErrorReply {
    /// What the caller is told about an error. Anything unforeseen is a 500 without details.
    package static func refusal(for error: any Error) -> RequestError {
        switch error {
        case let refusal as RequestError: refusal
        case let error as JSONError: RequestError(error)
        case let error as StorageError: refusal(for: error)
        case is CancellationError: RequestError.resourceLimit("The server is stopping.", retryAfterMilliseconds: 1_000)
        default: RequestError.unknown("Something went wrong on the server. It has been written to its log.")
        }
    }

    private static func refusal(for error: StorageError) -> RequestError {
        switch error.kind {
        case .diskFull:
            .resourceLimit("The server's disk is full; nothing was stored. Tell the shop.")
        case .busy, .tookTooLong, .closed:
            .resourceLimit("The server is busy. Try again in a moment.", retryAfterMilliseconds: 1_000)
        case .readOnly:
            .resourceLimit("The server's database is read-only at the moment; nothing was stored. Tell the shop.")
        default:
            .unknown("Something went wrong on the server. It has been written to its log.")
        }
    }

    /// The reply that says it.
    package static func response(for refusal: RequestError) -> Response {
        var response = Response.json(bytes: body(of: refusal), status: .init(code: refusal.status))
        if let wait = refusal.retryAfterMilliseconds {
            response.headers[.retryAfter] = String(max(1, (wait + 999) / 1_000))
        }
        return response
    }

    /// The text of the reply.
    static func body(of refusal: RequestError) -> [UInt8] {
        var members: JSONObject = ["errcode": .string(refusal.code), "error": .string(refusal.message)]
        for member in refusal.extra { members[member.key] = member.value }
        return JSON.object(members).encoded()
    }

    /// The refusal of a method that the path does not know.
    static func wrongMethod(allowed: [HTTPRequest.Method]) -> Response {
        let refusal = RequestError(
            status: 405, code: "M_UNRECOGNIZED", message: "This endpoint does not know that method.")
        var response = response(for: refusal)
        response.headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        return response
    }
}
