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

    /// One photo by each of these least contrasts, at least by the first; what was kept before is not found again.
    func read(_ photo: Int, detector: PointDetector, contrasts: [Float]) throws -> [ReadPhoto] {
        guard cache == nil || photos[photo].stageKey("") == nil else {
            return try contrasts.prefix(1).map { contrast in
                var detector = detector
                detector.contrast = contrast
                return try read(photo, detector: detector)
            }
        }
        return PhotoIntake.read(photos[photo], detector: detector, contrasts: contrasts)
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
