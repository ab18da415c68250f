package import HTTPTypes

extension HTTPField.Name {
    /// A header name written in the source; a bad one is our own misuse.
    package static func named(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("'\(text)' is no header name") }
        return name
    }

    static let forwardedFor = named("X-Forwarded-For")
    static let requestID = named("X-Request-Id")
    static let referrerPolicy = named("Referrer-Policy")
    static let openerPolicy = named("Cross-Origin-Opener-Policy")
    static let vitrineSignature = named("X-Vitrine-Signature")
    static let vitrineTimestamp = named("X-Vitrine-Timestamp")
    static let permissionsPolicy = named("Permissions-Policy")
}
