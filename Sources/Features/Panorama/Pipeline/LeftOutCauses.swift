internal import Imaging
internal import Kernels

/// Why photos are left out, as far as looking at them again tells: only those that nothing joins are looked at, and those
/// that have far fewer points than a neighbour.
struct LeftOutCauses {
    /// Blurred: nothing joins them, or others show all of them sharp.
    private(set) var blurred: Set<Int> = []
    /// Nothing joins them, for the camera moved.
    private(set) var moved: Set<Int> = []
    /// Blurred, and used: others do not show all of them.
    private(set) var soft: Set<Int> = []

    /// Variance of the Laplacian under which a photo may be blurred.
    private static let soft = 60.0
    /// What it must fall short of, as a share of what the others have.
    private static let share = 0.25
    /// What is blurred by itself, where there are no others.
    private static let softest = 4.0
    /// Standard deviation in levels: a bare wall has no more, and is not blurred.
    private static let contrast = 10.0
    /// How wide edges of a blurred photo are, by the standard deviation of the blur, as a share of the long side. Scenes
    /// that are softer than others have sharp edges, only fewer.
    private static let width = 0.005

    /// Nothing is known.
    init() {}

    /// Looks at photos; the edges of blurred ones that others show sharp are taken away.
    init(_ graph: inout MatchGraph, _ photos: [StitchPhoto], _ read: [ReadPhoto]) {
        let points = graph.points
        let soft = SoftPhotos(graph, photos) { photo in
            points[photo].flatMap { PhotoIntake.plane(photos[photo], like: $0) }
        }
        graph.leaveOut(soft.spare)
        (self.soft, blurred) = (soft.needed, soft.spare)
        let joined = Set(graph.edges.flatMap { [$0.first, $0.second] })
        let lonely = read.indices.filter {
            !joined.contains($0) && graph.copies[$0] == nil && !soft.spare.contains($0)
                && (read[$0].refusal == nil || read[$0].refusal == .noTexture)
        }
        guard !lonely.isEmpty else { return }
        var others: [Double]?
        for photo in lonely {
            if hasMoved(photo, graph) { moved.insert(photo) }
            guard let mine = Self.look(photos[photo], read[photo]), mine.sharpness < Self.soft,
                mine.contrast > Self.contrast, mine.width > Self.width
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

    /// Variance of the Laplacian, standard deviation in levels, and how wide edges are as a share of the long side.
    private static func look(
        _ photo: StitchPhoto, _ read: ReadPhoto
    ) -> (sharpness: Double, contrast: Double, width: Double)? {
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
        let width = edgeWidth(grey.floats()) / Double(max(1, max(grey.width, grey.height)))
        return (sharpness, max(0, squares / max(1, count) - mean * mean).squareRoot(), width)
    }

    /// How wide the edges of a picture are in pixels: the standard deviation of the blur that a sharp one would need.
    ///
    /// The energy of an edge's slopes falls as 1 / σ (the slope of a step blurred by σ is a Gaussian of that width). Blurred
    /// again by s and by t, r = √((σ² + s²) / (σ² + t²)) of it is left, whatever the contrast is. Fine texture loses more
    /// and looks sharper still; the first blur keeps noise out.
    static func edgeWidth(_ grey: FloatImage) -> Double {
        let (s, t) = (1.5, 4.0)
        guard let fine = try? grey.gaussianBlurred(sigma: s), let coarse = try? grey.gaussianBlurred(sigma: t) else {
            return 0
        }
        let (most, least) = (slopes(fine), slopes(coarse))
        guard most > 0 else { return 0 }
        let square = (least / most) * (least / most)
        guard square < 1 else { return .infinity }
        return (max(0, square * t * t - s * s) / (1 - square)).squareRoot()
    }

    private static func slopes(_ picture: FloatImage) -> Double {
        var sum = 0.0
        for y in 0..<max(0, picture.height - 1) {
            for at in (y * picture.stride)..<(y * picture.stride + picture.width - 1) {
                let across = Double(picture.values[at + 1] - picture.values[at])
                let down = Double(picture.values[at + picture.stride] - picture.values[at])
                sum += across * across + down * down
            }
        }
        return sum
    }
}
