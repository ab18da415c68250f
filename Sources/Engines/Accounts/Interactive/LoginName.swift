internal import Basics

/// How a client names the user who logs in: `m.id.user` with a full id or a localpart, or the older `user` member.
enum LoginName: Sendable, Hashable {
    case localpart(String)
    case full(UserIdentifier)

    /// The name in a login or `auth` object; `nil` if there is none.
    init?(_ object: JSONObject) throws(RequestError) {
        guard let text = try Self.text(in: object) else { return nil }
        if text.hasPrefix("@") {
            self = .full(try UserIdentifier(parsing: text))
        } else {
            self = .localpart(text)
        }
    }

    /// The localpart; foreign users are refused.
    func localpart(on serverName: String) throws(RequestError) -> String {
        switch self {
        case .localpart(let text): return text
        case .full(let id):
            guard id.serverName == serverName else { throw .forbidden("This user belongs to another server.") }
            return id.localpart
        }
    }

    private static func text(in object: JSONObject) throws(RequestError) -> String? {
        guard let identifier = object["identifier"] else { return object["user"]?.stringValue }
        guard let type = identifier["type"]?.stringValue else { throw .missingParam("identifier.type is missing.") }
        guard type == "m.id.user" else {
            throw RequestError(
                status: 400, code: "M_UNKNOWN", message: "Users are known here by m.id.user, not by \(type).")
        }
        guard let user = identifier["user"]?.stringValue else { throw .missingParam("identifier.user is missing.") }
        return user
    }
}
