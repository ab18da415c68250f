/// Points of photos that nothing joined, found again in other ways: what one look gives is kept for the next rung.
final class RetryLadder {
    /// Rungs that compare points.
    enum Rung: Int, CaseIterable {
        /// Larger and with more points.
        case larger = 1
        /// In dim parts, too.
        case dim = 2
        /// With slanted things made round.
        case slanted = 3
    }

    /// So many points of a photo tell whether it is worth while to find them all.
    private static let scouts = 400
    /// Full-size pixels below which a photo shows nothing at 1.6 megapixels that it did not show at 0.6.
    private static let small = 900_000

    private let stages: StageReader
    private let read: [ReadPhoto]
    private let detector: PointDetector
    private var few: [Int: [Rung: PhotoPoints]] = [:]
    private var all: [Rung: [Int: PhotoPoints?]] = [:]

    init(stages: StageReader, read: [ReadPhoto], code: PointCode) {
        self.stages = stages
        self.read = read
        var detector = PointDetector()
        detector.megapixels = 1.6
        detector.limit = 4000
        detector.code = code
        self.detector = detector
    }

    private func look(_ rung: Rung) -> PointLook {
        switch rung {
        case .larger: PointLook(contrast: detector.contrast)
        case .dim: PointLook(contrast: 0.004)
        case .slanted: PointLook(contrast: detector.contrast, normalisesShape: true)
        }
    }

    /// Whether a rung would find points in a photo that are not known yet.
    func changes(_ photo: Int, _ rung: Rung) -> Bool {
        switch rung {
        case .larger: read[photo].width * read[photo].height > Self.small
        // Where nothing is short of points, fainter ones would change nothing.
        case .dim: (read[photo].points?.count ?? 0) < PointDetector().limit
        case .slanted: true
        }
    }

    /// Few points of a photo, or all that are known where the rung would find no others.
    func scouts(_ photo: Int, _ rung: Rung) -> PhotoPoints? {
        guard changes(photo, rung) else { return rung == .dim ? scouts(photo, .larger) : read[photo].points }
        if few[photo] == nil {
            // One look at the photo for all rungs; slanted things that are large enough are seen on a small picture.
            let rungs = Rung.allCases.filter { changes(photo, $0) }
            var scout = detector
            if rungs == [.slanted] { (scout.megapixels, scout.doublesBelow) = (0.3, 0.1) }
            let found = (try? stages.read(photo, detector: scout, looks: rungs.map(look), most: Self.scouts)) ?? []
            few[photo] = [:]
            for (rung, found) in zip(rungs, found) { few[photo]?[rung] = found?.points }
        }
        return few[photo]?[rung] ?? (rung == .dim ? scouts(photo, .larger) : nil)
    }

    /// All points of a photo.
    func points(_ photo: Int, _ rung: Rung) -> PhotoPoints? {
        if let known = all[rung]?[photo] { return known }
        var own = detector
        (own.contrast, own.normalisesShape) = (look(rung).contrast, look(rung).normalisesShape)
        let found = (try? stages.read(photo, detector: own))?.points
        all[rung, default: [:]][photo] = .some(found)
        return found
    }
}
