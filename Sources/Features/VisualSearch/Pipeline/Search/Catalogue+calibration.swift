public import Basics
internal import Evaluation
internal import Imaging
internal import Storage

/// A customer's photo of an item that the catalogue has.
public struct LabelledPhoto: Sendable, Hashable {
    /// The item's SKU.
    public var sku: String
    /// The file.
    public var bytes: [UInt8]

    /// A photo of an item.
    public init(sku: String, bytes: [UInt8]) {
        self.sku = sku
        self.bytes = bytes
    }
}

extension Catalogue {
    /// Measures what scores mean in the answering space, and lets scans tell "the same item" from "similar".
    ///
    /// Each photo is asked twice: with its item in the catalogue, and as if its style were not there. From 400 examples on
    /// every second photo is held back and the figures are of those; with fewer there are none.
    /// - Parameters:
    ///   - strangers: photos of things that the shop never had; the order of answers is learnt from them too.
    ///   - generation: the space that is measured; nil is the one that answers.
    ///   - progress: gets the share that is done.
    /// - Returns: The examples, what was fitted, and the figures.
    /// - Throws: ``RequestError`` 400 when there are fewer than 100 photos of items that the catalogue has, 503 without the
    ///   model of the answering space.
    public func calibrate(
        _ photos: [LabelledPhoto], strangers: [[UInt8]] = [], generation: Int64? = nil,
        progress: @Sendable (Double) -> Void = { _ in }
    ) async throws -> JSON {
        let search = try await search(generation: generation)
        let space = search.index.generation
        guard let embedder = try await embedder(of: space) else {
            throw RequestError.resourceLimit("The model of the space \(space.space) is not installed.")
        }
        var examples: [[CalibrationExample]] = []
        for (place, photo) in photos.enumerated() {
            if let both = try await self.examples(of: photo, search, embedder) { examples.append(both) }
            progress(Double(place + 1) / Double(photos.count + strangers.count))
        }
        var strange: [CalibrationExample] = []
        for (place, photo) in strangers.enumerated() {
            if let seen = try await look(at: photo, embedder) {
                strange.append(try await example(seen, search, style: nil, hiding: [], isPresent: false))
            }
            progress(Double(photos.count + place + 1) / Double(photos.count + strangers.count))
        }
        let rules = ScanCalibration.Rules()
        let isSplit = examples.count * 2 >= 2 * rules.examples
        let fitted = isSplit ? examples.enumerated().filter { $0.offset % 2 == 0 }.map(\.element) : examples
        let held = isSplit ? examples.enumerated().filter { $0.offset % 2 == 1 }.map(\.element) : []
        let generation = "\(space.number) \(space.space)"
        guard
            let calibration = ScanCalibration(
                generation: generation, fitting: fitted.flatMap { $0 }, strangers: strange, rules: rules)
        else {
            throw RequestError.invalidParam(
                "\(examples.count) photos show items of the catalogue; \((rules.examples + 1) / 2) are needed.")
        }
        let figures = held.isEmpty ? JSON.null : CalibrationReport(calibration, on: held.flatMap { $0 }).json
        try await keep(calibration, figures: figures, of: space.number)
        return [
            "generation": .string(generation), "photos": .int(Int64(photos.count)),
            "used": .int(Int64(examples.count)), "strangers": .int(Int64(strange.count)),
            "fitted": calibration.global.json,
            "categories": .array(calibration.categories.keys.sorted().map { .string($0) }), "figures": figures,
        ]
    }

    private func keep(_ calibration: ScanCalibration, figures: JSON, of generation: Int64) async throws {
        try await database.write { context in
            try ScanQueries.dropCalibrations(of: generation, in: context)
            let models = calibration.categories.merging(["": calibration.global]) { known, _ in known }
            for (category, model) in models {
                try ScanQueries.putCalibration(
                    model.json.text, figures: category.isEmpty ? figures.text : "null", category: category,
                    generation: generation, in: context)
            }
        }
    }

    /// The photo's two questions; nil when the catalogue has no such item or the photo cannot be used.
    private func examples(
        of photo: LabelledPhoto, _ search: CatalogueSearch, _ embedder: any PictureEmbedder
    ) async throws -> [CalibrationExample]? {
        let (style, own) = try await database.read { [number] connection -> (String?, Set<Int64>) in
            guard let item = try ItemQueries.items(sku: photo.sku, of: number, connection).first else {
                return (nil, [])
            }
            var names = StyleNames()
            let style = try names.style(of: item, connection)
            let items = try StyleNames.items(of: style, in: number, connection)
            return (style, Set(try items.flatMap { try PictureQueries.all(of: $0.number, connection).map(\.number) }))
        }
        guard let style, !own.isEmpty else { return nil }
        guard let seen = try await look(at: photo.bytes, embedder) else { return nil }
        var examples: [CalibrationExample] = []
        for isPresent in [true, false] {
            examples.append(
                try await example(seen, search, style: style, hiding: isPresent ? [] : own, isPresent: isPresent))
        }
        return examples
    }

    /// What a scan sees in a photo; nil when it cannot be used.
    private func look(at photo: [UInt8], _ embedder: any PictureEmbedder) async throws -> PictureLook? {
        try await environment.work.run { [models = environment.models, limits = options.limits] in
            guard let looked = try? LookedAt(photo, limits: limits) else { return nil }
            return try models.look(at: looked, with: embedder)
        }
    }

    /// One question, as a scan asks it.
    private func example(
        _ seen: PictureLook, _ search: CatalogueSearch, style: String?, hiding own: Set<Int64>, isPresent: Bool
    ) async throws -> CalibrationExample {
        let rules = CategoryVote.Rules()
        let count = 100 + own.count
        let near = try await environment.work.run { try search.index.near(seen.reading.vector, k: count) }
        let neighbours = search.neighbours(near, count: rules.neighbours, without: own)
        let detector =
            seen.choice.object.flatMap { object in object.category.map { [$0: object.score] } }
            ?? search.tops(of: seen.reading.categories)
        let categories = search.categories.filter { $0.top == $0.number }.map(\.name)
        let vote = CategoryVote(detector: detector, neighbours: neighbours, categories: categories, rules: rules)
        let findings = try await search.findings(
            for: seen.reading.vector, near: near, in: vote.searched, filter: ScanFilter(), count: count, wanted: 20)
        let prior = CategoryPrior(search.tops(of: seen.reading.categories))
        let ranking = SameItemRanking(findings.candidates.filter { isPresent || $0.style != style }, prior: prior)
        let features = VerdictFeatures(
            ranking,
            category: prior.probability(ranking.groups.first?.category) ?? vote.final?.probability ?? 0,
            sharpness: seen.sharpness, boxScore: seen.choice.object?.score ?? 0, doubt: seen.reading.doubt)
        return CalibrationExample(
            features: features, category: vote.final?.category ?? "", isPresent: isPresent,
            isRight: isPresent && ranking.groups.first?.style == style)
    }
}

extension CalibrationReport {
    /// The figures that a shop asks for.
    fileprivate var json: JSON {
        func figure(_ figure: Figure?) -> JSON {
            guard let figure else { return .null }
            return [
                "value": .double(figure.value), "low": figure.interval.map { .double($0.lowerBound) } ?? .null,
                "high": figure.interval.map { .double($0.upperBound) } ?? .null,
            ]
        }
        return [
            "known_or_unknown": figure(known), "right_or_wrong": figure(right),
            "calibration_error": calibrationError.map { JSON.double($0) } ?? .null,
            "false_same_item": figure(falseAccepts), "precision": figure(precision),
        ]
    }
}
