package import Basics
import Crypto
import Dispatch
import Foundation
package import Inference
import Storage
import Synchronization

/// Models that are loaded, the least recently used first.
struct LoadedModels {
    struct Model {
        let key: ModelKey
        let bytes: Int64
        let queue: ModelQueue
        let caged: CagedModel?
    }

    private(set) var models: [Model] = []
    /// What models did that are not loaded any more, together: counters never fall.
    private(set) var gone = ModelFigures()

    mutating func use(_ key: ModelKey) -> Model? {
        guard let index = models.firstIndex(where: { $0.key == key }) else { return nil }
        let model = models.remove(at: index)
        models.append(model)
        return model
    }

    /// Adds a model; others are let go as long as all have more bytes than allowed.
    mutating func add(_ model: Model, atMost limit: Int64) {
        remove(model.key)
        models.append(model)
        while models.count > 1, models.reduce(0, { $0 + $1.bytes }) > limit { remove(models[0].key) }
    }

    mutating func remove(_ key: ModelKey) {
        for model in models where model.key == key { gone.add(model.queue.figures) }
        models.removeAll { $0.key == key }
    }
}

extension ModelService {
    /// Runs the model that serves a role.
    ///
    /// - Parameter space: the space of the vectors that the answer will be compared with; nil for models that make none,
    ///   and for vectors that will be stored under the active space.
    /// - Throws: 503 while nothing serves the role or too many wait, 502 `VITRINE_MODEL_FAILED` when the model fails,
    ///   409 `VITRINE_SPACE` when no model of that space serves.
    package func run(
        _ role: ModelRole, _ tensors: [String: Tensor], space: String? = nil, tenant: Int64 = 0
    ) async throws -> (outputs: [String: Tensor], by: ModelEntry) {
        let registry = try await registry()
        let entry: ModelEntry
        if let space {
            do { entry = try registry.answering(role, space: space) } catch { throw error.request() }
        } else if let active = registry.active(role) {
            entry = active
        } else {
            throw RequestError.resourceLimit("No model is active for the role \(role.rawValue).")
        }
        let queue = try await queue(for: entry)
        do {
            let outputs = try await queue.run(tensors, tenant: tenant)
            guard outputs.values.allSatisfy(\.isFinite) else {
                throw InferenceError(.failed, "The model answered something that is no number.")
            }
            return (outputs, entry)
        } catch let error as InferenceError {
            throw error.request
        }
    }

    /// The queue of a version, loaded if it was not.
    package func queue(for entry: ModelEntry) async throws -> ModelQueue {
        if let known = loaded.withLock({ $0.use(entry.key) }) { return known.queue }
        let bytes = try await checkedBytes(of: entry)
        let manifest = try await manifest(entry.key)
        do {
            let model = try await offThread { [self] in try load(entry, manifest, bytes) }
            loaded.withLock { $0.add(model, atMost: settings.loadedBytes) }
            return model.queue
        } catch let error as InferenceError {
            throw error.request
        }
    }

    private func load(
        _ entry: ModelEntry, _ manifest: ModelManifest, _ bytes: [UInt8]
    ) throws -> LoadedModels.Model {
        let runtime = try runtime()
        var limits = ModelQueue.Limits()
        guard entry.isCaged else {
            var options = SessionOptions()
            options.threads = settings.threads
            options.providers = manifest.providers
            let session = try ModelSession(bytes, runtime: runtime, options: options)
            if session.provider != "CPU" { limits.batch = 16 }
            return .init(key: entry.key, bytes: entry.bytes, queue: ModelQueue(session, limits: limits), caged: nil)
        }
        let key = entry.key
        let caged = try CagedModel(
            bytes, runtime: runtime, settings: try cage(),
            hooks: .init { [weak self] reason in
                Task { await self?.takeOut(key, as: .quarantined, reason) }
            })
        return .init(key: key, bytes: entry.bytes, queue: ModelQueue(caged, limits: limits), caged: caged)
    }

    /// The bytes of a version, which must be those that were uploaded.
    ///
    /// - Throws: 503 after the version was marked as damaged.
    func checkedBytes(of entry: ModelEntry) async throws -> [UInt8] {
        guard let hash = BlobHash(hex: entry.sha256) else { throw RequestError.unknown("The row has no hash.") }
        var reason = "its file is gone"
        if let reader = try? await blobs.reader(of: hash), let bytes = try? await reader.readAll() {
            if SHA256.hash(data: bytes).elementsEqual(hash.bytes) { return bytes }
            reason = "its file is not what was uploaded"
        }
        await takeOut(entry.key, as: .damaged, reason)
        throw RequestError.resourceLimit("\(entry.key) is damaged: \(reason).")
    }

    func unload(_ key: ModelKey) { loaded.withLock { $0.remove(key) } }

    /// The settings of a cage, its folder made.
    func cage() throws -> CageSettings {
        let folder = settings.data + "/cage"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var cage = CageSettings(command: [settings.program, "model-worker"], folder: folder)
        cage.threads = settings.threads
        return cage
    }

    /// Runs what blocks on a thread that nobody else waits for.
    func offThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            work.threads.async { continuation.resume(with: Result { try body() }) }
        }
    }
}

extension InferenceError {
    /// What the caller is told.
    package var request: RequestError {
        switch kind {
        case .unavailable:
            RequestError(status: 503, code: "VITRINE_INFERENCE_OFF", message: "inference: off (\(message))")
        case .overloaded: .resourceLimit(message, retryAfterMilliseconds: 1_000)
        case .invalidInput: .invalidParam(message)
        case .invalidModel: RequestError(status: 422, code: "VITRINE_MODEL_REFUSED", message: message)
        case .failed, .timedOut: RequestError(status: 502, code: "VITRINE_MODEL_FAILED", message: message)
        }
    }
}
