package import Basics
import Messaging
import Storage

/// A business as the shop's administrator has set it up.
package struct BusinessAdapter: Sendable {
    package var name: String
    package var config: AdapterConfig
    /// Both sides sign with it.
    package var secret: String

    package init(name: String, config: AdapterConfig, secret: String) {
        self.name = name
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
                guard let config = try? AdapterConfig(stored.config) else { return nil }
                return BusinessAdapter(name: stored.name, config: config, secret: stored.secret)
            }
        }
    }

    /// All businesses as they are shown: never with their secrets.
    package func adapterViews() async throws -> [JSON] {
        try await database.read { connection in
            try AdapterQueries.adapters(connection).map { stored in
                ["name": .string(stored.name), "config": .object(stored.config)]
            }
        }
    }

    /// Sets a business up, or changes it.
    ///
    /// - Parameter secret: what both sides sign with; without one a known business keeps the one that it has.
    package func setAdapter(_ name: String, config: JSONObject, secret: String?) async throws {
        let isPlain = name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95
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
            guard let secret = try secret ?? AdapterQueries.adapter(name, context.connection)?.secret else {
                throw RequestError.missingParam("'secret' is missing: both sides sign with it.")
            }
            try AdapterQueries.set(.init(name: name, config: config, secret: secret), in: context)
        }
    }
}
