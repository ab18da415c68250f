internal import Basics
internal import Imaging
internal import Storage
internal import VectorIndex

/// Changing the model: a new space is filled beside the old one, which answers until the new one is whole.
extension Catalogue {
    /// Pictures whose vectors are written in one step.
    private static let chunk = 64
    /// How long a space that no longer answers is kept up to date, to go back to it: 7 days.
    public static let keptMilliseconds: Int64 = 7 * 86_400_000

    /// Computes the vectors of all pictures in the space of the preferred model, builds its index, and lets it answer if
    /// the gate does.
    ///
    /// May be stopped and begun again at any moment: vectors that are there are not computed twice. Pictures that come
    /// meanwhile get vectors of both spaces.
    func reembed(
        gate: SwitchGate = SwitchGate(), progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        let embedder = environment.models.embedders[0]
        let generation = try await generation(for: embedder)
        let serving = try await database.read { [number] in try CatalogueQueries.numbered(number, $0)?.serving }
        guard generation.number != serving else {
            return ["generation": .int(generation.number), "space": .string(embedder.space.name), "computed": 0]
        }
        var failed: [Int64: String] = [:]
        let computed = try await fill(generation, with: embedder, &failed, progress: progress)
        try await database.write { try GenerationQueries.setState(.live, of: generation.number, in: $0) }
        try options.faultPoint("filled")
        _ = try await indexes.add(generation)
        // Pictures that arrived while the new space was not known everywhere.
        let late = try await fill(generation, with: embedder, &failed) { _, _ in }
        if late > 0 { try await catchUp() }
        let (isDone, reason) = try await pass(gate, to: generation, progress: progress)
        return [
            "generation": .int(generation.number), "space": .string(embedder.space.name), "answers": .bool(isDone),
            "why": .string(reason),
            "computed": .int(Int64(computed + late)),
            "failed": .array(
                failed.sorted { $0.key < $1.key }.map { ["picture": .int($0.key), "why": .string($0.value)] }),
        ]
    }

    /// The generation that a model's vectors belong to: one that is live or was begun before, or a new one. Vectors of
    /// other weights under the same name are a generation of their own.
    private func generation(for embedder: any PictureEmbedder) async throws -> IndexGeneration {
        let space = embedder.space
        let known = try await database.read { [number] in try GenerationQueries.all(of: number, $0) }.filter {
            $0.space == space.name && $0.dimensions == space.dimensions && $0.state != .dropped
        }
        for generation in known.reversed() where try await isMaker(embedder, of: generation) { return generation }
        let made = try await database.write { [number] context in
            let made = try GenerationQueries.insert(
                space: space.name, dimensions: space.dimensions, state: .building, of: number, in: context)
            return try GenerationQueries.all(of: number, context.connection).first { $0.number == made }
        }
        guard let made else { throw StorageError(.other, "The generation was not stored.") }
        return made
    }

    /// Computes what is missing; one picture that fails is named and does not hold up the others.
    private func fill(
        _ generation: IndexGeneration, with embedder: any PictureEmbedder, _ failed: inout [Int64: String],
        progress: @Sendable (Double, String) async throws -> Void
    ) async throws -> Int {
        var computed = 0
        var last: Int64 = 0
        let all = try await database.read { [number] in
            try PictureQueries.counts(of: number, $0).values.reduce(0, +)
        }
        while true {
            let page = try await database.read { [number, last] connection in
                try GenerationQueries.missing(
                    in: generation.number, of: number, after: last, limit: Self.chunk, connection)
            }
            guard let end = page.last else { return computed }
            let results = try await vectors(of: page, with: embedder)
            try await database.write(bytes: results.count * 1_024) { context in
                for (picture, vector) in results {
                    guard case .success(let vector) = vector else { continue }
                    try GenerationQueries.put(vector, of: picture, generation: generation.number, in: context)
                }
            }
            for (picture, result) in results {
                if case .failure(let error) = result { failed[picture] = "\(error)" } else { computed += 1 }
            }
            last = end
            try options.faultPoint("chunk")
            try await progress(min(0.99, Double(computed) / Double(max(1, all))), "\(computed) of \(all)")
        }
    }

