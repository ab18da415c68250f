internal import Kernels

/// Which photos of a large heap are worth comparing: neighbours in name, and those with the most alike mixtures of codes.
package enum CandidatePairs {
    /// Up to so many photos all pairs are compared.
    package static let compareAllUpTo = 60

    /// Pairs of numbers, each photo's neighbours and its `count` likest, in rising order.
    package static func of(_ points: [PhotoPoints?], count: Int = 8) -> [(Int, Int)] {
        let there = points.indices.filter { (points[$0]?.count ?? 0) > 0 }
        let mixtures = mixtures(points, there)
        var pairs = Set<SIMD2<Int>>()
        for (place, photo) in there.enumerated() {
            for step in 1...2 where place + step < there.count { pairs.insert(SIMD2(photo, there[place + step])) }
            let likest = there.indices.filter { $0 != place }.map { other in
                (there[other], zip(mixtures[place], mixtures[other]).reduce(Float(0)) { $0 + $1.0 * $1.1 })
            }.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }.prefix(count)
            for (other, _) in likest { pairs.insert(SIMD2(min(photo, other), max(photo, other))) }
        }
        return pairs.map { ($0.x, $0.y) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    }

    /// 64 shares a photo, less what is common to all, of length 1.
    private static func mixtures(_ points: [PhotoPoints?], _ there: [Int]) -> [[Float]] {
        var middle = [Float](repeating: 0, count: 128)
        for photo in there {
            guard let codes = points[photo]?.codes else { continue }
            for (d, value) in meanCode(codes).enumerated() { middle[d] += value / Float(there.count) }
        }
        let counts = there.map { photo -> [Float] in
            guard let codes = points[photo]?.codes else { return [Float](repeating: 0, count: 64) }
            let counts = cellCounts(codes, middle: middle)
            return counts.map { $0 / Float(max(1, codes.count)) }
        }
        let mean = (0..<64).map { cell in counts.reduce(Float(0)) { $0 + $1[cell] } / Float(there.count) }
        return counts.map { shares in
            let less = (0..<64).map { shares[$0] - mean[$0] }
            let size = less.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            return size > 0 ? less.map { $0 / size } : less
        }
    }
}
