public import Inference

/// The embedders, and the model for categories, that a registry of models lets serve.
///
/// The active version stands first, so that new catalogues and new vectors are made with it; after it stand those that
/// were replaced and whose vectors are still asked for. What a registry does not let serve is not there: a catalogue whose
/// vectors came from it answers nothing rather than with vectors of another.
public struct ServedModels: Sendable {
    /// The embedders, the active one first.
    public let embedders: [any PictureEmbedder]
    /// What says categories; nil when no such model is active.
    public let namer: (any PictureNamer)?
    /// Sentences on versions that cannot be used.
    public let problems: [String]

    /// The models of a registry as it stands.
    ///
    /// - Parameter load: the manifest of a version, and what runs it.
    public init(
        _ registry: ModelRegistry, load: (ModelEntry) throws -> (manifest: ModelManifest, runner: any ModelRunner)
    ) {
        var embedders: [any PictureEmbedder] = []
        var problems: [String] = []
        for entry in registry.serving(.itemEmbedder) {
            do {
                let (manifest, runner) = try load(entry)
                // The registry measured and let serve the model's own vectors.
                let embedder = try ModelEmbedder(runner, manifest: manifest, isPlain: true)
                guard embedder.space.name == entry.space else {
                    throw InferenceError(.invalidModel, "its manifest names another space than its row.")
                }
                embedders.append(embedder)
            } catch {
                problems.append("\(entry.key) cannot be used: \(error)")
            }
        }
        var namer: (any PictureNamer)?
        if let entry = registry.active(.categoryHead) {
            do {
                let (manifest, runner) = try load(entry)
                namer = try ModelNamer(runner, manifest: manifest)
            } catch {
                problems.append("\(entry.key) cannot be used: \(error)")
            }
        }
        (self.embedders, self.namer, self.problems) = (embedders, namer, problems)
    }
}
