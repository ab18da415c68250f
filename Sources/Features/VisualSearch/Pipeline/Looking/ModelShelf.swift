internal import Synchronization

/// What catalogues look with: the models that lie in folders, and those that a registry lets serve, which change while the
/// catalogues are open.
final class ModelShelf: Sendable {
    private struct State {
        var served: [any PictureEmbedder] = []
        var arePreferred = true
        var turn = 0
    }

    private let installed: CatalogueModels
    private let state = Mutex(State())

    init(_ installed: CatalogueModels) { self.installed = installed }

    /// What is there now.
    var models: CatalogueModels {
        var models = installed
        let (served, arePreferred) = state.withLock { ($0.served, $0.arePreferred) }
        models.embedders = arePreferred ? served + installed.embedders : installed.embedders + served
        return models
    }

    /// Takes what serves from now on. Of two calls the one with the larger turn counts, whichever comes last.
    func serve(_ embedders: [any PictureEmbedder], turn: Int, arePreferred: Bool) {
        state.withLock { state in
            guard turn > state.turn else { return }
            (state.served, state.turn, state.arePreferred) = (embedders, turn, arePreferred)
        }
    }
}
