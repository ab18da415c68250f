import Basics
import Foundation
internal import Kernels

/// A map that many of the pairs agree with, found by samples (RANSAC; Fischler and Bolles 1981).
package struct Consensus: Sendable {
    /// The map from the first picture to the second.
    package let map: Matrix3
    /// Which pairs agree.
    package let inliers: [Int]
}

/// Looks for the homography between two pictures among pairs of points of which many are wrong.
///
/// Samples come from the clearest matches first (PROSAC; Chum and Matas 2005), a map is judged by its truncated cost
/// (MSAC; Torr and Zisserman 2000), and each new best is refined on its inliers (Chum, Matas and Kittler 2003).
package struct SampleConsensus: Sendable {
    /// Greatest error of an inlier in pixels.
    package var threshold = 3.0
    /// Chance that at least one sample was free of wrong pairs.
    package var confidence = 0.999
    /// No more samples than this.
    package var limit = 3000

    /// A search with the usual settings.
    package init() {}

    /// How many samples of `size` are needed when this share of the pairs is right: log(1 - P) / log(1 - wᵏ).
    package func samples(share: Double, size: Int) -> Int {
        let good = pow(min(max(share, 0), 1), Double(size))
        guard good < 1 - 1e-12 else { return 1 }
        guard good > 1e-12 else { return limit }
        return min(limit, max(1, Int((log(1 - confidence) / log(1 - good)).rounded(.up))))
    }

    /// The homography of most agreement; nil when none has four inliers.
    package func homography(_ places: [Float], seed: UInt64) -> Consensus? {
        let count = places.count / 4
        guard count >= 4 else { return nil }
        var random = SeededRandom(seed: seed)
        let pairs = places.map { Double($0) }
        var best: (map: Matrix3, cost: Double, count: Int)?
        var inside = [UInt8](repeating: 0, count: count)
        var round = 0
        var needed = limit
        while round < needed {
            // The pool grows from the clearest matches to all of them.
            let pool = min(count, max(8, count * (round + 20) / 120))
            round += 1
            guard let sample = draw(pool, &random), let map = Homography.minimal(gather(pairs, sample)) else {
                continue
            }
            let score = transferScore(
                map.values, pairs: places, squaredLimit: Float(threshold * threshold), marking: &inside)
            guard score.count >= 4, score.cost < (best?.cost ?? .infinity) else { continue }
            best = refined(map, score.cost, score.count, pairs: pairs, places: places, inside: &inside)
            needed = samples(share: Double(best?.count ?? 0) / Double(count), size: 4)
        }
        guard let best else { return nil }
        _ = transferScore(
            best.map.values, pairs: places, squaredLimit: Float(threshold * threshold), marking: &inside)
        return Consensus(map: best.map, inliers: inside.indices.filter { inside[$0] != 0 })
    }

    /// The map of any planar motion with most agreement; nil when none has more inliers than a sample.
    ///
    /// A similarity from two matches (Brown and Lowe 2003) needs a quarter of the samples of a homography where most
    /// matches are wrong; its inliers lead the way to the rest.
    package func map(_ motion: PlanarMotion, _ places: [Float], seed: UInt64) -> Consensus? {
        let (count, size) = (places.count / 4, motion.sampleSize)
        guard count > size else { return nil }
        var random = SeededRandom(seed: seed)
        let pairs = places.map { Double($0) }
        var best: (map: Matrix3, cost: Double)?
        var inside = [UInt8](repeating: 0, count: count)
        let squared = Float(threshold * threshold)
        var (round, needed) = (0, limit)
        while round < needed {
            let pool = min(count, max(2 * size, count * (round + 20) / 120))
            round += 1
            guard let sample = draw(pool, &random, size: size), let map = motion.sampled(gather(pairs, sample)),
                map.determinant > 0.05, map.determinant < 20
            else { continue }
            let score = transferScore(map.values, pairs: places, squaredLimit: squared, marking: &inside)
            guard score.count > size, score.cost < best?.cost ?? .infinity else { continue }
            best = (map, score.cost)
            let kept = inside.indices.filter { inside[$0] != 0 }
            if let fitted = motion.fit(gather(pairs, kept)) {
                let again = transferScore(fitted.values, pairs: places, squaredLimit: squared, marking: &inside)
                if again.cost < score.cost { best = (fitted, again.cost) }
            }
            needed = samples(share: Double(score.count) / Double(count), size: size)
        }
        guard let best else { return nil }
        _ = transferScore(best.map.values, pairs: places, squaredLimit: squared, marking: &inside)
        return Consensus(map: best.map, inliers: inside.indices.filter { inside[$0] != 0 })
    }

    /// The map fitted to its inliers, a few times, as long as that lowers the cost.
    private func refined(
        _ map: Matrix3, _ cost: Double, _ count: Int, pairs: [Double], places: [Float], inside: inout [UInt8]
    ) -> (map: Matrix3, cost: Double, count: Int) {
        var best = (map: map, cost: cost, count: count)
        for _ in 0..<4 {
            let kept = inside.indices.filter { inside[$0] != 0 }
            guard let fitted = Homography.fit(gather(pairs, kept)) else { return best }
            let score = transferScore(
                fitted.values, pairs: places, squaredLimit: Float(threshold * threshold), marking: &inside)
            guard score.cost < best.cost else { return best }
            best = (fitted, score.cost, score.count)
        }
        return best
    }

    private func draw(_ pool: Int, _ random: inout SeededRandom, size: Int = 4) -> [Int]? {
        var out: [Int] = []
        while out.count < size {
            let next = Int(random.next() % UInt64(pool))
            if out.contains(next) { return nil }
            out.append(next)
        }
        return out
    }

    private func gather(_ pairs: [Double], _ indices: [Int]) -> [Double] {
        var out: [Double] = []
        out.reserveCapacity(indices.count * 4)
        for index in indices { out.append(contentsOf: pairs[(index * 4)..<(index * 4 + 4)]) }
        return out
    }
}
