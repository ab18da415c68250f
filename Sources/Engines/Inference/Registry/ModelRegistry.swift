public import Evaluation

/// Which versions of which models there are, and which of them serve.
///
/// A value without storage: whoever keeps the rows reads them, calls one method inside his transaction, and writes
/// ``takeChanges()``. So an activation is one transaction, and of two administrators who activate at once the second one
/// is judged by what the first one did.
public struct ModelRegistry: Sendable {
    /// How many models and versions are kept.
    public struct Limits: Hashable, Sendable {
        /// Models.
        public var models = 64
        /// Versions of a model.
        public var versions = 10

        /// 64 models of 10 versions.
        public init() {}
    }

    /// Why a version may replace the active one.
    public enum Evidence: Hashable, Sendable {
        /// Nothing was compared: enough where nothing is active.
        case none
        /// A comparison with the version that was active at the time.
        case verdict(Gate.Verdict, against: ModelKey)
        /// Somebody takes it upon himself.
        case override(by: String, reason: String)
    }

    /// What became active, and in whose place.
    public struct Activation: Hashable, Sendable {
        /// The version that serves now.
        public let active: ModelKey
        /// The one that served before.
        public let previous: ModelKey?
    }

    private let limits: Limits
    private var entries: [ModelKey: ModelEntry]
    private var changed: Set<ModelKey> = []
    private var removed: Set<ModelKey> = []

    /// A registry of versions that are stored somewhere.
    public init(_ entries: [ModelEntry] = [], limits: Limits = Limits()) {
        self.limits = limits
        self.entries = Dictionary(entries.map { ($0.key, $0) }) { _, last in last }
    }

    /// All versions, in order.
    public var all: [ModelEntry] { entries.values.sorted { $0.key < $1.key } }

    /// A version.
    public subscript(key: ModelKey) -> ModelEntry? { entries[key] }

    /// The version that serves a role.
    public func active(_ role: ModelRole) -> ModelEntry? {
        entries.values.first { $0.role == role && $0.state == .active }
    }

    /// The versions that answer for a role: the active one first, then those whose vectors are still in use.
    public func serving(_ role: ModelRole) -> [ModelEntry] {
        all.filter { $0.role == role && $0.state.isServing }
            .sorted { $0.state == .active && $1.state != .active }
    }

    /// The version that answers queries in a space of vectors.
    ///
    /// - Throws: `.space` when nobody does: vectors of two models are never compared.
    public func answering(_ role: ModelRole, space: String) throws(RegistryRefusal) -> ModelEntry {
        guard let entry = serving(role).first(where: { $0.space == space }) else {
            let known = serving(role).compactMap(\.space).joined(separator: ", ")
            throw RegistryRefusal(
                .space,
                "No active \(role.rawValue) makes vectors of the space '\(space)'\(known.isEmpty ? "" : ", only of \(known)"). "
                    + "Vectors of two spaces are never compared.")
        }
        return entry
    }

    /// The rows that were changed and removed since the last call.
    public mutating func takeChanges() -> (written: [ModelEntry], removed: [ModelKey]) {
        defer {
            changed = []
            removed = []
        }
        return (changed.sorted().compactMap { entries[$0] }, removed.sorted())
    }

    // MARK: Coming and going

    /// Adds a version. Adding the same bytes again changes nothing.
    ///
    /// - Throws: `.taken` for other bytes under the same version, `.full`.
    /// - Returns: whether it is new.
    public mutating func add(_ entry: ModelEntry) throws(RegistryRefusal) -> Bool {
        if let known = entries[entry.key] {
            guard known.sha256 == entry.sha256 else {
                throw RegistryRefusal(.taken, "\(entry.key) exists with other bytes. Give the new file a new version.")
            }
            return false
        }
        let versions = entries.keys.filter { $0.id == entry.key.id }
        guard versions.count < limits.versions else {
            throw RegistryRefusal(.full, "\(entry.key.id) has \(versions.count) versions. Delete one first.")
        }
        guard !versions.isEmpty || Set(entries.keys.map(\.id)).count < limits.models else {
            throw RegistryRefusal(.full, "There are \(limits.models) models. Delete one first.")
        }
        put(entry)
        return true
    }

    /// Removes a version.
    ///
    /// - Throws: `.missing`; `.state` for one that serves.
    public mutating func remove(_ key: ModelKey) throws(RegistryRefusal) {
        let entry = try known(key)
        guard !entry.state.isServing else {
            throw RegistryRefusal(.state, "\(key) is \(entry.state.rawValue): activate another version first.")
        }
        entries[key] = nil
        changed.remove(key)
        removed.insert(key)
    }

    // MARK: On the way to active

    /// Notes how the trial ended: nil for well.
    public mutating func tried(_ key: ModelKey, failure: String?, at now: Int64) throws(RegistryRefusal) {
        let entry = try known(key)
        guard entry.state == .trial else { return }
        move(key, to: failure == nil ? .staged : .quarantined, failure ?? "", at: now)
    }

    /// Notes that the version was measured on the operator's data.
    public mutating func measured(_ key: ModelKey, at now: Int64) throws(RegistryRefusal) {
        let entry = try known(key)
        guard entry.state == .staged else { return }
        move(key, to: .measured, "", at: now)
    }

