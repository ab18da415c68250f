internal import Synchronization

/// What catalogues look with: the models that lie in folders, and those that a registry lets serve, which change while the
/// catalogues are open.
final class ModelShelf: Sendable {
    private struct State {
        var served: [any PictureEmbedder] = []
        var namer: (any PictureNamer)?
        var arePreferred = true
        var turn = 0
    }

    private let installed: CatalogueModels
    private let state = Mutex(State())

    init(_ installed: CatalogueModels) { self.installed = installed }

    /// What is there now.
    var models: CatalogueModels {
        var models = installed
        let now = state.withLock { $0 }
        models.embedders = now.arePreferred ? now.served + installed.embedders : installed.embedders + now.served
        models.namer = now.arePreferred ? now.namer ?? installed.namer : installed.namer ?? now.namer
        return models
    }

    /// Takes what serves from now on. Of two calls the one with the larger turn counts, whichever comes last.
    func serve(_ embedders: [any PictureEmbedder], namer: (any PictureNamer)?, turn: Int, arePreferred: Bool) {
        state.withLock { state in
            guard turn > state.turn else { return }
            state = State(served: embedders, namer: namer, arePreferred: arePreferred, turn: turn)
        }
    }
}
