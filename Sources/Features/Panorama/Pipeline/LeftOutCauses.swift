internal import Imaging
internal import Kernels

/// Why photos that nothing joins are left out, as far as looking at them again tells: only those are looked at.
struct LeftOutCauses {
    private(set) var blurred: Set<Int> = []
    private(set) var moved: Set<Int> = []

    /// Variance of the Laplacian under which a photo may be blurred.
    private static let soft = 60.0
    /// What it must fall short of, as a share of what the others have.
    private static let share = 0.25
    /// What is blurred by itself, where there are no others.
    private static let softest = 4.0
    /// Standard deviation in levels: a bare wall has no more, and is not blurred.
    private static let contrast = 10.0

    /// Nothing is known.
    init() {}

    init(_ graph: MatchGraph, _ photos: [StitchPhoto], _ read: [ReadPhoto]) {
        let joined = Set(graph.edges.flatMap { [$0.first, $0.second] })
        let lonely = read.indices.filter {
            !joined.contains($0) && graph.copies[$0] == nil
                && (read[$0].refusal == nil || read[$0].refusal == .noTexture)
        }
        guard !lonely.isEmpty else { return }
        var others: [Double]?
        for photo in lonely {
            if hasMoved(photo, graph) { moved.insert(photo) }
            guard let mine = Self.look(photos[photo], read[photo]), mine.sharpness < Self.soft,
                mine.contrast > Self.contrast
            else { continue }
            let known =
                others
                ?? joined.sorted().prefix(5).compactMap { Self.look(photos[$0], read[$0])?.sharpness }.sorted()
            others = known
            let limit = known.isEmpty ? Self.softest : Self.share * known[known.count / 2]
            if mine.sharpness < limit { blurred.insert(photo) }
        }
    }

    private func hasMoved(_ photo: Int, _ graph: MatchGraph) -> Bool {
        guard let near = graph.nearest[photo]?.photo, let a = graph.points[photo], let b = graph.points[near] else {
            return false
        }
        let matches = MutualRatio.matches(a, b, ratio: 0.8)
        let places = MutualRatio.places(matches, a, b)
        let seed = UInt64(a.count) &* 31 &+ UInt64(b.count)
        let most = SampleConsensus().homography(places, seed: seed)?.inliers.count ?? 0
        return EpipolarCheck().hasMoved(
            places.map { Double($0) }, size: a.halfDiagonal, homography: most, seed: seed)
    }

    private static func look(_ photo: StitchPhoto, _ read: ReadPhoto) -> (sharpness: Double, contrast: Double)? {
        let share = min(1, 640 / Double(max(1, max(read.width, read.height))))
        guard let image = PhotoIntake.decode(photo, width: read.width, height: read.height, share: share),
            let sharpness = try? image.sharpness()
        else { return nil }
        let grey = image.converted(to: .gray8)
        var (sum, squares, count) = (0.0, 0.0, 0.0)
        for y in stride(from: 0, to: grey.height, by: 4) {
            for x in stride(from: 0, to: grey.width, by: 4) {
                let value = Double(grey.bytes[y * grey.stride + x])
                (sum, squares, count) = (sum + value, squares + value * value, count + 1)
            }
        }
        let mean = sum / max(1, count)
        return (sharpness, max(0, squares / max(1, count) - mean * mean).squareRoot())
    }
}
