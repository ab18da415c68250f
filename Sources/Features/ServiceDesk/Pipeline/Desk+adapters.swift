package import Basics
import Messaging
import Storage

/// A business as the shop's administrator has set it up.
package struct BusinessAdapter: Sendable {
    package var name: String
    package var shop: Int64
    package var config: AdapterConfig
    /// Both sides sign with it.
    package var secret: String

    package init(name: String, of shop: Int64, config: AdapterConfig, secret: String) {
        self.name = name
        self.shop = shop
        self.config = config
        self.secret = secret
    }
}

extension Desk {
    /// The shortest secret that requests may be signed with.
    package static let shortestSecret = 16

    /// All businesses with their secrets, for whoever asks them. One whose settings cannot be read is left out.
    package func businesses() async throws -> [BusinessAdapter] {
        try await database.read { connection in
            try AdapterQueries.adapters(connection).compactMap { stored in
                guard stored.retired == nil, let config = try? AdapterConfig(stored.config) else { return nil }
                return BusinessAdapter(name: stored.name, of: stored.shop, config: config, secret: stored.secret)
            }
        }
    }

    /// A shop's businesses as they are shown: never with their secrets, nor with headers that hold some.
    ///
    /// - Parameter withRetired: whether those out of use are among them.
    package func adapterViews(of shop: Int64 = Desk.firstShop, withRetired: Bool = false) async throws -> [JSON] {
        try await database.read { connection in
            let own = try AdapterQueries.adapters(connection).filter {
                $0.shop == shop && (withRetired || $0.retired == nil)
            }
            return own.map { stored in
                [
                    "name": .string(stored.name), "config": .object(HeaderSecrets.hidden(stored.config)),
                    "retired_ts": stored.retired.map(JSON.int) ?? .null,
                ]
            }
        }
    }

    /// Takes a business out of use, or back into it. Its settings and its secret stay, so that both are one step.
    package func retireAdapter(_ name: String, of shop: Int64 = Desk.firstShop, _ isRetired: Bool) async throws {
        try await database.write { context in
            guard try AdapterQueries.adapter(name, context.connection)?.shop == shop,
                try AdapterQueries.retire(name, isRetired, in: context)
            else { throw RequestError.notFound("There is no adapter '\(name.prefix(64))'.") }
        }
    }

    /// Sets a business up, or changes it.
    ///
    /// - Parameter secret: what both sides sign with; without one a known business keeps the one that it has.
    /// - Throws: 409 for the name of another shop's business: a name is in the address under which a business calls in.
    package func setAdapter(
        _ name: String, of shop: Int64 = Desk.firstShop, config: JSONObject, secret: String?
    ) async throws {
        let isPlain = name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95
        }
        guard name != Self.ownAdapter else {
            throw RequestError.invalidParam("'\(name)' is the server's own name.")
        }
        guard !name.isEmpty, name.utf8.count <= 64, isPlain else {
            throw RequestError.invalidParam("An adapter's name has 1 to 64 of a-z, 0-9, - and _.")
        }
        guard JSON.object(config).canonical().count <= 16_384 else {
            throw RequestError.tooLarge("The settings of an adapter hold at most 16 KiB.")
        }
        _ = try AdapterConfig(config)
        if let secret, secret.utf8.count < Self.shortestSecret || secret.utf8.count > 256 {
            throw RequestError.invalidParam("A secret has \(Self.shortestSecret) to 256 bytes.")
        }
        try await database.write { context in
            let known = try AdapterQueries.adapter(name, context.connection)
            guard known == nil || known?.shop == shop else {
                throw RequestError(status: 409, code: "M_CONFLICT", message: "This name is taken on this server.")
            }
            guard let secret = secret ?? known?.secret else {
                throw RequestError.missingParam("'secret' is missing: both sides sign with it.")
            }
            let whole = HeaderSecrets.restored(config, from: known?.config)
            try AdapterQueries.set(.init(name: name, shop: shop, config: whole, secret: secret), in: context)
        }
    }
}

/// Headers of adapters that hold a password or a key: they are shown by a mark, and the mark written back means the one
/// that is there.
enum HeaderSecrets {
    static let mark = "(kept)"

    private static func holdsSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["authorization", "cookie", "key", "token", "secret", "password"].contains { name.contains($0) }
    }

    static func hidden(_ config: JSONObject) -> JSONObject {
        changed(config) { name, value in holdsSecret(name) ? .string(mark) : value }
    }

    static func restored(_ config: JSONObject, from known: JSONObject?) -> JSONObject {
        changed(config) { name, value in
            value == .string(mark) ? known?["headers"]?[name] ?? .string("") : value
        }
    }

    private static func changed(_ config: JSONObject, _ body: (String, JSON) -> JSON) -> JSONObject {
        guard let headers = config["headers"]?.objectValue else { return config }
        var shown: JSONObject = [:]
        for header in headers { shown[header.key] = body(header.key, header.value) }
        var config = config
        config["headers"] = .object(shown)
        return config
    }
}
