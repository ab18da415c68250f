internal import Basics
internal import Storage

/// A vertical as it stands.
public struct KnownVertical: Sendable {
    /// What was asked for.
    public let vertical: Vertical
    /// The space of vectors that answers.
    public let space: String
    /// Items that are there.
    public let items: Int64
}

/// Kinds of goods with a model, categories and sources of their own.
extension Catalogues {
    /// Makes what a manifest says, or brings what is there up to it: a catalogue in the space of its model with its
    /// categories, the sites that its goods come from, the texts about them. The same manifest again changes nothing;
    /// categories that hold items stay.
    ///
    /// - Throws: ``RequestError`` 400 for an impossible name or site, 409 `no_model` when the model is not installed as one
    ///   for goods, 409 `other_space` when the catalogue of that name answers in another space.
    @discardableResult
    public func put(_ vertical: Vertical) async throws -> KnownVertical {
        let embedder = try embedder(of: vertical)
        let isNew = try await !names().contains(vertical.name)
        if isNew { _ = try await create(vertical.name, in: embedder.space) }
        let catalogue = try await catalogue(vertical.name)
        let space = try await catalogue.search(generation: nil).index.generation.space
        guard vertical.model == nil || space == embedder.space.name else {
            throw RequestError(
                status: 409, code: "other_space",
                message: "'\(vertical.name)' answers in the space \(space), not in that of \(vertical.model ?? ""): "
                    + "change it with `vitrine catalogue reembed`.")
        }
        for category in vertical.categories {
            try await catalogue.addCategory(category.name, under: category.top)
        }
        // The categories that every catalogue begins with are not those of wine.
        if isNew { try await catalogue.dropCategories(except: Set(vertical.categories.map(\.name))) }
        for site in vertical.sites { try await catalogue.addCrawlSource(site.address, shop: site.shop) }
        for reading in vertical.readings { try await catalogue.putArticle(reading) }
        let text = vertical.json.text
        try await environment.database.write { [number = catalogue.number] context in
            // What stands there already is no change.
            if try VerticalQueries.manifest(of: number, context.connection) == Array(text.utf8) { return }
            try VerticalQueries.put(text, of: number, in: context)
        }
        return try await known(vertical)
    }

    private func embedder(of vertical: Vertical) throws -> any PictureEmbedder {
        let all = environment.models.embedders
        guard let model = vertical.model else { return all[0] }
        let found = all.first { $0.space.name == model || $0.space.name.hasPrefix(model + "-") }
        guard let found else {
            throw RequestError(
                status: 409, code: "no_model",
                message: "No model '\(model)' for goods is installed. There are: "
                    + all.map(\.space.name).joined(separator: ", ") + ".")
        }
        return found
    }

    /// The verticals, by name.
    public func verticals() async throws -> [KnownVertical] {
        var all: [KnownVertical] = []
        for vertical in try await manifests() { all.append(try await known(vertical)) }
        return all
    }

    private func manifests() async throws -> [Vertical] {
        try await environment.database.read { connection in
            try VerticalQueries.all(connection).compactMap { try? Vertical(JSON(parsing: $0)) }
        }
    }

    private func known(_ vertical: Vertical) async throws -> KnownVertical {
        let statistics = try await catalogue(vertical.name).statistics()
        let space = statistics.generations.first { $0.number == statistics.serving }?.space ?? ""
        return KnownVertical(vertical: vertical, space: space, items: statistics.items)
    }

    /// Forgets a manifest; its catalogue stays as it is.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such vertical.
    public func removeVertical(_ name: String) async throws {
        let isGone = try await environment.database.write { context in
            guard let record = try CatalogueQueries.named(name, context.connection) else { return false }
            return try VerticalQueries.remove(of: record.number, in: context)
        }
        guard isGone else { throw RequestError.notFound("There is no vertical '\(name)'.") }
    }

    /// The catalogue of the vertical that an answer's category leads to; nil when none does, or it answered already.
    public func vertical(for answer: ScanAnswer, of catalogue: Catalogue) async throws -> Catalogue? {
        guard let category = answer.category.final.first?.category else { return nil }
        let found = try await manifests().first { $0.name != catalogue.name && $0.covers.contains(category) }
        guard let found else { return nil }
        return try await self.catalogue(found.name)
    }
}

extension Catalogue {
    /// Takes away categories without items; `other` stays.
    fileprivate func dropCategories(except wanted: Set<String>) async throws {
        for branch in try await categoryTree().reversed()
        where branch.items == 0 && branch.name != CatalogueQueries.otherCategory && !wanted.contains(branch.name) {
            try await removeCategory(branch.name)
        }
    }
}
