/// Does the stages about photos and pairs, or finds that they were done before (PANO-331).
struct StageReader {
    let photos: [StitchPhoto]
    let cache: StitchCache?

    /// One photo, read.
    func read(_ photo: Int, detector: PointDetector = PointDetector()) throws -> ReadPhoto {
        guard let cache, let key = photos[photo].stageKey(StageCodes.key(detector)) else {
            return PhotoIntake.read(photos[photo], detector: detector)
        }
        if let known = cache.find(key).flatMap(StageCodes.photo) { return known }
        let read = PhotoIntake.read(photos[photo], detector: detector)
        try cache.keep(key, StageCodes.bytes(read))
        return read
    }

    /// One photo looked at in several ways; nil for those that find nothing more, empty when it cannot be read.
    func read(_ photo: Int, detector: PointDetector, looks: [PointLook], most: Int) throws -> [ReadPhoto?] {
        func make() -> [ReadPhoto?] {
            let made = PhotoIntake.read(photos[photo], detector: detector, looks: looks, most: most)
            return made.count == looks.count ? made : []
        }
        let keys = looks.compactMap { look -> String? in
            var own = detector
            (own.contrast, own.normalisesShape) = (look.contrast, look.normalisesShape)
            return photos[photo].stageKey("\(StageCodes.key(own)) most \(most)")
        }
        guard let cache, keys.count == looks.count else { return make() }
        let known = keys.map(cache.find)
        // A single byte stands for what finds nothing more.
        let read = known.map { $0.flatMap(StageCodes.photo) }
        if zip(known, read).allSatisfy({ $0?.count == 1 || $1 != nil }) { return read }
        let made = make()
        for (key, photo) in zip(keys, made) { try cache.keep(key, photo.map(StageCodes.bytes) ?? [0]) }
        return made
    }

    /// Compares two photos.
    func compare(_ first: Int, _ second: Int, in graph: inout MatchGraph) throws {
        guard let a = graph.points[first], let b = graph.points[second] else { return }
        guard let cache, let one = photos[first].stageKey(StageCodes.pairs), let other = photos[second].stageKey("")
        else { return graph.compare(first, second) }
        let key = one + other
        if let known = cache.find(key).flatMap({ StageCodes.outcome($0, first, second) }) {
            return graph.take(known, first, second)
        }
        let outcome = PairVerifier().compare(first, second, a, b)
        try cache.keep(key, StageCodes.bytes(outcome))
        graph.take(outcome, first, second)
    }
}
