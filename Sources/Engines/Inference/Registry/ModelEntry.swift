/// A version of a model, as nobody else has it.
public struct ModelKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The model's short name.
    public let id: String
    /// Its version: three numbers.
    public let version: String

    /// A key.
    public init(id: String, version: String) {
        self.id = id
        self.version = version
    }

    /// `item-embed 1.0.2`.
    public var description: String { "\(id) \(version)" }

    /// By name, then by the numbers of the version.
    public static func < (left: ModelKey, right: ModelKey) -> Bool {
        guard left.id == right.id else { return left.id < right.id }
        return left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    private var numbers: [Int] { version.split(separator: ".").map { Int($0) ?? 0 } }
}

/// Where a version stands between its upload and its end.
public enum ModelState: String, Sendable, CaseIterable {
    /// Stored and scanned; its trial in the cage is under way.
    case trial
    /// Passed the trial.
    case staged
    /// Measured on the operator's own data.
    case measured
    /// Serves its role.
    case active
    /// Was replaced by one of another space of vectors, and still answers queries in its own until the vectors are
    /// made anew.
    case draining
    /// Was replaced, or put away; can be activated again.
    case retired
    /// Its process ended too often, or its trial failed.
    case quarantined
    /// Its file is gone, or is not what was uploaded.
    case damaged

    /// Whether it is loaded to answer.
    public var isServing: Bool { self == .active || self == .draining }
}

/// What the registry knows of a version.
public struct ModelEntry: Hashable, Sendable {
    /// Name and version.
    public let key: ModelKey
    /// What it is for.
    public let role: ModelRole
    /// SHA-256 of the file, lower case hexadecimal: where its bytes lie.
    public let sha256: String
    /// Size of the file.
    public let bytes: Int64
    /// The space of its vectors; nil for models that make none.
    public let space: String?
    /// Whether it runs in a cage.
    public let isCaged: Bool
    /// When it was added, in milliseconds since 1970.
    public let added: Int64
    /// Where it stands.
    public internal(set) var state = ModelState.trial
    /// Why it stands there, where that is not clear by itself.
    public internal(set) var reason = ""
    /// Which version it replaced when it became active.
    public internal(set) var predecessor: ModelKey?
    /// When its state last changed, in milliseconds since 1970.
    public internal(set) var changed: Int64

    /// A version that was just stored.
    public init(_ manifest: ModelManifest, bytes: Int64, isCaged: Bool, now: Int64) {
        key = ModelKey(id: manifest.id, version: manifest.version)
        role = manifest.role
        sha256 = manifest.sha256
        self.bytes = bytes
        space = manifest.embedding?.space
        self.isCaged = isCaged
        added = now
        changed = now
    }

    /// A version as it was stored.
    public init(
        key: ModelKey, role: ModelRole, sha256: String, bytes: Int64, space: String?, isCaged: Bool, added: Int64,
        state: ModelState, reason: String, predecessor: ModelKey?, changed: Int64
    ) {
        self.key = key
        self.role = role
        self.sha256 = sha256
        self.bytes = bytes
        self.space = space
        self.isCaged = isCaged
        self.added = added
        self.state = state
        self.reason = reason
        self.predecessor = predecessor
        self.changed = changed
    }
}

/// Why the registry does not do what was asked.
public struct RegistryRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What sort of refusal it is.
    public enum Kind: String, Sendable {
        /// There is no such version.
        case missing
        /// The version exists with other bytes.
        case taken
        /// Its state does not allow it.
        case state
        /// Measured worse than, or not surely as good as, what it would replace.
        case gate
        /// What it was measured against is not active any more.
        case stale
        /// There are too many models or versions.
        case full
        /// A query of one space would meet vectors of another.
        case space
    }

    /// What sort of refusal it is.
    public let kind: Kind
    /// A sentence that a person can act on.
    public let description: String

    /// A refusal.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
