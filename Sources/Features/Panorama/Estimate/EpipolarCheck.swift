import Basics

/// Whether matches that no homography explains lie on epipolar lines: the camera moved between two photos of near things.
///
/// The fundamental matrix from eight pairs (Longuet-Higgins 1981; normalised as by Hartley 1997), by samples, judged by
/// Sampson's distance.
package struct EpipolarCheck: Sendable {
    /// Samples that are tried.
    package var samples = 200
    /// Greatest Sampson distance of an inlier in pixels.
    package var threshold = 1.0
    /// Fewest inliers. An epipolar line holds a pair by one coordinate only: chance needs many.
    package var least = 20
    /// Least share of the matches.
    package var share = 0.7

    /// A check with the usual settings.
    package init() {}

    /// Whether so many pairs (x, y, x', y' from the middles) lie on epipolar lines that the camera must have moved.
    ///
    /// - Parameters:
    ///   - size: Pixels that places are divided by, about half a diagonal.
    ///   - homography: How many of the pairs one homography explains.
    package func hasMoved(_ pairs: [Double], size: Double, homography: Int, seed: UInt64) -> Bool {
        let count = pairs.count / 4
        guard count >= least, size > 0 else { return false }
        let scaled = pairs.map { $0 / size }
        let limit = threshold * threshold / (size * size)
        var random = SeededRandom(seed: seed)
        var best = 0
        for _ in 0..<samples {
            var chosen: Set<Int> = []
            while chosen.count < 8 { chosen.insert(Int(random.next() % UInt64(count))) }
            guard let matrix = Self.matrix(scaled, chosen.sorted()) else { continue }
            best = max(best, (0..<count).count { Self.squaredDistance(matrix, scaled, $0 * 4) <= limit })
            if best == count { break }
        }
        return best >= least && Double(best) >= share * Double(count) && Double(homography) < 0.6 * Double(best)
    }

    /// x'ᵀ F x = 0 in the least-squares sense.
    static func matrix(_ pairs: [Double], _ chosen: [Int]) -> [Double]? {
        var sums = [Double](repeating: 0, count: 81)
        for index in chosen {
            let (x, y, u, v) = (pairs[index * 4], pairs[index * 4 + 1], pairs[index * 4 + 2], pairs[index * 4 + 3])
            let row = [u * x, u * y, u, v * x, v * y, v, x, y, 1]
            for p in 0..<9 { for q in 0..<9 { sums[p * 9 + q] += row[p] * row[q] } }
        }
        return SymmetricEigen.of(sums, size: 9)?.vectors.first
    }

    static func squaredDistance(_ f: [Double], _ pairs: [Double], _ at: Int) -> Double {
        let (x, y, u, v) = (pairs[at], pairs[at + 1], pairs[at + 2], pairs[at + 3])
        let (a, b, c) = (f[0] * x + f[1] * y + f[2], f[3] * x + f[4] * y + f[5], f[6] * x + f[7] * y + f[8])
        let (d, e) = (f[0] * u + f[3] * v + f[6], f[1] * u + f[4] * v + f[7])
        let off = u * a + v * b + c
        let slope = a * a + b * b + d * d + e * e
        return slope > 0 ? off * off / slope : .infinity
    }
}
