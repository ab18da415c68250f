import Basics
import Dispatch
import Inference
import Logging
import Synchronization
package import VisualSearch

/// Catalogues look with the models that the registry lets serve.
extension ModelService {
    /// Who hears of changes.
    struct Followers {
        /// Catalogues, by nothing that keeps them.
        weak var catalogues: Catalogues?
        /// Whether new vectors are made by what serves.
        var arePreferred = true
        /// How often they were told.
        var turn = 0
    }

    /// Lets catalogues look with what serves, now and after every change.
    ///
    /// - Parameter arePreferred: whether new vectors are made by it rather than by models that lie in folders.
    package func serve(_ catalogues: Catalogues, arePreferred: Bool = true) async {
        followers.withLock { followers in
            followers.catalogues = catalogues
            followers.arePreferred = arePreferred
        }
        await tellFollowers()
    }

    /// Hands the versions that serve to the catalogues.
    func tellFollowers() async {
        let now = followers.withLock { followers in
            followers.turn += 1
            return followers
        }
        guard let catalogues = now.catalogues else { return }
        do {
            let registry = try await registry()
            var manifests: [ModelKey: ModelManifest] = [:]
            for entry in registry.serving(.itemEmbedder) + registry.serving(.categoryHead) {
                manifests[entry.key] = try await manifest(entry.key)
            }
            let served = ServedModels(registry) { [manifests] entry in
                guard let manifest = manifests[entry.key] else {
                    throw InferenceError(.invalidModel, "its manifest is gone.")
                }
                return (manifest, ServedRunner(self, entry, manifest))
            }
            for problem in served.problems { logger.warning("a model is left out", metadata: ["why": "\(problem)"]) }
            catalogues.serve(
                served.embedders, namer: served.namer, turn: now.turn, arePreferred: now.arePreferred)
        } catch {
            logger.error("catalogues were not told what serves", metadata: ["error": "\(error)"])
        }
    }

    /// Lets versions go that were replaced and of whose vectors no catalogue keeps any.
    package func releaseUnused(by catalogues: Catalogues) async throws {
        let spaces = try await catalogues.spacesInUse()
        func isUnused(_ entry: ModelEntry) -> Bool {
            entry.state == .draining && !(entry.space.map(spaces.contains) ?? false)
        }
        guard try await registry().serving(.itemEmbedder).contains(where: isUnused) else { return }
        let now = clock.now()
        try await change(by: "the server") { registry in
            registry.refilled(.itemEmbedder, keeping: spaces, at: now)
            return ((), nil)
        }
    }
}

/// A version of the registry, as something that runs: every run asks the registry whether it still answers in its space.
private struct ServedRunner: ModelRunner {
    let inputs: [TensorPort]
    let outputs: [TensorPort]
    let provider = "registry"
    private let service: ModelService
    private let key: ModelKey
    private let role: ModelRole
    private let space: String?

    init(_ service: ModelService, _ entry: ModelEntry, _ manifest: ModelManifest) {
        inputs = manifest.inputs.map(TensorPort.init)
        outputs = manifest.outputs.map(TensorPort.init)
        self.service = service
        key = entry.key
        role = entry.role
        // Models that make no vectors answer in no space.
        space = entry.role == .itemEmbedder ? entry.space ?? "" : nil
    }

    func run(_ tensors: [String: Tensor], cancel: RunCancel?) throws(InferenceError) -> [String: Tensor] {
        let answer = Answer()
        // Catalogues call this on threads of their own, which may wait; the run itself is on the model's.
        Task { [service, key, role, space] in
            do {
                let (outputs, by) = try await service.run(role, tensors, space: space)
                guard by.key == key else {
                    let of = space.map { " in the space \($0)" } ?? ""
                    throw InferenceError(.failed, "\(by.key) answers\(of) now, not \(key).")
                }
                answer.give(.success(outputs))
            } catch {
                answer.give(.failure(error as? InferenceError ?? InferenceError(.failed, "\(error)")))
            }
        }
        return try answer.wait().get()
    }
}

/// An answer that a thread waits for.
private final class Answer: Sendable {
    private let result = Mutex<Result<[String: Tensor], InferenceError>?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func give(_ result: Result<[String: Tensor], InferenceError>) {
        self.result.withLock { $0 = result }
        isThere.signal()
    }

    func wait() -> Result<[String: Tensor], InferenceError> {
        isThere.wait()
        return result.withLock { $0 } ?? .failure(InferenceError(.failed, "The model gave no answer."))
    }
}
