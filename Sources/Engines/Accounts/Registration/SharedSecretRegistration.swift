public import Basics
internal import Crypto
internal import Synchronization

/// Nonces for registration by shared secret: each is good once and for a minute.
struct RegistrationNonces: Sendable {
    static let lifetimeMilliseconds: Int64 = 60_000
    static let maximumCount = 1_000
    private var issued: [String: Int64] = [:]

    mutating func issue(_ nonce: String, at now: Int64) {
        if issued.count >= Self.maximumCount { issued = issued.filter { now - $0.value <= Self.lifetimeMilliseconds } }
        if issued.count >= Self.maximumCount { issued = [:] }
        issued[nonce] = now
    }

    mutating func use(_ nonce: String, at now: Int64) -> Bool {
        guard let issuedAt = issued.removeValue(forKey: nonce) else { return false }
        return now >= issuedAt && now - issuedAt <= Self.lifetimeMilliseconds
    }
}

/// A registration by somebody who knows the server's shared secret (`/_synapse/admin/v1/register`).
public struct SharedSecretRegistration: Sendable, Hashable {
    /// The nonce that the server gave.
    public var nonce: String
    /// The localpart.
    public var username: String
    /// The password.
    public var password: String
    /// Whether the account is an administrator's.
    public var isAdmin: Bool
    /// The kind of user, as Synapse names it; signed if given.
    public var userType: String?
    /// The name shown to others.
    public var displayName: String?
    /// HMAC-SHA1 of all of it, in hexadecimal.
    public var mac: String

    /// A registration.
    public init(
        nonce: String, username: String, password: String, isAdmin: Bool, userType: String? = nil,
        displayName: String? = nil, mac: String
    ) {
        self.nonce = nonce
        self.username = username
        self.password = password
        self.isAdmin = isAdmin
        self.userType = userType
        self.displayName = displayName
        self.mac = mac
    }

    /// The bytes that are signed: nonce, name, password, `admin` or `notadmin`, and the kind, with zero bytes between.
    var signed: [UInt8] {
        let parts = [nonce, username, password, isAdmin ? "admin" : "notadmin"] + (userType.map { [$0] } ?? [])
        return Array(parts.map { Array($0.utf8) }.joined(separator: [0]))
    }

    func isSigned(with secret: String) -> Bool {
        guard let shown = Hex.decode(mac) else { return false }
        let key = SymmetricKey(data: Array(secret.utf8))
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(shown, authenticating: signed, using: key)
    }
}

extension Accounts {
    /// A nonce for ``register(_:device:)-(SharedSecretRegistration,_)``. Refuses where no shared secret is set.
    public func registrationNonce() throws(RequestError) -> String {
        guard policy.sharedSecret != nil else { throw .unrecognized }
        let nonce = Hex.encode(secureRandomBytes(32))
        nonces.withLock { $0.issue(nonce, at: clock.now()) }
        return nonce
    }

    /// Makes an account for somebody who knows the shared secret. Refuses with `M_FORBIDDEN`.
    public func register(_ wish: SharedSecretRegistration, device: DeviceRequest) async throws -> RegistrationResult {
        guard let secret = policy.sharedSecret else { throw RequestError.unrecognized }
        guard nonces.withLock({ $0.use(wish.nonce, at: clock.now()) }) else {
            throw RequestError.invalidParam("The nonce is not known or too old. Ask for another one.")
        }
        guard wish.isSigned(with: secret) else { throw RequestError.forbidden("The signature is wrong.") }
        return try await register(
            Registration(
                localpart: wish.username, password: wish.password, displayName: wish.displayName,
                isAdmin: wish.isAdmin, device: device))
    }
}
