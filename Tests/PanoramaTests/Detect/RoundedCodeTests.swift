import Imaging
import Kernels
import Panorama
import Testing

@Suite("Codes of seven bits against codes as they were")
struct RoundedCodeTests {
    private static func points(_ seed: UInt64) throws -> [PhotoPoints] {
        let ring = try RenderedRing(RenderedWorld(seed: seed), count: 2, span: 50, seed: seed + 2)
        var detector = PointDetector()
        detector.keepsRoots = true
        return try ring.images.map { try detector.points(of: $0, scale: 1) }
    }

    @Test("PANO-155 of the matches by codes of 7 bits and by codes that were not rounded 99 % are the same")
    func agreement() throws {
        var sums = (rounded: 0, exact: 0, both: 0)
        for seed: UInt64 in [5, 21, 34] {
            let points = try Self.points(seed)
            let found = MutualRatio.agreement(points[0], points[1])
            sums = (sums.rounded + found.rounded, sums.exact + found.exact, sums.both + found.both)
        }
        #expect(sums.exact > 100, "\(sums)")
        #expect(Double(2 * sums.both) >= 0.99 * Double(sums.rounded + sums.exact), "\(sums)")
    }

    @Test("PANO-155 a code is 254 times the root, rounded, at most 127, and roots have length 1")
    func rounding() throws {
        let points = try Self.points(5)[0]
        #expect(points.count > 100 && points.roots.count == points.count * 128)
        for index in stride(from: 0, to: points.count, by: 7) {
            let roots = points.roots[(index * 128)..<(index * 128 + 128)]
            #expect(abs(roots.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
            for (root, code) in zip(roots, points.codes.rows[(index * 128)..<(index * 128 + 128)]) {
                #expect(code == UInt8(min(127, Int(254 * root + 0.5))))
            }
        }
        // Nobody pays for what was not asked for.
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 1, seed: 7)
        #expect(try PointDetector().points(of: ring.images[0], scale: 1).roots.isEmpty)
    }

    @Test("PANO-155 the nearest of codes that were not rounded are those that a plain loop finds")
    func nearest() {
        let a = (0..<(128 * 5)).map { Float(($0 * 7919) % 101) / 101 }
        let b = (0..<(128 * 9)).map { Float(($0 * 6101) % 103) / 103 }
        for (row, found) in nearestRoots(a, b).enumerated() {
            let distances = (0..<9).map { other in
                (0..<128).reduce(Float(0)) { sum, d in
                    let step = a[row * 128 + d] - b[other * 128 + d]
                    return sum + step * step
                }
            }
            let sorted = distances.sorted()
            #expect(distances[found.index] == distances.min() || abs(found.best - sorted[0]) < 1e-4)
            #expect(abs(found.best - sorted[0]) < 1e-3 && abs(found.second - sorted[1]) < 1e-3)
        }
        #expect(nearestRoots(a, []).allSatisfy { $0.index == -1 })
    }
}
