package import Basics
import Crypto
package import Evaluation
import Foundation
package import Inference
package import Logging
package import Storage
import Synchronization

/// The models of the shop: their versions in the database, their bytes among the blobs, and those that are loaded.
///
/// Every change of what serves is one transaction; what is loaded follows from the rows and is loaded when it is first
/// asked for. So a process that is killed at any moment finds on its next start what was acknowledged.
package final class ModelService: Sendable {
    /// Where things are, and what is done about them.
    package struct Settings: Sendable {
        /// The data folder.
        package var data: String
        /// The program that becomes a caged worker.
        package var program: String
        /// Threads of one run.
        package var threads = 1
        /// Bytes of models that stay loaded.
        package var loadedBytes: Int64 = 1 << 30

        /// Settings for a data folder, with this program as the worker.
        package init(data: String) {
            self.data = data
            let running = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
            // Whatever else hosts a server (a test, say) would not become a worker.
            program = URL(filePath: running).deletingLastPathComponent().appending(path: "vitrine").path
        }
    }

    let database: Database
    let blobs: BlobStore
    let clock: any WallClock
    let settings: Settings
    let logger: Logger
    let loaded = Mutex(LoadedModels())
    let work = ModelWork()
    let followers = Mutex(Followers())
    private let opened = Mutex<Result<InferenceRuntime, InferenceError>?>(nil)

    /// A service over a database that was opened with ``ModelRows/migrations``.
    package init(
        database: Database, blobs: BlobStore, clock: any WallClock, settings: Settings, logger: Logger
    ) {
        self.database = database
        self.blobs = blobs
        self.clock = clock
        self.settings = settings
        self.logger = logger
    }

    /// ONNX Runtime, opened when it is first asked for. Blocks for up to a second.
    ///
    /// - Throws: `.unavailable`, always the same until the next start.
    package func runtime() throws(InferenceError) -> InferenceRuntime {
        let result = opened.withLock { opened in
            if let opened { return opened }
            let result = Result { () throws(InferenceError) in
                try InferenceRuntime.find(in: InferencePlaces.folders(data: settings.data))
            }
            opened = result
            return result
        }
        return try result.get()
    }

    /// Whether ONNX Runtime was found, as far as anybody has asked: nil, or why not.
    package var runtimeState: (isKnown: Bool, version: String?, reason: String?) {
        switch opened.withLock({ $0 }) {
        case nil: (false, nil, nil)
        case .success(let runtime): (true, runtime.version, nil)
        case .failure(let error): (true, nil, error.message)
        }
    }

    // MARK: Rows

    /// All versions as they stand.
    package func registry() async throws -> ModelRegistry {
        try await database.read { try ModelRows.registry($0) }
    }

    /// Changes the registry in one transaction; whoever follows it hears of what serves then.
    func change<Value: Sendable>(
        by who: String, _ body: @escaping @Sendable (inout ModelRegistry) throws -> (Value, note: String?)
    ) async throws -> Value {
        let value = try await database.write { context in
            var registry = try ModelRows.registry(context.connection)
            let (value, note) = try body(&registry)
            try ModelRows.write(&registry, in: context)
            if let note { try ModelRows.note(note, by: who, in: context) }
            return value
        }
        await tellFollowers()
        return value
    }

    /// The manifest of a version.
    ///
    /// - Throws: `M_NOT_FOUND`.
    func manifest(_ key: ModelKey) async throws -> ModelManifest {
        guard let bytes = try await database.read({ try ModelRows.manifest(key, $0) }) else {
            throw RequestError.notFound("There is no \(key).")
        }
        return try ModelManifest(parsing: bytes)
    }

    // MARK: What serves

    /// Lets a version serve its role.
    ///
    /// The evidence is the latest comparison with the active version on the same data set: the one with the most
    /// queries that both were asked.
    package func activate(
        _ key: ModelKey, override reason: String? = nil, by who: String
    ) async throws -> (activation: ModelRegistry.Activation, verdict: Gate.Verdict?) {
        if reason == nil { try await requireThreshold(key) }
        let verdict = try await verdict(on: key)
        let evidence: ModelRegistry.Evidence =
            if let reason {
                .override(by: who, reason: reason)
            } else if let verdict {
                .verdict(verdict.verdict, against: verdict.against)
            } else {
                .none
            }
        let now = clock.now()
        do {
            let activation = try await change(by: who) { registry in
                let activation = try registry.activate(key, evidence, at: now)
                let how = reason.map { ", without the gate: \($0)" } ?? ""
                return (activation, "activated \(key)\(how)")
            }
            logger.info("a model was activated", metadata: ["model": "\(key)", "by": "\(who)"])
            return (activation, verdict?.verdict)
        } catch let refusal as RegistryRefusal {
            throw refusal.request(verdict: verdict?.verdict)
        }
    }

    /// The comparison of a version with the one that is active now; nil when nothing is, or nothing was compared.
    func verdict(on key: ModelKey) async throws -> (verdict: Gate.Verdict, against: ModelKey)? {
        try await database.read { connection in
            let registry = try ModelRows.registry(connection)
            guard let entry = registry[key], let active = registry.active(entry.role), active.key != key else {
                return nil
            }
            let olds = try ModelRows.measurements(active.key, connection)
            let pairs = try ModelRows.measurements(key, connection).compactMap { new in
                olds.first { $0.dataset == new.dataset && $0.kind == new.kind }.map { (old: $0, new: new) }
            }
            let common = pairs.map { pair in
                pair.old.outcomes.keys.filter { pair.new.outcomes[$0] != nil }.sorted().map {
                    (pair.old.outcomes[$0] ?? 0, pair.new.outcomes[$0] ?? 0)
                }
            }
            guard let best = common.max(by: { $0.count < $1.count }) else { return nil }
            return (Gate().compare(old: best.map(\.0), new: best.map(\.1)), active.key)
        }
    }

    /// Lets the version serve that did before.
    package func rollBack(_ role: ModelRole, by who: String) async throws -> ModelRegistry.Activation {
        let now = clock.now()
        do {
            return try await change(by: who) { registry in
                let activation = try registry.rollBack(role, at: now)
                let from = activation.previous.map { " from \($0)" } ?? ""
                return (activation, "rolled back\(from) to \(activation.active)")
            }
        } catch let refusal as RegistryRefusal {
            throw refusal.request()
        }
    }

    /// Puts a version away.
    func retire(_ key: ModelKey, by who: String) async throws {
        let now = clock.now()
        do {
            try await change(by: who) { registry in
                try registry.retire(key, at: now)
                return ((), "retired \(key)")
            }
        } catch let refusal as RegistryRefusal {
            throw refusal.request()
        }
        unload(key)
    }

    /// Removes a version; its bytes go with the next collection of blobs.
    func remove(_ key: ModelKey, by who: String) async throws {
        do {
            try await database.write { context in
                var registry = try ModelRows.registry(context.connection)
                let hash = registry[key].flatMap { BlobHash(hex: $0.sha256) }
                try registry.remove(key)
                try ModelRows.write(&registry, in: context)
                if let hash, try BlobStore.record(hash, context.connection)?.references ?? 0 > 0 {
                    try BlobStore.release(hash, in: context)
                }
                try ModelRows.note("deleted \(key)", by: who, in: context)
            }
        } catch let refusal as RegistryRefusal {
            throw refusal.request()
        }
        unload(key)
    }

    /// Takes a version out; what served before it does again.
    func takeOut(_ key: ModelKey, as state: ModelState, _ reason: String) async {
        unload(key)
        let now = clock.now()
        do {
            let next = try await change(by: "the server") { registry in
                let next =
                    state == .damaged
                    ? try registry.damaged(key, reason, at: now) : try registry.quarantine(key, reason, at: now)
                return (next, "\(key) is \(state.rawValue): \(reason)")
            }
            logger.error(
                "a model was taken out",
                metadata: [
                    "model": "\(key)", "state": "\(state.rawValue)", "reason": "\(reason)",
                    "active": "\(next.map { "\($0.active)" } ?? "none")",
                ])
        } catch {
            logger.error("a model could not be taken out", metadata: ["model": "\(key)", "error": "\(error)"])
        }
    }
}

extension RegistryRefusal {
    /// What the caller is told.
    func request(verdict: Gate.Verdict? = nil) -> RequestError {
        let extra: JSONObject = verdict.map { ["gate": $0.json] } ?? [:]
        return switch kind {
        case .missing: .notFound(description)
        case .taken, .state, .full: RequestError(status: 409, code: "M_CONFLICT", message: description, extra: extra)
        case .gate, .stale: RequestError(status: 409, code: "VITRINE_GATE", message: description, extra: extra)
        case .space: RequestError(status: 409, code: "VITRINE_SPACE", message: description)
        }
    }
}
