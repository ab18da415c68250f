internal import Basics
internal import Imaging
internal import Storage

/// One scan under way: its decoded pictures are kept, so that another box or category is answered without them.
public actor ScanSession {
    private let catalogue: Catalogue
    private let photos: [[UInt8]]
    private let filter: ScanFilter
    private let search: CatalogueSearch
    private let embedder: (any PictureEmbedder)?
    private var flow: ScanFlow
    private var looked: [LookedAt] = []
    /// What the vote saw near; a later question asks the index again, which may hold more by then.
    private var near: GenerationIndex.Near?
    private let started = ContinuousClock.now

    init(
        _ catalogue: Catalogue, photos: [[UInt8]], flow: ScanFlow, filter: ScanFilter, search: CatalogueSearch,
        embedder: (any PictureEmbedder)?
    ) {
        self.catalogue = catalogue
        self.photos = photos
        self.flow = flow
        self.filter = filter
        self.search = search
        self.embedder = embedder
    }

    /// The upright size of a photo, once the scan has begun.
    public func size(of photo: Int = 0) -> (width: Int, height: Int)? {
        looked.indices.contains(photo) ? (looked[photo].size.width, looked[photo].size.height) : nil
    }

    /// The photo that boxes belong to, once the scan has begun: the sharpest one.
    public var shownPhoto: Int { flow.shownFrame }

    /// The vector of what was searched; nil when nothing was.
    public var searchedVector: [Float]? { flow.searchedVector }

    /// Answers for the first time.
    ///
    /// - Throws: ``RequestError`` 413, 415 or 422 for a photo that cannot be used.
    public func answer() async throws -> ScanAnswer { try await run(.began) }

    /// Answers for another part of the photo.
    public func answer(box: BoxRequest) async throws -> ScanAnswer { try await run(.boxChanged(box)) }

    /// Answers for another category; nil gives the choice back.
    public func answer(category: String?) async throws -> ScanAnswer { try await run(.categoryChanged(category)) }

    private func run(_ event: ScanEvent) async throws -> ScanAnswer {
        var actions = flow.received(event, at: microseconds)
        while let action = actions.first {
            if case .answer(let answer) = action { return answer }
            let ended = try await carryOut(action)
            actions = flow.received(ended, at: microseconds)
        }
        throw RequestError(status: 409, code: "not_begun", message: "The scan has nothing to answer.")
    }

    private var microseconds: Int64 {
        if let clock = catalogue.options.stageClock { return clock() }
        let passed = started.duration(to: .now).components
        return passed.seconds * 1_000_000 + passed.attoseconds / 1_000_000_000_000
    }

    private func carryOut(_ action: ScanAction) async throws -> ScanEvent {
        switch action {
        case .decode: return .decoded(try await decode())
        case .readBarcode:
            let images = looked.map(\.decoded.image)
            let code = try await work { images.lazy.compactMap { Barcode1D.read($0)?.key }.first }
            if let code { return .barcode(code: code, styles: try await search.styles(code: code)) }
            guard let qr = try await work({ images.lazy.compactMap { QRCode.read($0) }.first }) else {
                return .barcode(code: nil, styles: [])
            }
            return .barcode(code: qr.key, qr: qr.text, styles: try await search.styles(qr))
        case .locate:
            let finder = catalogue.environment.models.finder
            let images = looked.map(\.decoded.image)
            return .located(try await work { try images.map { try finder.objects(in: $0) } })
        case .embed(let round, let parts):
            guard let embedder else { return .modelMissing }
            try Catalogue.require(embedder.space, in: search.index.generation)
            let pictures = parts.compactMap { part in
                looked.indices.contains(part.frame) ? (looked[part.frame], part.box) : nil
            }
            let models = catalogue.environment.models
            let readings = try await work {
                try pictures.map { try models.reading(of: $0.0.crop($0.1), by: embedder) }
            }
            return .embedded(
                round: round, readings.map(\.vector), categories: search.tops(of: readings.first?.categories ?? [:]),
                doubt: readings.first?.doubt ?? 0)
        case .vote(let round, let vector, let count):
            // One look at the index serves the vote and the search after it, unless a filter narrows that.
            let (index, k) = (search.index, filter.isEmpty ? max(count, flow.candidates) : count)
            let near = try await work { try index.near(vector, k: k) }
            self.near = near
            return .voted(round: round, search.neighbours(near, count: count))
        case .search(let round, let vector, let categories, let isOnly, let count):
            let findings = try await search.findings(
                for: vector, near: near, in: categories, isOnly: isOnly, filter: filter, count: count,
                wanted: flow.request.limit)
            near = nil
            return .found(round: round, findings)
        case .describe(let round, let styles, _):
            let offers = try await search.offers(of: styles, filter: filter)
            let texts = try await catalogue.readings(about: styles.first, isSure: flow.hasSameItem)
            return .described(
                round: round,
                ScanDescription(offers: offers, encyclopedia: texts.encyclopedia, articles: texts.articles))
        case .answer: return .began
        }
    }

    private func decode() async throws -> [ScanPicture] {
        let limits = catalogue.options.limits
        let photos = photos
        do {
            let read = try await work {
                try photos.map { bytes in
                    let looked = try LookedAt(bytes, limits: limits)
                    let isBlank = try PictureSignature(of: looked.decoded.image).isBlank
                    return (looked, ScanPicture(sharpness: try looked.decoded.image.sharpness(), isBlank: isBlank))
                }
            }
            looked = read.map(\.0)
            return read.map(\.1)
        } catch let error as ImageError {
            throw error.requestError
        }
    }

    private func work<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await catalogue.environment.work.run(body)
    }
}

extension ImageError {
    /// What somebody who sent a photo is told.
    var requestError: RequestError {
        switch self {
        case .tooManyBytes, .sideTooLong, .tooManyPixels, .tooMuchWork:
            RequestError(status: 413, code: "too_large", message: description)
        case .unrecognised, .unsupported, .unsupportedFeature:
            RequestError(status: 415, code: "unsupported_picture", message: description)
        default: RequestError(status: 422, code: "damaged_picture", message: description)
        }
    }
}
