import Basics

extension PlanarMotion {
    /// Pairs that fix a map.
    public var sampleSize: Int {
        switch self {
        case .translation: 1
        case .rigid, .similarity: 2
        case .affine: 3
        case .homography: 4
        }
    }

    /// The map of a least sample; nil for degenerate ones.
    func sampled(_ pairs: [Double]) -> Matrix3? {
        self == .homography && pairs.count == 16 ? Homography.minimal(pairs) : fit(pairs)
    }
}

/// The map whose median squared residual is least (Rousseeuw 1984): needs no threshold, and stands up to nearly half
/// wrong pairs. A second opinion where there are few matches.
public struct LeastMedian: Sendable {
    /// What is fitted.
    public var motion: PlanarMotion
    /// Samples that are tried.
    public var samples = 500

    /// A search for a motion.
    public init(_ motion: PlanarMotion) { self.motion = motion }

    /// The map, its median residual in pixels, and the pairs within 2.5 robust standard deviations.
    public struct Result: Sendable {
        /// From the first picture to the second, fitted to the inliers.
        public var map: Matrix3
        /// The root of the median squared residual of the best sample.
        public var median: Double
        /// Numbers of the pairs that agree.
        public var inliers: [Int]
    }

    /// The best of all samples; nil when there are too few pairs or all samples are degenerate.
    ///
    /// - Parameter pairs: x, y, x', y' of each.
    public func fit(_ pairs: [Double], seed: UInt64) -> Result? {
        let (count, size) = (pairs.count / 4, motion.sampleSize)
        guard count > size, pairs.count % 4 == 0 else { return nil }
        var random = SeededRandom(seed: seed)
        var best: (map: Matrix3, median: Double)?
        for _ in 0..<samples {
            var chosen: [Int] = []
            while chosen.count < size {
                let next = Int(random.next() % UInt64(count))
                if !chosen.contains(next) { chosen.append(next) }
            }
            guard let map = motion.sampled(chosen.flatMap { pairs[($0 * 4)..<($0 * 4 + 4)] }) else { continue }
            let median = Self.squares(map, pairs).sorted()[count / 2]
            if median < best?.median ?? .infinity { best = (map, median) }
        }
        guard let best else { return nil }
        // Rousseeuw's finite-sample factor.
        let sigma = 1.4826 * (1 + 5 / Double(count - size)) * best.median.squareRoot()
        let limit = max(1e-12, (2.5 * sigma) * (2.5 * sigma))
        let inliers = Self.squares(best.map, pairs).enumerated().filter { $0.element <= limit }.map(\.offset)
        let fitted = motion.fit(inliers.flatMap { pairs[($0 * 4)..<($0 * 4 + 4)] })
        return Result(map: fitted ?? best.map, median: best.median.squareRoot(), inliers: inliers)
    }

    static func squares(_ map: Matrix3, _ pairs: [Double]) -> [Double] {
        stride(from: 0, to: pairs.count, by: 4).map { at in
            guard let there = map.maps(x: pairs[at], y: pairs[at + 1]) else { return 1e12 }
            let (x, y) = (there.x - pairs[at + 2], there.y - pairs[at + 3])
            return x * x + y * y
        }
    }
}
