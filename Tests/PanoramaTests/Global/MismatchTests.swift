import Basics
import Foundation
import Testing

@testable import Panorama

@Suite("Why points do not meet")
struct MismatchTests {
    private static func cause(_ ring: SyntheticRing, _ change: ([Double], Int) -> [Double] = { p, _ in p }) throws
        -> MismatchReport
    {
        var bundle = ring.start()
        // Without a lens: what is left must tell of it.
        let isSolved = bundle.solve(ring.edges, freedom: .init(lens: false, ownFocal: false), huber: 2)
        try #require(isSolved)
        let edges = ring.edges.enumerated().map { ($0.element.j, $0.element.k, change($0.element.pairs, $0.offset)) }
        return MismatchReport(bundle, edges: edges.map { (j: $0.0, k: $0.1, pairs: $0.2) })
    }

    @Test("PANO-190 a lens, a camera that moved, something small and something large that moved are told apart")
    func causes() throws {
        let good = try Self.cause(SyntheticRing(count: 8, step: 30, noise: 0.2, points: 700))
        #expect(good.cause == .nothing, "\(good)")
        let lens = try Self.cause(SyntheticRing(count: 8, step: 30, lens: -0.12, noise: 0.1, points: 700))
        #expect(lens.cause == .lens, "\(lens)")
        let moved = try Self.cause(SyntheticRing(count: 8, step: 30, noise: 0.1, points: 700, offset: 0.15))
        #expect(moved.cause == .parallax, "\(moved)")
        let still = SyntheticRing(count: 8, step: 30, noise: 0.2, points: 700)
        let small = try Self.cause(still) { pairs, _ in
            pairs.enumerated().map { at, value in
                // A small thing in the middle walks by ten pixels.
                let row = at / 4 * 4
                let isThere = abs(pairs[row]) < 60 && abs(pairs[row + 1]) < 40
                return at % 4 == 2 && isThere ? value + 10 : value
            }
        }
        #expect(small.cause == .smallMotion, "\(small)")
        let large = try Self.cause(still) { pairs, index in
            pairs.enumerated().map { at, value in
                let row = at / 4 * 4
                return at % 4 == 2 && index == 2 && pairs[row + 1] > -60 ? value + 14 : value
            }
        }
        #expect(large.cause == .largeMotion, "\(large)")
    }

    @Test("a report of nothing finds nothing")
    func empty() {
        let none = RayBundle(rotations: [], focal: 1, halfDiagonals: [])
        #expect(MismatchReport(none, edges: []).cause == .nothing)
    }
}
