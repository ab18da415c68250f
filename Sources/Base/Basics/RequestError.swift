/// A refusal that reaches the one who asked: an HTTP status, a Matrix error code and a sentence to act on.
public struct RequestError: Error, Hashable, Sendable {
    /// The HTTP status, 400...599.
    public var status: Int
    /// The machine-readable code, e.g. `M_FORBIDDEN`.
    public var code: String
    /// A sentence that says what is wrong and, where there is something, what to do.
    public var message: String
    /// Further members of the error object.
    public var extra: JSONObject
    /// After how many milliseconds the same request may be tried again.
    public var retryAfterMilliseconds: Int?

    /// A refusal.
    public init(
        status: Int, code: String, message: String, extra: JSONObject = [:], retryAfterMilliseconds: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}

extension RequestError {
    /// 403: the caller may not do this.
    public static func forbidden(_ message: String) -> RequestError {
        RequestError(status: 403, code: "M_FORBIDDEN", message: message)
    }
    /// 404: the thing does not exist, or the caller may not know that it does.
    public static func notFound(_ message: String) -> RequestError {
        RequestError(status: 404, code: "M_NOT_FOUND", message: message)
    }
    /// 400: JSON of the wrong shape.
    public static func badJSON(_ message: String) -> RequestError {
        RequestError(status: 400, code: "M_BAD_JSON", message: message)
    }
    /// 400: no JSON.
    public static func notJSON(_ message: String) -> RequestError {
        RequestError(status: 400, code: "M_NOT_JSON", message: message)
    }
    /// 400: a parameter is absent.
    public static func missingParam(_ message: String) -> RequestError {
        RequestError(status: 400, code: "M_MISSING_PARAM", message: message)
    }
    /// 400: a parameter has an impossible value.
    public static func invalidParam(_ message: String) -> RequestError {
        RequestError(status: 400, code: "M_INVALID_PARAM", message: message)
    }
    /// 401: the access token is not, or no longer, known.
    public static func unknownToken(softLogout: Bool = false) -> RequestError {
        RequestError(
            status: 401, code: "M_UNKNOWN_TOKEN", message: "The access token is not known. Log in again.",
            extra: ["soft_logout": .bool(softLogout)])
    }
    /// 401: there is no access token.
    public static var missingToken: RequestError {
        RequestError(status: 401, code: "M_MISSING_TOKEN", message: "This request needs an access token.")
    }
    /// 413: the request is larger than the limit.
    public static func tooLarge(_ message: String) -> RequestError {
        RequestError(status: 413, code: "M_TOO_LARGE", message: message)
    }
    /// 429: too many requests.
    public static func limitExceeded(retryAfterMilliseconds: Int) -> RequestError {
        RequestError(
            status: 429, code: "M_LIMIT_EXCEEDED", message: "Too many requests. Wait a moment and try again.",
            extra: ["retry_after_ms": .int(Int64(retryAfterMilliseconds))],
            retryAfterMilliseconds: retryAfterMilliseconds)
    }
    /// 404: no such endpoint.
    public static var unrecognized: RequestError {
        RequestError(status: 404, code: "M_UNRECOGNIZED", message: "There is no such endpoint.")
    }
    /// 503: a resource (disk, queue, quota) is used up; nothing was stored.
    public static func resourceLimit(_ message: String, retryAfterMilliseconds: Int? = nil) -> RequestError {
        RequestError(
            status: 503, code: "M_RESOURCE_LIMIT_EXCEEDED", message: message,
            retryAfterMilliseconds: retryAfterMilliseconds)
    }
    /// 500 or another status: something went wrong on our side.
    public static func unknown(_ message: String, status: Int = 500) -> RequestError {
        RequestError(status: status, code: "M_UNKNOWN", message: message)
    }
}

extension RequestError {
    /// The refusal of a text that is not acceptable JSON.
    public init(_ error: JSONError) {
        switch error.reason {
        case .syntax, .encoding: self = .notJSON("The body is not JSON: \(error).")
        case .tooLarge: self = .tooLarge("The body is too large.")
        case .tooDeep, .duplicateKey, .numberRange, .float: self = .badJSON("The body is not acceptable: \(error).")
        }
    }
}
