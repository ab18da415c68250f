public import Basics

/// A Matrix user id, `@localpart:server`.
///
/// Parsing takes every id that the specification ever allowed (historical ids hold any character but `:` and NUL);
/// creating an account is stricter, see ``Localpart``.
public struct UserIdentifier: Sendable, Hashable, CustomStringConvertible {
    /// The longest id in bytes, sigil and server name included.
    public static let maximumLength = 255

    /// What stands between `@` and the first `:`.
    public let localpart: String
    /// What stands after the first `:`.
    public let serverName: String

    /// The id of a localpart on a server; neither is checked.
    public init(localpart: String, serverName: String) {
        self.localpart = localpart
        self.serverName = serverName
    }

    /// The id a text stands for. Refuses with `M_INVALID_PARAM`.
    public init(parsing text: some StringProtocol) throws(RequestError) {
        let bytes = text.utf8
        guard bytes.count <= Self.maximumLength, bytes.first == UInt8(ascii: "@"),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { throw Self.malformed }
        let localpart = String(decoding: bytes[bytes.index(after: bytes.startIndex)..<colon], as: UTF8.self)
        let serverName = String(decoding: bytes[bytes.index(after: colon)...], as: UTF8.self)
        guard !localpart.utf8.contains(0), ServerName.isValid(serverName) else { throw Self.malformed }
        self.init(localpart: localpart, serverName: serverName)
    }

    /// The id as text.
    public var text: String { "@\(localpart):\(serverName)" }

    /// The id as text.
    public var description: String { text }

    private static var malformed: RequestError {
        .invalidParam("A user id has the form @name:server and at most \(maximumLength) bytes.")
    }
}