    /// Lets a version serve its role, in the place of the one that does.
    ///
    /// - Throws: `.missing`, `.state`; `.gate` without evidence that it is not worse; `.stale` when the evidence is about
    ///   another version than the active one.
    public mutating func activate(
        _ key: ModelKey, _ evidence: Evidence, at now: Int64
    ) throws(RegistryRefusal) -> Activation {
        let entry = try known(key)
        let old = active(entry.role)
        if old?.key == key { return Activation(active: key, previous: entry.predecessor) }
        guard [.staged, .measured, .retired, .draining].contains(entry.state) else {
            throw RegistryRefusal(.state, "\(key) is \(entry.state.rawValue) and cannot be activated. \(entry.reason)")
        }
        if let old { try check(evidence, against: old.key) }
        if let old { stepDown(old, for: entry, at: now) }
        entries[key]?.predecessor = old?.key
        var note = ""
        if case .override(let name, let reason) = evidence { note = "Activated by \(name) without the gate: \(reason)" }
        move(key, to: .active, note, at: now)
        return Activation(active: key, previous: old?.key)
    }

    private func check(_ evidence: Evidence, against active: ModelKey) throws(RegistryRefusal) {
        switch evidence {
        case .none:
            throw RegistryRefusal(.gate, "Nothing shows that it is as good as \(active). Evaluate both first.")
        case .verdict(let verdict, let against):
            guard against == active else {
                throw RegistryRefusal(
                    .stale, "It was compared with \(against), and \(active) is active by now. Evaluate it again.")
            }
            guard verdict.passes else { throw RegistryRefusal(.gate, verdict.reason) }
        case .override: break
        }
    }

    /// Whoever made vectors that are still in use goes on answering in their space.
    private mutating func stepDown(_ old: ModelEntry, for new: ModelEntry, at now: Int64) {
        let keepsSpace = old.space != nil && old.space != new.space
        move(old.key, to: keepsSpace ? .draining : .retired, "Replaced by \(new.key).", at: now)
    }

    /// Notes which vectors of a role are still kept: versions that were replaced and whose vectors are gone need not answer
    /// any more.
    ///
    /// - Parameter spaces: the spaces of vectors that are kept; none when all are of the active version's.
    public mutating func refilled(_ role: ModelRole, keeping spaces: Set<String> = [], at now: Int64) {
        for entry in entries.values where entry.role == role && entry.state == .draining {
            if let space = entry.space, spaces.contains(space) { continue }
            move(entry.key, to: .retired, "All vectors were made anew.", at: now)
        }
    }

    // MARK: Back

    /// Lets the version serve that did before the active one.
    ///
    /// - Throws: `.missing` when there is none that could.
    public mutating func rollBack(_ role: ModelRole, at now: Int64) throws(RegistryRefusal) -> Activation {
        guard let current = active(role) else {
            throw RegistryRefusal(.missing, "No version is active for the role \(role.rawValue).")
        }
        guard let before = usable(before: current) else {
            throw RegistryRefusal(.missing, "\(current.key) has no predecessor that could serve.")
        }
        stepDown(current, for: before, at: now)
        move(before.key, to: .active, "Rolled back from \(current.key).", at: now)
        return Activation(active: before.key, previous: current.key)
    }

    /// Puts a version away.
    ///
    /// - Throws: `.missing`; `.state` for one that was never good, or serves.
    public mutating func retire(_ key: ModelKey, at now: Int64) throws(RegistryRefusal) {
        let entry = try known(key)
        switch entry.state {
        case .retired: return
        case .staged, .measured, .active, .draining: move(key, to: .retired, "Put away.", at: now)
        case .trial, .quarantined, .damaged:
            throw RegistryRefusal(.state, "\(key) is \(entry.state.rawValue).")
        }
    }

    /// Takes a version out that misbehaves; if it served, the one before it does again.
    public mutating func quarantine(_ key: ModelKey, _ reason: String, at now: Int64) throws(RegistryRefusal)
        -> Activation?
    {
        try takeOut(key, .quarantined, reason, now)
    }

    /// Takes a version out whose file is gone or changed; if it served, the one before it does again.
    public mutating func damaged(_ key: ModelKey, _ reason: String, at now: Int64) throws(RegistryRefusal)
        -> Activation?
    {
        try takeOut(key, .damaged, reason, now)
    }

    private mutating func takeOut(
        _ key: ModelKey, _ state: ModelState, _ reason: String, _ now: Int64
    ) throws(RegistryRefusal) -> Activation? {
        let entry = try known(key)
        let served = entry.state == .active
        move(key, to: state, reason, at: now)
        guard served, let before = usable(before: entry) else { return nil }
        move(before.key, to: .active, "Active again, as \(key) is \(state.rawValue).", at: now)
        return Activation(active: before.key, previous: key)
    }

    /// The nearest predecessor that can serve.
    private func usable(before entry: ModelEntry) -> ModelEntry? {
        var seen: Set<ModelKey> = [entry.key]
        var next = entry.predecessor
        while let key = next, seen.insert(key).inserted, let candidate = entries[key] {
            if [.retired, .draining].contains(candidate.state) { return candidate }
            next = candidate.predecessor
        }
        return nil
    }

    // MARK: Rows

    private func known(_ key: ModelKey) throws(RegistryRefusal) -> ModelEntry {
        guard let entry = entries[key] else { throw RegistryRefusal(.missing, "There is no \(key).") }
        return entry
    }

    private mutating func put(_ entry: ModelEntry) {
        entries[entry.key] = entry
        changed.insert(entry.key)
    }

    private mutating func move(_ key: ModelKey, to state: ModelState, _ reason: String, at now: Int64) {
        guard var entry = entries[key] else { return }
        entry.state = state
        entry.reason = reason
        entry.changed = now
        put(entry)
        guard state == .active, entry.space != nil else { return }
        // Another model of the same space answers in it from now on.
        for other in entries.values where other.role == entry.role && other.space == entry.space {
            if other.state == .draining { move(other.key, to: .retired, "\(key) answers in its space.", at: now) }
        }
    }
}
