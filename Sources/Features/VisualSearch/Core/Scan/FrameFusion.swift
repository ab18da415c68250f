/// Several frames of one thing as one query.
///
/// Views of a thing scatter around what they have in common, so their mean is nearer to another picture of it than most
/// single views are. A frame that shows something else would spoil the mean: only frames near to the one in the middle
/// take part. One search serves them all.
public struct FrameFusion: Sendable, Hashable {
    /// One frame.
    public struct Frame: Sendable, Hashable {
        /// Its vector; it is brought to length 1.
        public var vector: [Float]
        /// The variance of its Laplacian: blurred frames have little.
        public var sharpness: Double
        /// How certain the detector is of the object in it, 0 to 1.
        public var boxScore: Double

        /// A frame.
        public init(vector: [Float], sharpness: Double, boxScore: Double = 1) {
            self.vector = vector
            self.sharpness = sharpness
            self.boxScore = boxScore
        }
    }

    /// Which frames take part.
    public struct Rules: Sendable, Hashable {
        /// Most frames of a burst.
        public var limit = 5
        /// Most distance (1 - cosine) to the frame in the middle.
        public var distance = 0.5
        /// A frame with this share of the greatest sharpness counts half as much.
        public var blurred = 0.25

        /// The rules.
        public init() {}
    }

    /// The common vector, of length 1.
    public let vector: [Float]
    /// The places of the frames that took part, in order.
    public let used: [Int]
    /// Their weights, which sum to 1.
    public let weights: [Double]
    /// The place of the frame whose picture and boxes are shown: the heaviest of those that took part.
    public let shown: Int

    /// Joins frames; nil when none has a vector with a direction, or lengths differ.
    public init?(_ frames: [Frame], rules: Rules = Rules()) {
        let frames = frames.prefix(rules.limit)
        guard let dimension = frames.first?.vector.count else { return nil }
        var vectors = UnitVectors(dimension: dimension)
        var places: [Int] = []
        for (place, frame) in frames.enumerated() where vectors.append(frame.vector) { places.append(place) }
        guard !places.isEmpty else { return nil }
        let sharpest = max(places.map { frames[$0].sharpness }.filter(\.isFinite).max() ?? 0, .leastNormalMagnitude)
        let worth = places.map { Self.weight(frames[$0], sharpest: sharpest, rules: rules) }
        let middle = Self.middle(vectors, worth)
        let near = places.indices.filter { Double(1 - vectors.similarity($0, middle)) <= rules.distance }
        let sum = near.reduce(0) { $0 + worth[$1] }
        guard let heaviest = near.max(by: { (worth[$0], $1) < (worth[$1], $0) }), sum > 0,
            let mean = vectors.mean(of: near, weights: near.map { worth[$0] / sum })
        else { return nil }
        vector = mean
        used = near.map { places[$0] }
        weights = near.map { worth[$0] / sum }
        shown = places[heaviest]
    }

    private static func weight(_ frame: Frame, sharpest: Double, rules: Rules) -> Double {
        let share = frame.sharpness.isFinite ? max(0, frame.sharpness) / sharpest : 0
        let certainty = frame.boxScore.isFinite ? min(max(frame.boxScore, 0.01), 1) : 0.01
        return certainty * (share + 1e-6) / (share + rules.blurred)
    }

    /// The frame that the others lean to most.
    private static func middle(_ vectors: UnitVectors, _ worth: [Double]) -> Int {
        func support(_ place: Int) -> Double {
            worth.indices.reduce(0) { $0 + worth[$1] * Double(vectors.similarity(place, $1)) }
        }
        let supports = worth.indices.map(support)
        return worth.indices.max { (supports[$0], worth[$0], $1) < (supports[$1], worth[$1], $0) } ?? 0
    }
}
