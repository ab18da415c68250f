internal import Basics
internal import Storage

extension Catalogue {
    /// Photos of a burst that one scan may carry.
    public static let photosPerScan = 5

    /// Begins a scan.
    ///
    /// - Parameters:
    ///   - photos: one file, or up to five frames of one thing.
    ///   - generation: the space that answers; nil is the one that serves.
    /// - Throws: ``RequestError`` 400 for no or too many photos, 404 for a generation that is not live.
    public func beginScan(
        _ photos: [[UInt8]], request: ScanRequest = ScanRequest(), filter: ScanFilter = ScanFilter(),
        generation: Int64? = nil, id: String? = nil
    ) async throws -> ScanSession {
        guard (1...Self.photosPerScan).contains(photos.count) else {
            throw RequestError.invalidParam("A scan takes 1 to \(Self.photosPerScan) photos, not \(photos.count).")
        }
        let search = try await search(generation: generation)
        let space = search.index.generation
        let embedder = try await embedder(of: space)
        var setting = ScanSetting(
            generation: "\(space.number) \(space.space)", calibration: try await calibration(of: space),
            categories: search.categories.filter { $0.top == $0.number }.map(\.name))
        setting.hasFinder = environment.models.finder.isLooking
        setting.objects = environment.models.customerRules(for: embedder)
        let flow = ScanFlow(id: id ?? Base64URL.encode(secureRandomBytes(12)), request: request, setting: setting)
        return ScanSession(
            self, photos: photos, flow: flow, filter: filter, search: search,
            embedder: embedder)
    }

    /// Answers a photo.
    public func scan(
        _ photo: [UInt8], request: ScanRequest = ScanRequest(), filter: ScanFilter = ScanFilter(),
        generation: Int64? = nil
    ) async throws -> ScanAnswer {
        try await beginScan([photo], request: request, filter: filter, generation: generation).answer()
    }

    /// Styles that look like an item, without its own; best first.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such item.
    public func similar(
        to item: Int64, limit: Int = 20, filter: ScanFilter = ScanFilter()
    ) async throws -> [ScanAnswer.Group] {
        guard let known = try await self.item(item) else { throw RequestError.notFound("There is no item \(item).") }
        let search = try await search(generation: nil)
        let limit = min(max(1, limit), ScanRequest.maximumLimit)
        let (vectors, own) = try await database.read { [generation = search.index.generation.number] connection in
            var names = StyleNames()
            let vectors = try PictureQueries.all(of: item, connection).filter { $0.removal == nil }.compactMap {
                try GenerationQueries.vector(of: $0.alias ?? $0.number, generation: generation, connection)
            }
            return (vectors, try names.style(of: known, connection))
        }
        var candidates: [ScanCandidate] = []
        for vector in vectors {
            candidates += try await search.findings(
                for: vector, in: [], filter: filter, count: 100 + 4 * limit, wanted: limit
            ).candidates
        }
        // Of a picture that is near to several of the item's own, the nearest counts.
        candidates.sort { $0.score > $1.score }
        let groups = SameItemRanking(candidates.filter { $0.style != own }).groups.prefix(limit)
        let offers = try await search.offers(of: groups.map(\.style), filter: filter)
        return groups.map { group in
            ScanAnswer.Group(
                style: group.style, score: group.score,
                offers: SameItemRanking.sorted(offers[group.style, default: []], currency: nil))
        }
    }

    /// The generation that is asked, with what it needs.
    func search(generation: Int64?) async throws -> CatalogueSearch {
        let (categories, serving) = try await database.read { [number] connection in
            (
                try CatalogueQueries.categories(of: number, connection),
                try CatalogueQueries.numbered(number, connection)?.serving
            )
        }
        guard let wanted = generation ?? serving, let index = await indexes.index(of: wanted) else {
            throw RequestError.notFound("The catalogue '\(name)' has no live generation \(generation ?? 0).")
        }
        return CatalogueSearch(catalogue: number, database: database, index: index, categories: categories)
    }

    /// What scores mean in a space: as the catalogue has measured it, else as it came with the model; nil when nobody has
    /// measured.
    func calibration(of generation: IndexGeneration) async throws -> ScanCalibration? {
        let fits = try await database.read { try ScanQueries.calibrations(of: generation.number, $0) }
        var models = fits.compactMapValues { CalibrationModel(try? JSON(parsing: $0)) }
        let shipped = try await embedder(of: generation)?.calibration
        guard let global = models.removeValue(forKey: "") ?? shipped else { return nil }
        return ScanCalibration(
            generation: "\(generation.number) \(generation.space)", global: global, categories: models)
    }
}
