internal import Basics
internal import Kernels
internal import Storage

/// Vectors of two models never meet: a name is not enough, what a model makes must be what is stored.
extension Catalogue {
    /// Stored pictures that are looked at again before a model may answer for them.
    private static let witnesses = 3
    /// The least cosine, in the median, of what they give now and what is stored: another decoder or another precision of
    /// the same weights stays above 0.99, other weights are far below. One picture may have the vector of its copy.
    private static let agreement = 0.95

    /// What makes vectors that may stand beside those of a generation and be compared with them; nil when no model at hand
    /// does.
    ///
    /// The model has the generation's space by name and by dimensions, and gave the vectors that are stored there: it is
    /// shown some of the stored pictures once. So weights that somebody put in under the name of others do not answer.
    func embedder(of generation: IndexGeneration) async throws -> (any PictureEmbedder)? {
        for embedder in environment.models.embedders
        where embedder.space.name == generation.space && embedder.space.dimensions == generation.dimensions {
            if try await isMaker(embedder, of: generation) { return embedder }
        }
        return nil
    }

    /// Whether a model gives the vectors that a generation holds, as far as it holds any.
    func isMaker(_ embedder: any PictureEmbedder, of generation: IndexGeneration) async throws -> Bool {
        let question = SpaceBook.Question(generation: generation.number, model: embedder.identity)
        if let known = spaces[question] { return known }
        let stored = try await database.read { [number] in
            try GenerationQueries.indexed(
                generation: generation.number, of: number, after: 0, limit: Self.witnesses, $0)
        }
        var cosines: [Double] = []
        for row in stored where row.vector.count == embedder.space.dimensions {
            // A picture that cannot be read says nothing about the model.
            guard let again = try? await vector(of: row.picture, with: embedder), again.count == row.vector.count
            else { continue }
            cosines.append(Double(dotProduct(again.span, row.vector.span)))
        }
        // Where nothing is stored yet nothing can be met; it is asked again when there is.
        guard !cosines.isEmpty else { return true }
        let isMaker = cosines.sorted()[cosines.count / 2] >= Self.agreement
        spaces[question] = isMaker
        return isMaker
    }

    /// Refuses a vector of another space than a generation's.
    ///
    /// - Throws: ``RequestError`` 409 `VITRINE_SPACE`.
    static func require(_ space: EmbeddingSpace, in generation: IndexGeneration) throws {
        guard space.name == generation.space, space.dimensions == generation.dimensions else {
            throw RequestError(
                status: 409, code: "VITRINE_SPACE",
                message: "A vector of \(space.name) (\(space.dimensions) values) cannot be compared with those of "
                    + "\(generation.space) (\(generation.dimensions)).")
        }
    }
}

extension Catalogues {
    /// Lets embedders serve that come and go while the catalogues are open.
    ///
    /// - Parameters:
    ///   - embedders: the preferred one first; those that only answer for their own vectors after it.
    ///   - namer: what says categories; nil for nobody.
    ///   - turn: larger with each call. A call that was overtaken by a later one changes nothing.
    ///   - arePreferred: whether new vectors are made by them rather than by those that lie in folders.
    public func serve(
        _ embedders: [any PictureEmbedder], namer: (any PictureNamer)? = nil, turn: Int, arePreferred: Bool = true
    ) {
        environment.shelf.serve(embedders, namer: namer, turn: turn, arePreferred: arePreferred)
    }

    /// The spaces that vectors of any catalogue are kept in.
    public func spacesInUse() async throws -> Set<String> {
        try await environment.database.read { connection in
            var spaces: Set<String> = []
            for catalogue in try CatalogueQueries.all(connection) {
                for generation in try GenerationQueries.all(of: catalogue.number, connection)
                where generation.state != .dropped { spaces.insert(generation.space) }
            }
            return spaces
        }
    }
}
