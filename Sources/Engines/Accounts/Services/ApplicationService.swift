/// An application service as far as accounts go: a program with a token of its own that may act for users.
public struct ApplicationService: Sendable {
    /// Its name in the configuration.
    public let id: String
    /// The localpart of the user that the service itself is.
    public let senderLocalpart: String
    /// The token with which it calls the server, as SHA-256.
    let tokenHash: [UInt8]
    /// Whether a localpart lies in its namespaces.
    public let owns: @Sendable (String) -> Bool
    /// Whether a localpart lies in its namespaces and nobody else may have it.
    public let ownsExclusively: @Sendable (String) -> Bool

    /// A service. `token` is its `as_token`; only its hash is kept.
    public init(
        id: String, token: String, senderLocalpart: String, owns: @escaping @Sendable (String) -> Bool,
        ownsExclusively: @escaping @Sendable (String) -> Bool
    ) {
        self.id = id
        self.senderLocalpart = senderLocalpart
        tokenHash = SecretToken.hash(of: token)
        self.owns = owns
        self.ownsExclusively = ownsExclusively
    }

    func mayAct(for localpart: String) -> Bool { localpart == senderLocalpart || owns(localpart) }
}

/// For whom an application service acts (`user_id` and `device_id` of the query).
public struct ServiceMask: Sendable, Hashable {
    /// The user; the service's own one without.
    public var user: String?
    /// One of the user's devices.
    public var device: String?

    /// A mask.
    public init(user: String? = nil, device: String? = nil) {
        self.user = user
        self.device = device
    }
}
