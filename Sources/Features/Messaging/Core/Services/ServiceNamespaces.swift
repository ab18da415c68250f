package import Basics

/// The users, aliases and rooms an application service has claimed.
package struct ServiceNamespaces: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        /// Nobody else may create what matches.
        package let isExclusive: Bool
        package let pattern: LinearRegex
    }

    package private(set) var users: [Entry] = []
    package private(set) var aliases: [Entry] = []
    package private(set) var rooms: [Entry] = []

    package init() {}

    init(_ json: JSON?) throws(RequestError) {
        guard let json, !json.isNull else { return }
        guard let object = json.objectValue else { throw .badJSON("`namespaces` must be an object.") }
        users = try Self.entries(object, "users")
        aliases = try Self.entries(object, "aliases")
        rooms = try Self.entries(object, "rooms")
    }

    private static func entries(_ object: JSONObject, _ key: String) throws(RequestError) -> [Entry] {
        guard let value = object[key], !value.isNull else { return [] }
        guard let list = value.arrayValue else { throw .badJSON("`namespaces.\(key)` must be a list.") }
        var entries: [Entry] = []
        for element in list {
            guard let regex = element["regex"]?.stringValue, let exclusive = element["exclusive"]?.boolValue else {
                throw .badJSON("Each entry of `namespaces.\(key)` needs a text `regex` and a truth value `exclusive`.")
            }
            do throws(LinearRegexError) {
                entries.append(Entry(isExclusive: exclusive, pattern: try LinearRegex(regex)))
            } catch {
                throw .badJSON("The regex `\(regex)` of `namespaces.\(key)` cannot be used: \(error).")
            }
        }
        return entries
    }

    /// Whether the service has claimed a user id.
    package func claims(user: String) -> Bool { users.contains { $0.pattern.matches(user) } }
    /// Whether the service has claimed a room alias.
    package func claims(alias: String) -> Bool { aliases.contains { $0.pattern.matches(alias) } }
    /// Whether the service has claimed a room id.
    package func claims(room: String) -> Bool { rooms.contains { $0.pattern.matches(room) } }

    /// Whether nobody but the service may create a user id.
    package func reserves(user: String) -> Bool { users.contains { $0.isExclusive && $0.pattern.matches(user) } }
    /// Whether nobody but the service may create a room alias.
    package func reserves(alias: String) -> Bool { aliases.contains { $0.isExclusive && $0.pattern.matches(alias) } }
}

/// An application service (robot or bridge) as its registration file describes it.
package struct ServiceRegistration: Sendable, Hashable {
    package let id: String
    /// Where transactions go; nil for a service that only calls in.
    package let url: String?
    /// Token with which the service calls the server.
    package let serviceToken: String
    /// Token with which the server calls the service.
    package let serverToken: String
    package let senderLocalpart: String
    package let namespaces: ServiceNamespaces
    package let isRateLimited: Bool
    package let protocols: [String]
    /// Whether typing notices and receipts go to the service too.
    package let receivesEphemeral: Bool
    /// The kinds of cards that its users may send as robots of the shop; nil for all.
    package let cardKinds: Set<String>?

    /// Reads a registration; 400 naming the part that is wrong.
    package init(_ json: JSON) throws(RequestError) {
        guard let object = json.objectValue else { throw .badJSON("A registration must be an object.") }
        func text(_ key: String) throws(RequestError) -> String {
            guard let text = object[key]?.stringValue, !text.isEmpty else {
                throw .badJSON("A registration needs `\(key)` as text.")
            }
            return text
        }
        id = try text("id")
        serviceToken = try text("as_token")
        serverToken = try text("hs_token")
        senderLocalpart = try text("sender_localpart")
        guard serviceToken != serverToken else { throw .badJSON("`as_token` and `hs_token` must differ.") }
        url = try Self.url(object["url"])
        namespaces = try ServiceNamespaces(object["namespaces"])
        isRateLimited = object["rate_limited"]?.boolValue ?? true
        protocols = object["protocols"]?.arrayValue?.compactMap(\.stringValue) ?? []
        receivesEphemeral = object["receive_ephemeral"]?.boolValue ?? false
        let kinds = object["shop.vitrine.robot"]?["may_send"]
        guard kinds == nil || kinds?.arrayValue?.allSatisfy({ $0.stringValue != nil }) == true else {
            throw .badJSON("`may_send` of `shop.vitrine.robot` must be a list of kinds of cards.")
        }
        cardKinds = kinds?.arrayValue.map { Set($0.compactMap(\.stringValue)) }
    }

    private static func url(_ json: JSON?) throws(RequestError) -> String? {
        guard let json, !json.isNull, json != "" else { return nil }
        guard let url = json.stringValue, url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .badJSON("`url` must be a text that begins with http:// or https://, or null.")
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// The id of the service's own user.
    package func senderID(serverName: String) -> String { "@\(senderLocalpart):\(serverName)" }

    /// Whether the service may act as a user: its own, or one it has claimed.
    package func mayAct(as user: String, serverName: String) -> Bool {
        user == senderID(serverName: serverName) || namespaces.claims(user: user)
    }

    /// Whether the service is told of an event: by its room, an alias of the room, its sender or one of the members.
    ///
    /// - Parameter members: the joined and invited users of the room; asked last.
    package func isInterested(
        room: String, aliases: some Sequence<String>, sender: String, stateKey: String?,
        members: @autoclosure () -> some Sequence<String>, serverName: String
    ) -> Bool {
        namespaces.claims(room: room) || aliases.contains { namespaces.claims(alias: $0) }
            || mayAct(as: sender, serverName: serverName)
            || stateKey.map { $0.hasPrefix("@") && mayAct(as: $0, serverName: serverName) } ?? false
            || members().contains { mayAct(as: $0, serverName: serverName) }
    }
}