    private func vectors(
        of pictures: [Int64], with embedder: any PictureEmbedder
    ) async throws -> [(Int64, Result<[Float], any Error>)] {
        try await withThrowingTaskGroup(of: (Int64, Result<[Float], any Error>).self) { group in
            for picture in pictures {
                group.addTask {
                    do {
                        return (picture, .success(try await self.vector(of: picture, with: embedder)))
                    } catch {
                        return (picture, .failure(error))
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// The vector that a model makes of a stored picture, as it is stored beside it.
    func vector(of picture: Int64, with embedder: any PictureEmbedder) async throws -> [Float] {
        let bytes = try await file(of: picture).readAll()
        let box = try await database.read { try PictureQueries.box(of: picture, $0) }
        return try await environment.work.run { [limits = options.limits] in
            let looked = try LookedAt(bytes, limits: limits)
            let part = box.flatMap { UnitBox($0, in: looked.size) } ?? .full
            return try embedder.vector(of: looked.crop(part))
        }
    }

    // MARK: Which one answers

    /// Lets a live generation answer, in one step; the one before is kept up to date for seven days.
    ///
    /// - Throws: ``RequestError`` 404 when it is not live, 503 when its model is not installed.
    public func serve(generation wanted: Int64) async throws {
        let known = try await database.read { [number] in try GenerationQueries.all(of: number, $0) }
        guard let generation = known.first(where: { $0.number == wanted && $0.state == .live }),
            await indexes.index(of: wanted) != nil
        else { throw RequestError.notFound("The catalogue '\(name)' has no live generation \(wanted).") }
        guard try await embedder(of: generation) != nil else {
            throw RequestError.resourceLimit("The model of the space \(generation.space) is not installed.")
        }
        try await database.write { [number] context in
            if let old = try CatalogueQueries.numbered(number, context.connection)?.serving, old != wanted {
                try GenerationQueries.setState(.live, of: old, in: context)
            }
            try CatalogueQueries.setServing(wanted, of: number, in: context)
        }
    }

    /// Goes back to the generation that answered before.
    ///
    /// - Throws: ``RequestError`` 404 when there is none, or it is not kept any more.
    public func serveBefore() async throws {
        let record = try await database.read { [number] in try CatalogueQueries.numbered(number, $0) }
        guard let previous = record?.previous else {
            throw RequestError.notFound("No other generation of '\(name)' answered before.")
        }
        try await serve(generation: previous)
    }

    /// Forgets generations that have not answered for seven days, their vectors and files included.
    ///
    /// - Returns: How many were forgotten.
    @discardableResult
    public func dropOldGenerations(keptMilliseconds: Int64 = Catalogue.keptMilliseconds) async throws -> Int {
        let (before, overflow) = database.now.subtractingReportingOverflow(max(0, keptMilliseconds))
        let (serving, all) = try await database.read { [number] connection in
            (
                try CatalogueQueries.numbered(number, connection)?.serving,
                try GenerationQueries.all(of: number, connection)
            )
        }
        let old = all.filter { $0.number != serving && $0.state == .live && $0.changedMilliseconds < before }
        guard !overflow, !old.isEmpty else { return 0 }
        for generation in old {
            try await database.write { try GenerationQueries.setState(.dropped, of: generation.number, in: $0) }
            try await indexes.remove(generation)
            while try await database.write({ context in
                try GenerationQueries.drop(generation.number, limit: 512, in: context) > 0
            }) {}
        }
        return old.count
    }

    // MARK: How good it is

    /// Measures how many of the true neighbours searches of each part of the answering index find.
    func checkRecall() async throws -> JSON {
        let search = try await search(generation: nil)
        let names = Dictionary(uniqueKeysWithValues: search.categories.map { ($0.number, $0.name) })
        var parts: [JSON] = []
        let asked = try await askedLately(in: search.index.generation.number)
        for (top, index) in search.index.all.sorted(by: { $0.key < $1.key }) where index.count > 0 {
            let report = try await environment.work.run {
                try index.measureRecall(k: 10, queries: asked, fillsUp: true)
            }
            parts.append([
                "category": .string(names[top] ?? ""), "k": .int(Int64(report.k)),
                "queries": .int(Int64(report.queries)), "asked": .int(Int64(report.asked)),
                "recall": .double(report.recall),
                "low": .double(report.interval.lowerBound), "high": .double(report.interval.upperBound),
                "vectors": .int(Int64(report.vectors)),
            ])
        }
        return ["generation": .int(search.index.generation.number), "parts": .array(parts)]
    }
}
